public import Addressing

/// A part of a packet or connection by which rules choose.
public enum Selector: Hashable, Sendable {
    /// The packet's source address.
    case source(Table.Family)
    /// The packet's destination address.
    case destination(Table.Family)
    /// Its transport protocol.
    case transport
    /// Its source port, with protocols that have ports.
    case sourcePort
    /// Its destination port, with protocols that have ports.
    case destinationPort
    /// The interface by which it came.
    case incomingInterface
    /// The interface by which it leaves.
    case outgoingInterface
    /// Its mark.
    case mark
    /// The address to which its connection's first packet was sent, before any translation.
    case originalDestination(Table.Family)

    /// The step that loads it.
    func load(into register: Expression.Register) -> Expression {
        switch self {
        case .source(.ip): .payload(.init(.network, offset: 12, length: 4), into: register)
        case .source(.ip6): .payload(.init(.network, offset: 8, length: 16), into: register)
        case .destination(.ip): .payload(.init(.network, offset: 16, length: 4), into: register)
        case .destination(.ip6): .payload(.init(.network, offset: 24, length: 16), into: register)
        case .transport: .meta(.transport, into: register)
        case .sourcePort: .payload(.init(.transport, offset: 0, length: 2), into: register)
        case .destinationPort: .payload(.init(.transport, offset: 2, length: 2), into: register)
        case .incomingInterface: .meta(.incomingInterfaceName, into: register)
        case .outgoingInterface: .meta(.outgoingInterfaceName, into: register)
        case .mark: .meta(.mark, into: register)
        case .originalDestination(.ip): .conntrack(.ipv4Destination, direction: .original, into: register)
        case .originalDestination(.ip6): .conntrack(.ipv6Destination, direction: .original, into: register)
        }
    }

    /// The number of registers it fills.
    var registerCount: Int {
        switch self {
        case .source(.ip6), .destination(.ip6), .originalDestination(.ip6): 4
        case .incomingInterface, .outgoingInterface: 4
        case .source(.ip), .destination(.ip), .originalDestination(.ip): 1
        case .transport, .sourcePort, .destinationPort, .mark: 1
        }
    }
}

extension [Expression] {
    /// Goes on if the packet compares so: `ip daddr 192.0.2.1`, `oifname != "qg-*"`.
    public static func match(
        _ selector: Selector,
        _ comparison: Expression.Comparison,
        _ value: RegisterValue
    ) -> [Expression] {
        [selector.load(into: .first), .compare(.first, comparison, value)]
    }

    /// Goes on if the address lies in the network.
    public static func match(_ selector: Selector, within network: CIDR) -> [Expression] {
        compare(selector, .equal, with: network)
    }

    /// Goes on if the address lies outside the network.
    public static func match(_ selector: Selector, notWithin network: CIDR) -> [Expression] {
        compare(selector, .notEqual, with: network)
    }

    private static func compare(
        _ selector: Selector,
        _ comparison: Expression.Comparison,
        with network: CIDR
    ) -> [Expression] {
        guard let netmask = RegisterValue(bytes: network.netmask.bytes),
            let zero = RegisterValue(bytes: repeatElement(0, count: netmask.count))
        else { preconditionFailure("an address longer than a value") }
        return [
            selector.load(into: .first),
            .bitwise(from: .first, into: .first, mask: netmask, flips: zero),
            .compare(.first, comparison, RegisterValue(network.first)),
        ]
    }

    /// Goes on if the set holds the concatenation of what is selected (`isInverted`: does not).
    public static func match(
        _ selectors: Selector...,
        in set: ObjectName,
        isInverted: Bool = false
    ) -> [Expression] {
        load(selectors) + [.lookup(set, key: .first, isInverted: isInverted)]
    }

    /// Goes on if all these things were done to the connection (`has: false`: none of them).
    public static func match(_ status: ConntrackStatus, has: Bool = true) -> [Expression] {
        let zero = RegisterValue.number(0)
        return [
            .conntrack(.status, direction: nil, into: .first),
            .bitwise(from: .first, into: .first, mask: .number(status.rawValue), flips: zero),
            .compare(.first, .equal, has ? .number(status.rawValue) : zero),
        ]
    }

    /// Goes on if the bits of the mark that `mask` has are these.
    public static func matchMark(_ mark: UInt32, mask: UInt32 = .max) -> [Expression] {
        guard mask != .max else { return match(.mark, .equal, .number(mark)) }
        return [
            .meta(.mark, into: .first),
            .bitwise(from: .first, into: .first, mask: .number(mask), flips: .number(0)),
            .compare(.first, .equal, .number(mark & mask)),
        ]
    }

    /// Sets those bits of the mark that `mask` has.
    public static func setMark(_ mark: UInt32, mask: UInt32 = .max) -> [Expression] {
        guard mask != .max else {
            return [.immediate(.number(mark), into: .first), .setMeta(.mark, from: .first)]
        }
        return [
            .meta(.mark, into: .first),
            .bitwise(from: .first, into: .first, mask: .number(~mask), flips: .number(mark & mask)),
            .setMeta(.mark, from: .first),
        ]
    }

    /// Sets the mark to what the map has for what is selected; else the next rule is asked.
    public static func setMark(by selectors: Selector..., in map: ObjectName) -> [Expression] {
        load(selectors) + [.lookup(map, key: .first, into: .first), .setMeta(.mark, from: .first)]
    }

    /// Translates an end of the connection to what the map has for what is selected; else the next rule is asked.
    ///
    /// A map whose value is an address and a port gives both; `withPort` says so.
    public static func translate(
        _ end: Expression.Translation.End,
        _ family: Table.Family,
        by selectors: Selector...,
        in map: ObjectName,
        withPort: Bool = false,
        options: TranslationOptions = []
    ) -> [Expression] {
        let port = withPort ? Expression.Register(family == .ip ? 1 : 4) : nil
        return load(selectors) + [
            .lookup(map, key: .first, into: .first),
            .translate(.init(end, family, address: .first, port: port, options: options)),
        ]
    }

    /// Translates an end of the connection to an address.
    public static func translate(
        _ end: Expression.Translation.End,
        to address: IPAddress,
        options: TranslationOptions = []
    ) -> [Expression] {
        let family: Table.Family = address.version == .v4 ? .ip : .ip6
        return [
            .immediate(RegisterValue(address), into: .first),
            .translate(.init(end, family, address: .first, options: options)),
        ]
    }

    /// Sends the connection to this host, at a port.
    public static func redirect(toPort port: UInt16) -> [Expression] {
        [.immediate(.port(port), into: .first), .redirect(port: .first)]
    }

    /// Loads what is selected, one after another.
    private static func load(_ selectors: [Selector]) -> [Expression] {
        var position = 0
        return selectors.map { selector in
            defer { position += selector.registerCount }
            return selector.load(into: .init(position))
        }
    }
}

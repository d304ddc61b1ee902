internal import Addressing
internal import Nftables

/// The chain that marks what is to leave by a further gateway, and its map; only a router that has one with a way out
/// has them.
///
/// What comes from outside needs no mark. The chain stands behind conntrack, which knows what a connection was sent to,
/// and before routing, which heeds the mark. A rule for each of the networks marks answers, by the floating IP that was
/// asked for. One rule marks what hosts begin that leave with a floating IP of these networks; the map has those hosts.
extension TranslationTable {
    static let exitChain = Chain("gateway_exits", .init(.filter, .prerouting, priority: -150))
    static let exitMap = NamedSet.map("fip_exits", from: .ipv4Address, to: DataType(.mark))

    static func exitChains(of exits: Set<ExitNetwork>) -> [Chain] { exits.isEmpty ? [] : [exitChain] }

    static func exitMaps(of exits: Set<ExitNetwork>) -> [NamedSet] { exits.isEmpty ? [] : [exitMap] }

    static func exitRules(of exits: Set<ExitNetwork>) -> [Rule] {
        guard !exits.isEmpty else { return [] }
        let fromInside = [Expression].match(.incomingInterface, .notEqual, .interfacePrefix("qg-"))
        let answers = exits.sorted().map { exit in
            fromInside + [Expression].match(.originalDestination(.ip), within: exit.network)
                + [Expression].setMark(KernelNames.exitMark(exit.number))
        }
        let begun =
            fromInside + [Expression].match(.destinationTranslated, has: false)
            + [Expression].setMark(by: .source(.ip), in: exitMap.name)
        return (answers + [begun]).map { Rule(in: exitChain.name, $0) }
    }

    static func exitElement(_ source: IPv4Address, _ number: UInt32) -> Element {
        Element(RegisterValue(source), value: .number(KernelNames.exitMark(number)))
    }

    /// Writes what must be there before elements change.
    static func prepare(_ change: ExitChange, in transaction: inout NftablesTransaction) {
        if change.old.isEmpty { transaction.add(exitMap, to: table) }
    }

    /// Writes what makes the new exits of the old ones, once the elements are those of the new ones.
    static func apply(_ change: ExitChange, to transaction: inout NftablesTransaction) {
        if !change.old.isEmpty { transaction.deleteRules(of: exitChain.name, from: table) }
        if change.new.isEmpty {
            transaction.delete(exitChain, from: table)
            transaction.delete(exitMap, from: table)
        } else if change.old.isEmpty {
            transaction.add(exitChain, to: table)
        }
        for rule in exitRules(of: change.new) { transaction.add(rule, to: table) }
    }
}

extension TranslationTable {
    /// The exits of hosts that these elements say; nil when one of them cannot be of our making.
    static func exitSources(_ elements: [Element]) -> [IPv4Address: UInt32]? {
        var sources: [IPv4Address: UInt32] = [:]
        for element in elements {
            guard let source = IPv4Address(bytes: element.key),
                let number = element.value?.hostNumber.flatMap(KernelNames.exit(ofMark:))
            else { return nil }
            sources[source] = number
        }
        return sources
    }
}

extension Set<ExitNetwork> {
    /// The networks that a listing of the table seems to hold; it is for the caller to see whether they are all of it.
    init(listed table: Ruleset) {
        self = []
        for rule in table.rules where rule.chain == TranslationTable.exitChain.name {
            guard rule.expressions.count == 7, case .conntrack(.ipv4Destination, _, _) = rule.expressions[2],
                case .bitwise(_, _, let mask, _) = rule.expressions[3],
                case .compare(_, _, let value) = rule.expressions[4],
                case .immediate(let mark, _) = rule.expressions[5],
                let exit = ExitNetwork(value, mask: mask, mark: mark)
            else { continue }
            insert(exit)
        }
    }
}

extension ExitNetwork {
    fileprivate init?(_ value: RegisterValue, mask: RegisterValue, mark: RegisterValue) {
        guard let address = IPv4Address(bytes: value), let netmask = IPv4Address(bytes: mask),
            let network = CIDR(address: .v4(address), prefixLength: (~netmask.rawValue).leadingZeroBitCount),
            let number = mark.hostNumber.flatMap(KernelNames.exit(ofMark:))
        else { return nil }
        self.init(network: network, number: number)
    }
}

extension RegisterValue {
    /// The number of 32 bits in the host's order that it holds.
    fileprivate var hostNumber: UInt32? {
        guard count == 4 else { return nil }
        return UInt32(bigEndian: reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    }
}

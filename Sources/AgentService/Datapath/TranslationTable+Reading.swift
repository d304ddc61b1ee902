internal import Addressing
internal import Nftables
internal import ResourceModel

extension ObservedTranslation {
    /// What a listing of the table says; nil stands for no such table.
    init(_ listed: Ruleset?) {
        guard let listed else {
            self = .missing
            return
        }
        var helpers: Set<HelperRule> = []
        var exits: Set<ExitNetwork> = []
        var isOurs = listed.isPlain
        if !isOurs {
            helpers = Set(listed: listed)
            exits = Set(listed: listed)
            isOurs = TableShape(listed) == .expected(helpers, exits)
        }
        guard isOurs, var plan = TranslationPlan(listed.elements) else {
            self = .foreign
            return
        }
        plan.helpers = helpers
        plan.exits = exits
        self = .current(plan)
    }
}

extension Ruleset {
    /// Whether it is, but for the elements, the table of a router without helpers and exits as the agent makes it.
    ///
    /// The kernel lists in the order of making: only of a table that was made otherwise more must be asked.
    fileprivate var isPlain: Bool {
        let plain = TranslationTable.empty
        return helpers.isEmpty && sets == plain.sets && chains == plain.chains && rules == plain.rules
    }
}

/// What of a table is the same in every router with the same helpers, in whichever order the kernel lists it.
private struct TableShape: Equatable {
    var sets: Set<NamedSet>
    var chains: Set<Chain>
    var helpers: Set<ConntrackHelper>
    /// The rules of each chain in their order.
    var rules: [ObjectName: [[Expression]]]

    private static let plain = TableShape(TranslationTable.empty)

    /// The shape of the table of a router with these helpers and exits.
    static func expected(_ helpers: Set<HelperRule>, _ exits: Set<ExitNetwork>) -> TableShape {
        if helpers.isEmpty, exits.isEmpty { return plain }
        return TableShape(TranslationTable.ruleset(TranslationPlan(helpers: helpers, exits: exits)))
    }

    init(_ table: Ruleset) {
        sets = Set(table.sets)
        chains = Set(table.chains)
        helpers = Set(table.helpers)
        rules = Dictionary(grouping: table.rules, by: \.chain).mapValues { $0.map(\.expressions) }
    }
}

extension TranslationPlan {
    /// The plan whose elements these are; nil when one of them cannot be of our making.
    fileprivate init?(_ elements: [ObjectName: [Element]]) {
        typealias Map = TranslationTable.Map
        for element in elements[Map.destinations] ?? [] {
            guard let key = element.key.ipv4, let fixed = element.value?.ipv4,
                let id = element.comment.flatMap({ FloatingIPID($0) })
            else { return nil }
            destinations[key] = FloatingTarget(fixed: fixed, id: id)
        }
        for element in elements[Map.sources] ?? [] {
            guard let key = element.key.ipv4, let value = element.value?.ipv4 else { return nil }
            sources[key] = value
        }
        for element in elements[Map.forwardings] ?? [] {
            guard let key = ForwardedPort(element.key), let value = element.value.flatMap(Endpoint.init) else {
                return nil
            }
            forwardings[key] = value
        }
        for element in elements[Map.gatewaySources] ?? [] {
            guard let value = element.value?.ipv4 else { return nil }
            gatewaySources[element.key.text] = value
        }
        for element in elements[Map.hairpinSources] ?? [] {
            guard let value = element.value?.ipv4 else { return nil }
            hairpinSources[element.key.text] = value
        }
        guard let exits = TranslationTable.exitSources(elements[TranslationTable.exitMap.name] ?? []) else {
            return nil
        }
        exitSources = exits
    }
}

extension RegisterValue {
    /// The name of an interface that it holds.
    fileprivate var text: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }

    /// The port whose two bytes stand at an offset.
    fileprivate func port(at offset: Int) -> UInt16 { UInt16(self[offset]) << 8 | UInt16(self[offset + 1]) }
}

extension ForwardedPort {
    /// An address, a protocol and a port, each in a register of its own.
    fileprivate init?(_ value: RegisterValue) {
        guard value.count == 12, let address = IPv4Address(bytes: value.prefix(4)),
            let transport = TransportProtocol(rawValue: value[4])
        else { return nil }
        self.init(address: address, transport: transport, port: value.port(at: 8))
    }
}

extension Endpoint {
    /// An address and a port, each in a register of its own.
    fileprivate init?(_ value: RegisterValue) {
        guard value.count == 8, let address = IPv4Address(bytes: value.prefix(4)) else { return nil }
        self.init(address: address, port: value.port(at: 4))
    }
}

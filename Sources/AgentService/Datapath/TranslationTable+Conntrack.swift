internal import Nftables

/// The chain that gives connections their conntrack helpers; only a router that has helpers has it.
///
/// It stands behind conntrack, which must know the connection, and before translation, which makes room for changed
/// lengths only in connections that have a helper by then. IPv6 is not translated and needs no helpers.
extension TranslationTable {
    static let helperChain = Chain("ct_helpers", .init(.filter, .prerouting, priority: -150))

    /// The kernel's object for a module; nil for a name that cannot be one.
    static func helper(of module: HelperModule) -> ConntrackHelper? {
        guard let name = ObjectName("\(module.name)-\(module.transport)"), module.kernelName.utf8.count <= 15 else {
            return nil
        }
        return ConntrackHelper(name, helper: module.kernelName, transport: module.transport.rawValue)
    }

    /// The objects of the modules, each once, by name.
    static func helpers(of rules: Set<HelperRule>) -> [ConntrackHelper] {
        Set(rules.map(\.module)).compactMap(helper).sorted { $0.name.text < $1.name.text }
    }

    static func helperChains(of rules: Set<HelperRule>) -> [Chain] { rules.isEmpty ? [] : [helperChain] }

    static func helperRules(of rules: Set<HelperRule>) -> [Rule] {
        rules.sorted().compactMap { rule in
            helper(of: rule.module).map { helper in
                Rule(
                    in: helperChain.name,
                    [Expression].match(.transport, .equal, .transport(rule.module.transport.rawValue))
                        + [Expression].match(.destinationPort, .equal, .port(rule.port)) + [.assignHelper(helper.name)]
                )
            }
        }
    }

    /// Writes what makes the new helpers of the old ones.
    static func apply(_ change: HelperChange, to transaction: inout NftablesTransaction) {
        let (old, new) = (helpers(of: change.old), helpers(of: change.new))
        if !change.old.isEmpty { transaction.deleteRules(of: helperChain.name, from: table) }
        for helper in old where !new.contains(helper) { transaction.delete(helper, from: table) }
        for helper in new where !old.contains(helper) { transaction.add(helper, to: table) }
        if change.new.isEmpty {
            transaction.delete(helperChain, from: table)
        } else if change.old.isEmpty {
            transaction.add(helperChain, to: table)
        }
        for rule in helperRules(of: change.new) { transaction.add(rule, to: table) }
    }
}

extension HelperModule {
    /// The name that the kernel knows it by.
    ///
    /// Source: `nf_conntrack_helper` of net/netfilter/nf_conntrack_*.c.
    fileprivate var kernelName: String {
        switch (name, transport) {
        case ("h323", .tcp): "Q.931"
        case ("h323", .udp): "RAS"
        default: name
        }
    }
}

extension Set<HelperRule> {
    /// The rules that a listing of the table seems to hold; it is for the caller to see whether they are all of it.
    init(listed table: Ruleset) {
        self = []
        for rule in table.rules where rule.chain == TranslationTable.helperChain.name {
            guard rule.expressions.count == 5, case .compare(_, _, let value) = rule.expressions[3],
                value.count == 2, case .assignHelper(let name) = rule.expressions[4], let module = HelperModule(name)
            else { continue }
            insert(HelperRule(module: module, port: UInt16(value[0]) << 8 | UInt16(value[1])))
        }
    }
}

extension HelperModule {
    /// The module that an object of this name is for.
    fileprivate init?(_ object: ObjectName) {
        guard let end = object.text.lastIndex(of: "-"),
            let transport = TransportProtocol(name: String(object.text[object.text.index(after: end)...]))
        else { return nil }
        self.init(name: String(object.text[..<end]), transport: transport)
    }
}

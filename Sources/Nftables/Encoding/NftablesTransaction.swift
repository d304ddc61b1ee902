internal import CNftnl
internal import Netlink

/// Changes of a namespace's ruleset that the kernel applies all together or not at all.
///
/// What a step names must exist already or be made by an earlier step. Adding a table, chain, set or helper that is
/// there already, in the same form, succeeds; adding a rule always makes one more.
public struct NftablesTransaction: ~Copyable, Sendable {
    /// The generation it was made for; on any other it is refused.
    public let generation: Generation
    var writer: MessageWriter
    /// What each message is about, the first being the beginning of the batch.
    var steps: [Step] = [.beginning]
    /// The number of the next set made in this batch.
    var nextSetID: UInt32 = 1

    /// What a message is about, for words that are only needed when it is refused.
    enum Step: Sendable {
        case beginning
        case table(String, Table)
        case object(String, kind: String, ObjectName, Table)
        case rule(String, chain: ObjectName?, Table)
        case elements(String, count: Int, set: ObjectName, Table)
    }

    /// An empty transaction on the ruleset of this generation.
    public init(on generation: Generation) {
        self.generation = generation
        writer = MessageWriter(firstSequence: 1, capacity: 4096)
        writer.message(
            type: UInt32(NFNL_MSG_BATCH_BEGIN),
            flags: 0,
            fixedPart: nfgenmsg.batchEdge
        ) { writer in
            writer.put(NFNL_BATCH_GENID.rawValue, generation.rawValue.bigEndian)
        }
    }

    /// Whether it has no step.
    public var isEmpty: Bool { steps.count == 1 }

    /// Adds a table.
    public mutating func add(_ table: Table) {
        append(NFT_MSG_NEWTABLE, flags: NLM_F_CREATE, family: table.family, .table("add", table)) {
            table.build($0)
        }
    }

    /// Deletes a table with all that it holds, if it is there.
    public mutating func delete(_ table: Table) {
        // Adding it first makes the deletion succeed on kernels without NFT_MSG_DESTROYTABLE (before 6.3).
        add(table)
        append(NFT_MSG_DELTABLE, flags: 0, family: table.family, .table("delete", table)) { table.build($0) }
    }

    /// Adds a chain.
    public mutating func add(_ chain: Chain, to table: Table) {
        append(
            NFT_MSG_NEWCHAIN,
            flags: NLM_F_CREATE,
            family: table.family,
            .object("add", kind: "chain", chain.name, table)
        ) { chain.build($0, in: table) }
    }

    /// Deletes an empty chain that no rule leads to.
    public mutating func delete(_ chain: Chain, from table: Table) {
        append(
            NFT_MSG_DELCHAIN,
            flags: 0,
            family: table.family,
            .object("delete", kind: "chain", chain.name, table)
        ) { Chain(chain.name).build($0, in: table) }
    }

    /// Adds a rule after the others of its chain.
    public mutating func add(_ rule: Rule, to table: Table) {
        append(
            NFT_MSG_NEWRULE,
            flags: NLM_F_CREATE | NLM_F_APPEND,
            family: table.family,
            .rule("add", chain: rule.chain, table),
            capacity: 4096 + rule.expressions.count * 512
        ) { rule.build($0, in: table) }
    }

    /// Deletes a rule that a listing showed.
    public mutating func delete(_ rule: ObservedRule, from table: Table) {
        append(
            NFT_MSG_DELRULE,
            flags: 0,
            family: table.family,
            .rule("delete", chain: rule.rule.chain, table)
        ) { Rule.buildDeletion($0, chain: rule.rule.chain, handle: rule.handle, in: table) }
    }

    /// Deletes all rules of a chain, or of the whole table.
    public mutating func deleteRules(of chain: ObjectName? = nil, from table: Table) {
        append(NFT_MSG_DELRULE, flags: 0, family: table.family, .rule("delete all", chain: chain, table)) {
            Rule.buildDeletion($0, chain: chain, handle: nil, in: table)
        }
    }

    /// Adds a set or map without elements.
    public mutating func add(_ set: NamedSet, to table: Table) {
        let id = nextSetID
        nextSetID += 1
        append(
            NFT_MSG_NEWSET,
            flags: NLM_F_CREATE,
            family: table.family,
            .object("add", kind: "set", set.name, table)
        ) { set.build($0, in: table, id: id) }
    }

    /// Deletes a set or map that no rule looks up in, with its elements.
    public mutating func delete(_ set: NamedSet, from table: Table) {
        append(
            NFT_MSG_DELSET,
            flags: 0,
            family: table.family,
            .object("delete", kind: "set", set.name, table)
        ) { set.buildReference($0, in: table) }
    }

    /// Adds a conntrack helper.
    ///
    /// The kernel refuses it with `notFound` when it has no helper of that name, built in or as a module.
    public mutating func add(_ helper: ConntrackHelper, to table: Table) {
        append(
            NFT_MSG_NEWOBJ,
            flags: NLM_F_CREATE,
            family: table.family,
            .object("add", kind: "ct helper", helper.name, table)
        ) { helper.build($0, in: table) }
    }

    /// Deletes a conntrack helper that no rule assigns.
    public mutating func delete(_ helper: ConntrackHelper, from table: Table) {
        append(
            NFT_MSG_DELOBJ,
            flags: 0,
            family: table.family,
            .object("delete", kind: "ct helper", helper.name, table)
        ) { helper.build($0, in: table) }
    }

    /// Adds a table with all that it holds, in an order in which each finds what it names.
    public mutating func add(_ ruleset: Ruleset) {
        let table = ruleset.table
        add(table)
        for set in ruleset.sets { add(set, to: table) }
        for helper in ruleset.helpers { add(helper, to: table) }
        for chain in ruleset.chains { add(chain, to: table) }
        for rule in ruleset.rules { add(rule, to: table) }
        for set in ruleset.sets { add(ruleset.elements[set.name] ?? [], to: set, in: table) }
    }

    /// Writes a message through libnftnl, which does not count bytes: `capacity` must be more than it can need.
    private mutating func append(
        _ message: nf_tables_msg_types,
        flags: Int32,
        family: Table.Family,
        _ step: Step,
        capacity: Int = 4096,
        _ build: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) {
        steps.append(step)
        let sequence = writer.sequence
        writer.appendUninitialized(capacity: capacity, startsMessage: true) { memory in
            // libnftnl leaves the gaps between attributes as they are.
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            guard let start = memory.baseAddress?.assumingMemoryBound(to: CChar.self),
                let header = nftnl_nlmsg_build_hdr(
                    start,
                    UInt16(message.rawValue),
                    family.number,
                    UInt16(flags),
                    sequence
                )
            else { return 0 }
            build(header)
            return Int(header.pointee.nlmsg_len)
        }
    }

    /// Ends the batch: the last step is acknowledged, once everything is applied.
    mutating func finish(firstSequence: UInt32) {
        writer.acknowledgeLast()
        writer.message(type: UInt32(NFNL_MSG_BATCH_END), flags: 0, fixedPart: nfgenmsg.batchEdge)
        writer.renumber(from: firstSequence)
    }
}

extension NftablesTransaction.Step: CustomStringConvertible {
    var description: String {
        switch self {
        case .beginning: "transaction"
        case .table(let verb, let table): "\(verb) \(table)"
        case .object(let verb, let kind, let name, let table): "\(verb) \(kind) \(name) in \(table)"
        case .rule(let verb, let chain?, let table): "\(verb) rule in chain \(chain) of \(table)"
        case .rule(let verb, nil, let table): "\(verb) rules of \(table)"
        case .elements(let verb, let count, let set, let table):
            "\(verb) \(count) elements of \(set) in \(table)"
        }
    }
}

extension Table.Family {
    /// The kernel's number, `NFPROTO_*`.
    var number: UInt16 {
        switch self {
        case .ip: UInt16(NFPROTO_IPV4)
        case .ip6: UInt16(NFPROTO_IPV6)
        }
    }
}

extension nfgenmsg {
    /// The fixed part of a message about a family.
    init(_ family: Table.Family?) {
        self.init()
        nfgen_family = UInt8(family?.number ?? UInt16(NFPROTO_UNSPEC))
        version = UInt8(NFNETLINK_V0)
    }

    /// The fixed part of the messages around a batch: the subsystem's number where others have none.
    static var batchEdge: nfgenmsg {
        var fixed = nfgenmsg(nil)
        fixed.res_id = UInt16(NFNL_SUBSYS_NFTABLES).bigEndian
        return fixed
    }
}

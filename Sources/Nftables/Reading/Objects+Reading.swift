internal import CNftnl
internal import Netlink
internal import Synchronization

// Each initialiser reads the body of one message of a listing; nil for what has no value here.

extension RawSpan {
    /// A number of 32 bits as nftables' attributes have it.
    var networkNumber: UInt32? { integer(as: UInt32.self).map(UInt32.init(bigEndian:)) }

    /// A number of 64 bits as nftables' attributes have it.
    var networkNumber64: UInt64? { integer(as: UInt64.self).map(UInt64.init(bigEndian:)) }

    /// The value in an attribute that wraps data; nil for a verdict and for more than a value holds.
    func wrappedValue() throws(NetlinkError) -> RegisterValue? {
        var value: RegisterValue?
        try forEachAttribute(in: self) { (type, content) in
            if type == Int(NFTA_DATA_VALUE.rawValue) { value = RegisterValue(content) }
        }
        return value
    }

    /// The comment in nft's notes, a list of type, length and value.
    var comment: String? {
        var offset = 0
        while offset + 2 <= byteCount, let type: UInt8 = integer(at: offset),
            let length: UInt8 = integer(at: offset + 1)
        {
            let end = offset + 2 + Int(length)
            guard end <= byteCount else { return nil }
            // The number of a comment is 0 for elements as for rules.
            if type == UInt8(NFTNL_UDATA_RULE_COMMENT.rawValue) { return extracting((offset + 2)..<end).text }
            offset = end
        }
        return nil
    }
}

/// Walks the attributes behind the fixed part of a message of nftables.
func forEachAttribute(
    ofMessage body: RawSpan,
    _ each: (Int, RawSpan) throws(NetlinkError) -> Void
) throws(NetlinkError) -> nfgenmsg {
    let fixed = try body.fixedPart(nfgenmsg.self)
    try forEachAttribute(in: body.extracting(MemoryLayout<nfgenmsg>.size..<body.byteCount), each)
    return fixed
}

extension Table {
    init?(message body: RawSpan) throws(NetlinkError) {
        var name: ObjectName?
        let fixed = try forEachAttribute(ofMessage: body) { (type, value) in
            if type == Int(NFTA_TABLE_NAME.rawValue) { name = ObjectName(listed: value.text) }
        }
        guard let name, let family = Family(number: UInt16(fixed.nfgen_family)) else { return nil }
        self.init(family, name)
    }
}

extension Chain {
    init?(message body: RawSpan, of table: Table) throws(NetlinkError) {
        var owner = ""
        var name: ObjectName?
        var kind: Kind?
        var hook: (number: UInt32?, priority: UInt32?)
        var policy: UInt32?
        _ = try forEachAttribute(ofMessage: body) { (type, value) throws(NetlinkError) in
            switch type {
            case Int(NFTA_CHAIN_TABLE.rawValue): owner = value.text
            case Int(NFTA_CHAIN_NAME.rawValue): name = ObjectName(listed: value.text)
            case Int(NFTA_CHAIN_TYPE.rawValue): kind = Kind(rawValue: value.text)
            case Int(NFTA_CHAIN_POLICY.rawValue): policy = value.networkNumber
            case Int(NFTA_CHAIN_HOOK.rawValue):
                try forEachAttribute(in: value) { (type, value) in
                    if type == Int(NFTA_HOOK_HOOKNUM.rawValue) { hook.number = value.networkNumber }
                    if type == Int(NFTA_HOOK_PRIORITY.rawValue) { hook.priority = value.networkNumber }
                }
            default: break
            }
        }
        guard let name, owner == table.name.text else { return nil }
        self.init(name)
        if let kind, let place = hook.number.flatMap(Hook.init(number:)), let priority = hook.priority {
            base = Base(
                kind,
                place,
                priority: Int32(bitPattern: priority),
                dropsByDefault: policy == UInt32(NF_DROP)
            )
        }
    }
}

/// A set or map as the kernel lists it.
struct ListedSet {
    /// Nil for one that has no value here: without a name of its own, or of a type that is none here.
    let set: NamedSet?
    /// How many elements it holds; nil where the kernel does not say.
    let count: UInt32?

    init?(message body: RawSpan, of table: Table) throws(NetlinkError) {
        var fields = SetFields()
        _ = try forEachAttribute(ofMessage: body) { (type, value) throws(NetlinkError) in
            try fields.read(type, value)
        }
        guard fields.owner == table.name.text else { return nil }
        set = NamedSet(fields)
        count = fields.count
    }
}

extension NamedSet {
    fileprivate init?(_ fields: SetFields) {
        guard let name = fields.name, let key = DataType(number: fields.key),
            fields.flags & NFT_SET_ANONYMOUS.rawValue == 0
        else { return nil }
        let holdsIntervals = fields.flags & NFT_SET_INTERVAL.rawValue != 0
        if fields.flags & NFT_SET_MAP.rawValue != 0 {
            guard let value = DataType(number: fields.value) else { return nil }
            self = .map(name, from: key, to: value, holdsIntervals: holdsIntervals, capacity: fields.capacity)
        } else {
            self = .set(name, of: key, holdsIntervals: holdsIntervals, capacity: fields.capacity)
        }
    }
}

private struct SetFields {
    var owner = ""
    var name: ObjectName?
    var flags: UInt32 = 0
    var key: UInt32 = 0
    var value: UInt32 = 0
    var capacity: UInt32?
    var count: UInt32?

    mutating func read(_ type: Int, _ content: RawSpan) throws(NetlinkError) {
        switch type {
        case Int(NFTA_SET_TABLE.rawValue): owner = content.text
        case Int(NFTA_SET_NAME.rawValue): name = ObjectName(listed: content.text)
        case Int(NFTA_SET_FLAGS.rawValue): flags = content.networkNumber ?? 0
        case Int(NFTA_SET_KEY_TYPE.rawValue): key = content.networkNumber ?? 0
        case Int(NFTA_SET_DATA_TYPE.rawValue): value = content.networkNumber ?? 0
        case Int(CNFTNL_NFTA_SET_COUNT): count = content.networkNumber
        case Int(NFTA_SET_DESC.rawValue):
            try forEachAttribute(in: content) { (type, content) in
                if type == Int(NFTA_SET_DESC_SIZE.rawValue) { capacity = content.networkNumber }
            }
        default: break
        }
    }
}

extension ConntrackHelper {
    init?(message body: RawSpan, of table: Table) throws(NetlinkError) {
        var owner = ""
        var kind: UInt32?
        var name: ObjectName?
        var helper = ""
        var transport: UInt8 = 0
        _ = try forEachAttribute(ofMessage: body) { (type, value) throws(NetlinkError) in
            switch type {
            case Int(NFTA_OBJ_TABLE.rawValue): owner = value.text
            case Int(NFTA_OBJ_NAME.rawValue): name = ObjectName(listed: value.text)
            case Int(NFTA_OBJ_TYPE.rawValue): kind = value.networkNumber
            case Int(NFTA_OBJ_DATA.rawValue):
                try forEachAttribute(in: value) { (type, value) in
                    if type == Int(NFTA_CT_HELPER_NAME.rawValue) { helper = value.text }
                    if type == Int(NFTA_CT_HELPER_L4PROTO.rawValue) { transport = value.integer() ?? 0 }
                }
            default: break
            }
        }
        guard let name, owner == table.name.text, kind == UInt32(NFT_OBJECT_CT_HELPER) else { return nil }
        self.init(name, helper: helper, transport: transport)
    }
}

extension ObservedRule {
    init?(message body: RawSpan, of table: Table) throws(NetlinkError) {
        var owner = ""
        var chain: ObjectName?
        var handle: UInt64 = 0
        var comment: String?
        var expressions: [Expression] = []
        var counts: [Count] = []
        _ = try forEachAttribute(ofMessage: body) { (type, value) throws(NetlinkError) in
            switch type {
            case Int(NFTA_RULE_TABLE.rawValue): owner = value.text
            case Int(NFTA_RULE_CHAIN.rawValue): chain = ObjectName(listed: value.text)
            case Int(NFTA_RULE_HANDLE.rawValue): handle = value.networkNumber64 ?? 0
            case Int(NFTA_RULE_USERDATA.rawValue): comment = value.comment
            case Int(NFTA_RULE_EXPRESSIONS.rawValue):
                (expressions, counts) = try Self.expressions(value)
            default: break
            }
        }
        guard let chain, owner == table.name.text else { return nil }
        rule = Rule(in: chain, expressions, comment: comment)
        self.handle = handle
        self.counts = counts
    }

    /// What was read before, by its bytes: most rules are the same in every namespace.
    private static let known = Mutex<[[UInt8]: [Expression]]>([:])
    /// How many are remembered, which is more than one program's namespaces differ in.
    private static let knownLimit = 128

    private static func expressions(_ list: RawSpan) throws(NetlinkError) -> ([Expression], [Count]) {
        let bytes = list.withUnsafeBytes { [UInt8]($0) }
        if let expressions = known.withLock({ $0[bytes] }) { return (expressions, []) }
        var expressions: [Expression] = []
        var counts: [Count] = []
        try forEachAttribute(in: list) { (_, value) throws(NetlinkError) in
            let fields = try ExpressionFields(attributes: value)
            expressions.append(fields.expression)
            if let count = fields.count { counts.append(count) }
        }
        // A counter's bytes are never the same again.
        guard counts.isEmpty else { return (expressions, counts) }
        known.withLock { known in
            if known.count >= knownLimit { known = [:] }
            known[bytes] = expressions
        }
        return (expressions, counts)
    }
}

internal import CNftnl
internal import Netlink

/// The attributes of one expression as they come: all of them are numbers, names or values.
struct ExpressionFields {
    private let kind: String
    private var numbers: [Int: UInt32] = [:]
    private var values: [Int: RegisterValue] = [:]
    private var text: String?
    private var verdict: Expression.Verdict?
    private(set) var count: ObservedRule.Count?

    /// Reads an `NFTA_LIST_ELEM` of `NFTA_RULE_EXPRESSIONS`: the kind's name, and its attributes.
    init(attributes: RawSpan) throws(NetlinkError) {
        var kind = ""
        try forEachAttribute(in: attributes) { (type, value) in
            if type == Int(NFTA_EXPR_NAME.rawValue) { kind = value.text }
        }
        self.kind = kind
        try forEachAttribute(in: attributes) { (type, value) throws(NetlinkError) in
            guard type == Int(NFTA_EXPR_DATA.rawValue) else { return }
            if kind == "counter" { count = try ObservedRule.Count(attributes: value) }
            try forEachAttribute(in: value) { (type, value) throws(NetlinkError) in try read(type, value) }
        }
    }

    private mutating func read(_ type: Int, _ value: RawSpan) throws(NetlinkError) {
        switch (kind, type) {
        case ("cmp", Int(NFTA_CMP_DATA.rawValue)), ("bitwise", Int(NFTA_BITWISE_MASK.rawValue)),
            ("bitwise", Int(NFTA_BITWISE_XOR.rawValue)):
            values[type] = try value.wrappedValue()
        case ("immediate", Int(NFTA_IMMEDIATE_DATA.rawValue)):
            values[type] = try value.wrappedValue()
            try readVerdict(value)
        case ("lookup", Int(NFTA_LOOKUP_SET.rawValue)), ("objref", Int(NFTA_OBJREF_IMM_NAME.rawValue)):
            text = value.text
        case ("ct", Int(NFTA_CT_DIRECTION.rawValue)):
            numbers[type] = value.integer(as: UInt8.self).map(UInt32.init)
        default:
            numbers[type] = value.networkNumber
        }
    }

    private mutating func readVerdict(_ data: RawSpan) throws(NetlinkError) {
        try forEachAttribute(in: data) { (type, value) throws(NetlinkError) in
            guard type == Int(NFTA_DATA_VERDICT.rawValue) else { return }
            var code: UInt32?
            var chain: ObjectName?
            try forEachAttribute(in: value) { (type, value) in
                if type == Int(NFTA_VERDICT_CODE.rawValue) { code = value.networkNumber }
                if type == Int(NFTA_VERDICT_CHAIN.rawValue) { chain = ObjectName(listed: value.text) }
            }
            verdict = code.flatMap { Expression.Verdict(code: Int32(bitPattern: $0), chain: chain) }
        }
    }

    /// The expression; `unknown` for a kind or form that has no case.
    var expression: Expression {
        known ?? .unknown(kind)
    }

    private var known: Expression? {
        switch kind {
        case "payload": payload
        case "meta": meta
        case "ct": conntrack
        case "cmp": comparison
        case "bitwise": bitwise
        case "lookup": lookup
        case "immediate": immediate
        case "nat": translation
        case "redir": redirect
        case "masq": .masquerade(options(NFTA_MASQ_FLAGS.rawValue))
        case "counter": .counter
        case "objref": helper
        default: nil
        }
    }

    private func register(_ attribute: UInt32) -> Expression.Register? {
        numbers[Int(attribute)].flatMap(Expression.Register.init(number:))
    }

    private func options(_ attribute: UInt32) -> TranslationOptions {
        TranslationOptions(rawValue: numbers[Int(attribute)] ?? 0).intersection(.all)
    }

    private var payload: Expression? {
        guard let register = register(NFTA_PAYLOAD_DREG.rawValue),
            let base = numbers[Int(NFTA_PAYLOAD_BASE.rawValue)].flatMap(Expression.Payload.Base.init(number:)),
            let offset = numbers[Int(NFTA_PAYLOAD_OFFSET.rawValue)],
            let length = numbers[Int(NFTA_PAYLOAD_LEN.rawValue)]
        else { return nil }
        return .payload(.init(base, offset: offset, length: length), into: register)
    }

    private var meta: Expression? {
        guard let key = numbers[Int(NFTA_META_KEY.rawValue)].flatMap(Expression.MetaKey.init(number:)) else {
            return nil
        }
        if let register = register(NFTA_META_DREG.rawValue) { return .meta(key, into: register) }
        return register(NFTA_META_SREG.rawValue).map { .setMeta(key, from: $0) }
    }

    private var conntrack: Expression? {
        guard let register = register(NFTA_CT_DREG.rawValue),
            let key = numbers[Int(NFTA_CT_KEY.rawValue)].flatMap(Expression.ConntrackKey.init(number:))
        else { return nil }
        let direction = numbers[Int(NFTA_CT_DIRECTION.rawValue)].flatMap {
            Expression.Direction(number: UInt8(truncatingIfNeeded: $0))
        }
        return .conntrack(key, direction: direction, into: register)
    }

    private var comparison: Expression? {
        guard let register = register(NFTA_CMP_SREG.rawValue), let value = values[Int(NFTA_CMP_DATA.rawValue)],
            let operation = numbers[Int(NFTA_CMP_OP.rawValue)]
        else { return nil }
        switch operation {
        case NFT_CMP_EQ.rawValue: return .compare(register, .equal, value)
        case NFT_CMP_NEQ.rawValue: return .compare(register, .notEqual, value)
        default: return nil
        }
    }

    private var bitwise: Expression? {
        guard numbers[Int(NFTA_BITWISE_OP.rawValue)] ?? 0 == cnftnl_bitwise_mask_and_flip(),
            let source = register(NFTA_BITWISE_SREG.rawValue), let target = register(NFTA_BITWISE_DREG.rawValue),
            let mask = values[Int(NFTA_BITWISE_MASK.rawValue)], let flips = values[Int(NFTA_BITWISE_XOR.rawValue)]
        else { return nil }
        return .bitwise(from: source, into: target, mask: mask, flips: flips)
    }

    private var lookup: Expression? {
        guard let text, let key = register(NFTA_LOOKUP_SREG.rawValue) else { return nil }
        let flags = numbers[Int(NFTA_LOOKUP_FLAGS.rawValue)] ?? 0
        return .lookup(
            ObjectName(listed: text),
            key: key,
            into: register(NFTA_LOOKUP_DREG.rawValue),
            isInverted: flags & UInt32(NFT_LOOKUP_F_INV.rawValue) != 0
        )
    }

    private var immediate: Expression? {
        if let verdict { return .verdict(verdict) }
        guard let register = register(NFTA_IMMEDIATE_DREG.rawValue),
            let value = values[Int(NFTA_IMMEDIATE_DATA.rawValue)]
        else { return nil }
        return .immediate(value, into: register)
    }

    private var translation: Expression? {
        guard let family = numbers[Int(NFTA_NAT_FAMILY.rawValue)].flatMap({ Table.Family(number: UInt16($0)) }),
            let type = numbers[Int(NFTA_NAT_TYPE.rawValue)]
        else { return nil }
        let address = register(NFTA_NAT_REG_ADDR_MIN.rawValue)
        let port = register(NFTA_NAT_REG_PROTO_MIN.rawValue)
        // The kernel lists a range's end even where none was given; a true range has no value here.
        guard register(NFTA_NAT_REG_ADDR_MAX.rawValue) ?? address == address,
            register(NFTA_NAT_REG_PROTO_MAX.rawValue) ?? port == port
        else { return nil }
        return .translate(
            .init(
                type == NFT_NAT_SNAT.rawValue ? .source : .destination,
                family,
                address: address,
                port: port,
                options: options(NFTA_NAT_FLAGS.rawValue)
            )
        )
    }

    private var redirect: Expression? {
        let port = register(NFTA_REDIR_REG_PROTO_MIN.rawValue)
        guard register(NFTA_REDIR_REG_PROTO_MAX.rawValue) ?? port == port else { return nil }
        return .redirect(port: port, options(NFTA_REDIR_FLAGS.rawValue))
    }

    private var helper: Expression? {
        guard let text, numbers[Int(NFTA_OBJREF_IMM_TYPE.rawValue)] == UInt32(NFT_OBJECT_CT_HELPER) else { return nil }
        return .assignHelper(ObjectName(listed: text))
    }
}

extension Expression.Verdict {
    init?(code: Int32, chain: ObjectName?) {
        switch (code, chain) {
        case (NF_ACCEPT, _): self = .accept
        case (NF_DROP, _): self = .drop
        case (NFT_RETURN.rawValue, _): self = .return
        case (NFT_JUMP.rawValue, let chain?): self = .jump(chain)
        case (NFT_GOTO.rawValue, let chain?): self = .goto(chain)
        default: return nil
        }
    }
}

extension ObservedRule.Count {
    fileprivate init(attributes: RawSpan) throws(NetlinkError) {
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
        try forEachAttribute(in: attributes) { (type, value) in
            if type == Int(NFTA_COUNTER_PACKETS.rawValue) { packets = value.networkNumber64 ?? 0 }
            if type == Int(NFTA_COUNTER_BYTES.rawValue) { bytes = value.networkNumber64 ?? 0 }
        }
        self.init(packets: packets, bytes: bytes)
    }
}

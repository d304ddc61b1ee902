internal import CNftnl

extension Expression {
    /// The expression as libnftnl's object, for a rule to own; nil for `unknown` and when memory is short.
    func nftnl() -> OpaquePointer? {
        guard let kind, let object = nftnl_expr_alloc(kind) else { return nil }
        switch self {
        case .payload(let payload, let register): payload.set(object, into: register)
        case .meta(let key, let register):
            object.set(NFTNL_EXPR_META_KEY, key.number)
            object.set(NFTNL_EXPR_META_DREG, register)
        case .setMeta(let key, let register):
            object.set(NFTNL_EXPR_META_KEY, key.number)
            object.set(NFTNL_EXPR_META_SREG, register)
        case .conntrack(let key, let direction, let register):
            object.set(NFTNL_EXPR_CT_KEY, key.number)
            object.set(NFTNL_EXPR_CT_DREG, register)
            if let direction { nftnl_expr_set_u8(object, UInt16(NFTNL_EXPR_CT_DIR), direction.number) }
        case .compare(let register, let comparison, let value):
            object.set(NFTNL_EXPR_CMP_SREG, register)
            object.set(NFTNL_EXPR_CMP_OP, (comparison == .equal ? NFT_CMP_EQ : NFT_CMP_NEQ).rawValue)
            object.set(NFTNL_EXPR_CMP_DATA, value)
        case .bitwise(let source, let register, let mask, let flips):
            object.set(NFTNL_EXPR_BITWISE_SREG, source)
            object.set(NFTNL_EXPR_BITWISE_DREG, register)
            object.set(NFTNL_EXPR_BITWISE_OP, cnftnl_bitwise_mask_and_flip())
            object.set(NFTNL_EXPR_BITWISE_LEN, UInt32(mask.count))
            object.set(NFTNL_EXPR_BITWISE_MASK, mask)
            object.set(NFTNL_EXPR_BITWISE_XOR, flips)
        case .lookup(let set, let key, let register, let isInverted):
            nftnl_expr_set_str(object, UInt16(NFTNL_EXPR_LOOKUP_SET), set.text)
            object.set(NFTNL_EXPR_LOOKUP_SREG, key)
            if let register { object.set(NFTNL_EXPR_LOOKUP_DREG, register) }
            if isInverted { object.set(NFTNL_EXPR_LOOKUP_FLAGS, UInt32(NFT_LOOKUP_F_INV.rawValue)) }
        case .immediate(let value, let register):
            object.set(NFTNL_EXPR_IMM_DREG, register)
            object.set(NFTNL_EXPR_IMM_DATA, value)
        case .verdict(let verdict): verdict.set(object)
        case .translate(let translation): translation.set(object)
        case .redirect(let port, let options):
            if let port { object.set(NFTNL_EXPR_REDIR_REG_PROTO_MIN, port) }
            if !options.isEmpty { object.set(NFTNL_EXPR_REDIR_FLAGS, options.rawValue) }
        case .masquerade(let options):
            if !options.isEmpty { object.set(NFTNL_EXPR_MASQ_FLAGS, options.rawValue) }
        case .assignHelper(let name):
            object.set(NFTNL_EXPR_OBJREF_IMM_TYPE, UInt32(NFT_OBJECT_CT_HELPER))
            nftnl_expr_set_str(object, UInt16(NFTNL_EXPR_OBJREF_IMM_NAME), name.text)
        case .counter, .unknown: break
        }
        return object
    }

    /// The kernel's name for the kind of expression; nil for `unknown`.
    private var kind: String? {
        switch self {
        case .payload: "payload"
        case .meta, .setMeta: "meta"
        case .conntrack: "ct"
        case .compare: "cmp"
        case .bitwise: "bitwise"
        case .lookup: "lookup"
        case .immediate, .verdict: "immediate"
        case .translate: "nat"
        case .redirect: "redir"
        case .masquerade: "masq"
        case .counter: "counter"
        case .assignHelper: "objref"
        case .unknown: nil
        }
    }
}

extension Expression.Payload {
    fileprivate func set(_ object: OpaquePointer, into register: Expression.Register) {
        object.set(NFTNL_EXPR_PAYLOAD_DREG, register)
        object.set(NFTNL_EXPR_PAYLOAD_BASE, base.number)
        object.set(NFTNL_EXPR_PAYLOAD_OFFSET, offset)
        object.set(NFTNL_EXPR_PAYLOAD_LEN, length)
    }
}

extension Expression.Verdict {
    fileprivate func set(_ object: OpaquePointer) {
        object.set(NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT.rawValue)
        let (code, chain): (Int32, ObjectName?) =
            switch self {
            case .accept: (NF_ACCEPT, nil)
            case .drop: (NF_DROP, nil)
            case .return: (NFT_RETURN.rawValue, nil)
            case .jump(let chain): (NFT_JUMP.rawValue, chain)
            case .goto(let chain): (NFT_GOTO.rawValue, chain)
            }
        object.set(NFTNL_EXPR_IMM_VERDICT, UInt32(bitPattern: code))
        if let chain { nftnl_expr_set_str(object, UInt16(NFTNL_EXPR_IMM_CHAIN), chain.text) }
    }
}

extension Expression.Translation {
    fileprivate func set(_ object: OpaquePointer) {
        object.set(NFTNL_EXPR_NAT_TYPE, (end == .source ? NFT_NAT_SNAT : NFT_NAT_DNAT).rawValue)
        object.set(NFTNL_EXPR_NAT_FAMILY, UInt32(family.number))
        if let address { object.set(NFTNL_EXPR_NAT_REG_ADDR_MIN, address) }
        if let port { object.set(NFTNL_EXPR_NAT_REG_PROTO_MIN, port) }
        if !options.isEmpty { object.set(NFTNL_EXPR_NAT_FLAGS, options.rawValue) }
    }
}

extension OpaquePointer {
    fileprivate func set(_ attribute: Int, _ number: UInt32) {
        nftnl_expr_set_u32(self, UInt16(attribute), number)
    }

    fileprivate func set(_ attribute: Int, _ register: Expression.Register) {
        nftnl_expr_set_u32(self, UInt16(attribute), register.number)
    }

    fileprivate func set(_ attribute: Int, _ value: RegisterValue) {
        _ = value.withBytes { nftnl_expr_set(self, UInt16(attribute), $0.baseAddress, UInt32($0.count)) }
    }
}

internal import CNftnl

// Each function writes one object's attributes behind the header of its message, through libnftnl.

extension Table {
    func build(_ header: UnsafeMutablePointer<nlmsghdr>) {
        guard let object = nftnl_table_alloc() else { return }
        defer { nftnl_table_free(object) }
        nftnl_table_set_str(object, UInt16(NFTNL_TABLE_NAME.rawValue), name.text)
        nftnl_table_nlmsg_build_payload(header, object)
    }
}

extension Chain {
    func build(_ header: UnsafeMutablePointer<nlmsghdr>, in table: Table) {
        guard let object = nftnl_chain_alloc() else { return }
        defer { nftnl_chain_free(object) }
        nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_TABLE.rawValue), table.name.text)
        nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_NAME.rawValue), name.text)
        if let base {
            nftnl_chain_set_u32(object, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue), base.hook.number)
            nftnl_chain_set_s32(object, UInt16(NFTNL_CHAIN_PRIO.rawValue), base.priority)
            nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_TYPE.rawValue), base.kind.rawValue)
            nftnl_chain_set_u32(
                object,
                UInt16(NFTNL_CHAIN_POLICY.rawValue),
                UInt32(base.dropsByDefault ? NF_DROP : NF_ACCEPT)
            )
        }
        nftnl_chain_nlmsg_build_payload(header, object)
    }
}

extension Chain.Hook {
    /// The kernel's number, `NF_INET_*`.
    var number: UInt32 {
        switch self {
        case .prerouting: NF_INET_PRE_ROUTING.rawValue
        case .input: NF_INET_LOCAL_IN.rawValue
        case .forward: NF_INET_FORWARD.rawValue
        case .output: NF_INET_LOCAL_OUT.rawValue
        case .postrouting: NF_INET_POST_ROUTING.rawValue
        }
    }
}

extension NamedSet {
    func build(_ header: UnsafeMutablePointer<nlmsghdr>, in table: Table, id: UInt32) {
        guard let object = nftnl_set_alloc() else { return }
        defer { nftnl_set_free(object) }
        set(names: object, in: table)
        nftnl_set_set_u32(object, UInt16(NFTNL_SET_FLAGS.rawValue), flags)
        nftnl_set_set_u32(object, UInt16(NFTNL_SET_KEY_TYPE.rawValue), key.number)
        nftnl_set_set_u32(object, UInt16(NFTNL_SET_KEY_LEN.rawValue), UInt32(key.byteCount))
        if let value {
            nftnl_set_set_u32(object, UInt16(NFTNL_SET_DATA_TYPE.rawValue), value.number)
            nftnl_set_set_u32(object, UInt16(NFTNL_SET_DATA_LEN.rawValue), UInt32(value.byteCount))
        }
        nftnl_set_set_u32(object, UInt16(NFTNL_SET_ID.rawValue), id)
        if let capacity { nftnl_set_set_u32(object, UInt16(NFTNL_SET_DESC_SIZE.rawValue), capacity) }
        if holdsIntervals, key.parts.count > 1 {
            let lengths = key.parts.map { UInt8($0.byteCount) }
            nftnl_set_set_data(object, UInt16(NFTNL_SET_DESC_CONCAT.rawValue), lengths, UInt32(lengths.count))
        }
        setByteOrders(object)
        nftnl_set_nlmsg_build_payload(header, object)
    }

    func buildReference(_ header: UnsafeMutablePointer<nlmsghdr>, in table: Table) {
        guard let object = nftnl_set_alloc() else { return }
        defer { nftnl_set_free(object) }
        set(names: object, in: table)
        nftnl_set_nlmsg_build_payload(header, object)
    }

    private func set(names object: OpaquePointer, in table: Table) {
        nftnl_set_set_str(object, UInt16(NFTNL_SET_TABLE.rawValue), table.name.text)
        nftnl_set_set_str(object, UInt16(NFTNL_SET_NAME.rawValue), name.text)
        nftnl_set_set_u32(object, UInt16(NFTNL_SET_FAMILY.rawValue), UInt32(table.family.number))
    }

    private var flags: UInt32 {
        var flags: UInt32 = value == nil ? 0 : NFT_SET_MAP.rawValue
        if holdsIntervals { flags |= NFT_SET_INTERVAL.rawValue }
        if holdsIntervals, key.parts.count > 1 { flags |= NFT_SET_CONCAT.rawValue }
        return flags
    }

    /// Keeps for nft in which order the bytes are, since it could not tell marks from addresses.
    private func setByteOrders(_ object: OpaquePointer) {
        guard let notes = nftnl_udata_buf_alloc(64) else { return }
        defer { nftnl_udata_buf_free(notes) }
        nftnl_udata_put_u32(notes, UInt8(NFTNL_UDATA_SET_KEYBYTEORDER.rawValue), key.byteOrder.rawValue)
        if let value {
            nftnl_udata_put_u32(notes, UInt8(NFTNL_UDATA_SET_DATABYTEORDER.rawValue), value.byteOrder.rawValue)
        }
        nftnl_set_set_data(
            object,
            UInt16(NFTNL_SET_USERDATA.rawValue),
            nftnl_udata_buf_data(notes),
            nftnl_udata_buf_len(notes)
        )
    }
}

extension DataType {
    /// The order of a value's bytes as nft numbers it.
    ///
    /// Source: nftables, include/datatype.h, `enum byteorder`.
    enum ByteOrder: UInt32 {
        case mixed = 0
        case host = 1
        case network = 2
    }

    var byteOrder: ByteOrder {
        guard parts.count == 1, let part = parts.first else { return .mixed }
        return part.isInHostOrder ? .host : .network
    }
}

extension ConntrackHelper {
    func build(_ header: UnsafeMutablePointer<nlmsghdr>, in table: Table) {
        guard let object = nftnl_obj_alloc() else { return }
        defer { nftnl_obj_free(object) }
        nftnl_obj_set_str(object, UInt16(NFTNL_OBJ_TABLE), table.name.text)
        nftnl_obj_set_str(object, UInt16(NFTNL_OBJ_NAME), name.text)
        nftnl_obj_set_u32(object, UInt16(NFTNL_OBJ_TYPE), UInt32(NFT_OBJECT_CT_HELPER))
        nftnl_obj_set_str(object, UInt16(NFTNL_OBJ_CT_HELPER_NAME), helper)
        nftnl_obj_set_u16(object, UInt16(NFTNL_OBJ_CT_HELPER_L3PROTO), table.family.number)
        nftnl_obj_set_u8(object, UInt16(NFTNL_OBJ_CT_HELPER_L4PROTO), transport)
        nftnl_obj_nlmsg_build_payload(header, object)
    }
}

extension Rule {
    func build(_ header: UnsafeMutablePointer<nlmsghdr>, in table: Table) {
        guard let object = nftnl_rule_alloc() else { return }
        defer { nftnl_rule_free(object) }
        nftnl_rule_set_str(object, UInt16(NFTNL_RULE_TABLE.rawValue), table.name.text)
        nftnl_rule_set_str(object, UInt16(NFTNL_RULE_CHAIN.rawValue), chain.text)
        for expression in expressions {
            guard let built = expression.nftnl() else { continue }
            nftnl_rule_add_expr(object, built)
        }
        if let comment { Self.set(comment: comment, of: object) }
        nftnl_rule_nlmsg_build_payload(header, object)
    }

    private static func set(comment: String, of object: OpaquePointer) {
        guard let notes = nftnl_udata_buf_alloc(256) else { return }
        defer { nftnl_udata_buf_free(notes) }
        let text = String(decoding: comment.utf8.prefix(Int(NFTNL_UDATA_COMMENT_MAXLEN) - 1), as: UTF8.self)
        nftnl_udata_put_strz(notes, UInt8(NFTNL_UDATA_RULE_COMMENT.rawValue), text)
        nftnl_rule_set_data(
            object,
            UInt16(NFTNL_RULE_USERDATA.rawValue),
            nftnl_udata_buf_data(notes),
            nftnl_udata_buf_len(notes)
        )
    }

    static func buildDeletion(
        _ header: UnsafeMutablePointer<nlmsghdr>,
        chain: ObjectName?,
        handle: UInt64?,
        in table: Table
    ) {
        guard let object = nftnl_rule_alloc() else { return }
        defer { nftnl_rule_free(object) }
        nftnl_rule_set_str(object, UInt16(NFTNL_RULE_TABLE.rawValue), table.name.text)
        if let chain { nftnl_rule_set_str(object, UInt16(NFTNL_RULE_CHAIN.rawValue), chain.text) }
        if let handle { nftnl_rule_set_u64(object, UInt16(NFTNL_RULE_HANDLE.rawValue), handle) }
        nftnl_rule_nlmsg_build_payload(header, object)
    }
}

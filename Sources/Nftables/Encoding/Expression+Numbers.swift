internal import CNftnl

// The kernel's numbers for what expressions name, both ways.

extension Expression.Register {
    /// The kernel numbers every fourth register as one of 16 bytes, and the others by themselves.
    var number: UInt32 {
        position % 4 == 0
            ? NFT_REG_1.rawValue + UInt32(position / 4) : NFT_REG32_00.rawValue + UInt32(position)
    }

    init?(number: UInt32) {
        switch number {
        case NFT_REG_1.rawValue...NFT_REG_4.rawValue: position = Int(number - NFT_REG_1.rawValue) * 4
        case NFT_REG32_00.rawValue...NFT_REG32_15.rawValue: position = Int(number - NFT_REG32_00.rawValue)
        default: return nil
        }
    }
}

extension Expression.Payload.Base {
    var number: UInt32 {
        switch self {
        case .link: NFT_PAYLOAD_LL_HEADER.rawValue
        case .network: NFT_PAYLOAD_NETWORK_HEADER.rawValue
        case .transport: NFT_PAYLOAD_TRANSPORT_HEADER.rawValue
        }
    }

    init?(number: UInt32) {
        guard let base = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = base
    }
}

extension Expression.MetaKey {
    var number: UInt32 {
        switch self {
        case .incomingInterface: NFT_META_IIF.rawValue
        case .outgoingInterface: NFT_META_OIF.rawValue
        case .incomingInterfaceName: NFT_META_IIFNAME.rawValue
        case .outgoingInterfaceName: NFT_META_OIFNAME.rawValue
        case .transport: NFT_META_L4PROTO.rawValue
        case .mark: NFT_META_MARK.rawValue
        }
    }

    init?(number: UInt32) {
        guard let key = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = key
    }
}

extension Expression.ConntrackKey {
    var number: UInt32 {
        switch self {
        case .state: NFT_CT_STATE.rawValue
        case .status: NFT_CT_STATUS.rawValue
        case .mark: NFT_CT_MARK.rawValue
        case .ipv4Source: NFT_CT_SRC_IP.rawValue
        case .ipv4Destination: NFT_CT_DST_IP.rawValue
        case .ipv6Source: NFT_CT_SRC_IP6.rawValue
        case .ipv6Destination: NFT_CT_DST_IP6.rawValue
        case .destinationPort: NFT_CT_PROTO_DST.rawValue
        }
    }

    init?(number: UInt32) {
        guard let key = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = key
    }
}

extension Expression.Direction {
    var number: UInt8 {
        switch self {
        case .original: UInt8(IP_CT_DIR_ORIGINAL.rawValue)
        case .reply: UInt8(IP_CT_DIR_REPLY.rawValue)
        }
    }

    init?(number: UInt8) {
        switch number {
        case Self.original.number: self = .original
        case Self.reply.number: self = .reply
        default: return nil
        }
    }
}

extension Table.Family {
    init?(number: UInt16) {
        guard let family = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = family
    }
}

extension Chain.Hook {
    init?(number: UInt32) {
        guard let hook = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = hook
    }
}

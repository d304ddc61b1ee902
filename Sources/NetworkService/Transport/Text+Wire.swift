internal import Addressing
internal import ResourceModel

// How typed values stand in the messages' text fields.

extension ID {
    /// The id in an optional field of a create; nil when it is empty.
    static func chosen(_ text: String) throws(NetworkError) -> ID? {
        guard !text.isEmpty else { return nil }
        guard let id = ID(text) else { throw .invalidInput("\"\(text)\" is not a UUID") }
        return id
    }
}

extension ID where Kind == NetworkKind {
    /// - Throws: `networkNotFound`: what is no UUID names nothing.
    init(wire text: String) throws(NetworkError) {
        guard let id = ID(text) else { throw .networkNotFound(text) }
        self = id
    }
}

extension ID where Kind == SubnetKind {
    /// - Throws: `subnetNotFound`: what is no UUID names nothing.
    init(wire text: String) throws(NetworkError) {
        guard let id = ID(text) else { throw .subnetNotFound(text) }
        self = id
    }
}

extension ID where Kind == PortKind {
    /// - Throws: `portNotFound`: what is no UUID names nothing.
    init(wire text: String) throws(NetworkError) {
        guard let id = ID(text) else { throw .portNotFound(text) }
        self = id
    }
}

extension ID where Kind == SubnetPoolKind {
    /// - Throws: `subnetPoolNotFound`: what is no UUID names nothing.
    init(wire text: String) throws(NetworkError) {
        guard let id = ID(text) else { throw .subnetPoolNotFound(text) }
        self = id
    }
}

extension ID where Kind == AddressScopeKind {
    /// - Throws: `addressScopeNotFound`: what is no UUID names nothing.
    init(wire text: String) throws(NetworkError) {
        guard let id = ID(text) else { throw .addressScopeNotFound(text) }
        self = id
    }
}

extension ID where Kind == RBACPolicyKind {
    /// - Throws: `rbacPolicyNotFound`: what is no UUID names nothing.
    init(wire text: String) throws(NetworkError) {
        guard let id = ID(text) else { throw .rbacPolicyNotFound(text) }
        self = id
    }
}

extension ID where Kind == SecurityGroupKind {
    /// - Throws: `securityGroupNotFound`: what is no UUID names nothing.
    init(wire text: String) throws(NetworkError) {
        guard let id = ID(text) else { throw .securityGroupNotFound(text) }
        self = id
    }
}

extension ID where Kind == SecurityGroupRuleKind {
    /// - Throws: `securityGroupRuleNotFound`: what is no UUID names nothing.
    init(wire text: String) throws(NetworkError) {
        guard let id = ID(text) else { throw .securityGroupRuleNotFound(text) }
        self = id
    }
}

extension IPAddress {
    init(wire text: String, field: String) throws(NetworkError) {
        guard let address = IPAddress(text) else { throw .invalidInput("\(field) \"\(text)\" is not an IP address") }
        self = address
    }

    /// A list of addresses.
    static func list(_ texts: [String], field: String) throws(NetworkError) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for text in texts { addresses.append(try IPAddress(wire: text, field: field)) }
        return addresses
    }
}

extension CIDR {
    init(wire text: String, field: String) throws(NetworkError) {
        guard let prefix = CIDR(text) else { throw .invalidInput("\(field) \"\(text)\" is not a CIDR") }
        self = prefix
    }
}

extension MACAddress {
    init(wire text: String) throws(NetworkError) {
        guard let address = MACAddress(text) else { throw .invalidInput("\"\(text)\" is not a MAC address") }
        self = address
    }
}

extension RawRepresentable<String> {
    /// The case that a field names; nil when it is empty.
    static func named(_ text: String, field: String) throws(NetworkError) -> Self? {
        guard !text.isEmpty else { return nil }
        guard let value = Self(rawValue: text) else { throw .invalidInput("\(field) \"\(text)\" is not known") }
        return value
    }
}

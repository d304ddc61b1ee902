/// Where a router follows a protocol that carries addresses, such as FTP: at one port of what passes it.
struct HelperRule: Hashable, Sendable {
    var module: HelperModule
    var port: UInt16
}

/// A protocol that the kernel can follow, over one transport.
struct HelperModule: Hashable, Sendable {
    /// As the API names it, such as `ftp`.
    var name: String
    var transport: TransportProtocol
}

extension HelperRule: Comparable {
    /// By port, the order of the rules; of two helpers at one port the first is the connection's.
    static func < (one: HelperRule, other: HelperRule) -> Bool {
        (one.port, one.module.transport.rawValue, one.module.name)
            < (other.port, other.module.transport.rawValue, other.module.name)
    }
}

extension HelperModule: CustomStringConvertible {
    /// The name with the transport protocol.
    var description: String { "\(name)/\(transport)" }
}

extension HelperRule: CustomStringConvertible {
    /// The module with the port.
    var description: String { "\(module) at port \(port)" }
}

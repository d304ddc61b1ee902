internal import Glibc

/// What a local cluster is started with.
struct ClusterSettings: Sendable {
    /// Folder of the database and the run-time files.
    var data: String
    /// Address the REST API listens on.
    var host: String
    /// Port of the REST API.
    var port: UInt16
    /// The node's bridge to the external network.
    var externalBridge: String
    /// Namespace that is the node; nil is the host.
    var nodeNamespace: String?
    /// The node's name; nil is the host's.
    var nodeName: String?
    /// Whether an agent runs.
    var hasAgent = true
    /// The programs' log level.
    var logLevel = "info"

    /// The node's name as the agent registers it.
    var node: String {
        if let nodeName { return nodeName }
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, 255)
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The REST API's address, for clients.
    var endpoint: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

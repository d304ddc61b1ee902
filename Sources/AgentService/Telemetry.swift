internal import Logging
internal import ResourceModel

/// The keys of this room's log lines.
enum Telemetry {
    static let agent = "agent"
    static let node = "node"
    static let router = "router"
    static let object = "object"
    static let reason = "reason"
    static let stream = "stream"
    static let changes = "changes"
    static let name = "name"
    static let isEnabled = "enabled"
    static let count = "count"
    static let found = "found"

    /// Why something failed, and what.
    static func failure(_ error: any Error, of what: String) -> Logger.Metadata {
        [reason: "\(error)", stream: "\(what)"]
    }
}

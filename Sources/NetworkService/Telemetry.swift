/// The keys of this room's log lines.
enum Telemetry {
    static let error = "error"
    static let port = "port.id"
    static let holder = "holder.id"
    static let holderKind = "holder.kind"
}

/// Keys of this room's log lines.
enum Telemetry {
    static let peer = "peer"
    static let address = "address"
    static let reason = "reason"
}

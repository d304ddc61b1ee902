/// Keys of log metadata.
enum Telemetry {
    static let floatingIP = "floating_ip"
    static let holder = "holder"
    static let port = "port"
    static let agent = "agent"
    static let count = "count"
    static let error = "error"
}

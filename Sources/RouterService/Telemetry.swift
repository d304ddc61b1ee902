/// Keys of log metadata.
enum Telemetry {
    static let router = "router"
    static let port = "port"
    static let agent = "agent"
    static let host = "host"
    static let count = "count"
    static let error = "error"
}

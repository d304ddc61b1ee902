internal import Configuration
internal import ServiceRuntime

/// What can be set of RouterService, apart from addresses, which the program reads where it uses them.
struct RouterConfiguration: Sendable {
    /// Its database.
    let database: DatabaseSettings
    /// Without a heartbeat for so long an agent counts as dead.
    let lease: Duration
    /// How often agents are asked to send a heartbeat.
    let heartbeat: Duration
    /// How many objects a project without limits of its own may have.
    let quotas: QuotaDefaults

    /// Reads `database.*`, `agent.lease` (15 s, 2…3600), `agent.heartbeat` (5 s, at least 1 and less than the lease),
    /// `quotas.router` (10) and `quotas.router_route` (30), -1 being without limit.
    ///
    /// - Throws: A value out of its range.
    init(reader: ConfigReader) throws(ConfigurationError) {
        database = try DatabaseSettings(reader: reader, defaultName: "sluice_router")
        let lease = reader.int(forKey: "agent.lease", default: 15)
        let heartbeat = reader.int(forKey: "agent.heartbeat", default: 5)
        guard (2...3600).contains(lease) else { throw ConfigurationError("agent.lease", "\(lease) is not in 2…3600") }
        guard (1..<lease).contains(heartbeat) else {
            throw ConfigurationError("agent.heartbeat", "\(heartbeat) is not in 1..<\(lease), the lease")
        }
        self.lease = .seconds(lease)
        self.heartbeat = .seconds(heartbeat)
        quotas = QuotaDefaults(
            router: try Self.limit("quotas.router", 10, reader),
            routerRoute: try Self.limit("quotas.router_route", 30, reader)
        )
    }

    private static func limit(_ key: String, _ most: Int, _ reader: ConfigReader) throws(ConfigurationError) -> Int64 {
        let limit = reader.int(forKey: ConfigKey(key), default: most)
        guard limit >= -1 else { throw ConfigurationError(key, "\(limit) is less than -1") }
        return Int64(limit)
    }

    /// The settings for `--help`.
    static let settings =
        [
            Setting("listen.address", type: "address", default: "127.0.0.1:9702", help: "Where to listen."),
            Setting("network.address", type: "addresses", default: "127.0.0.1:9701", help: "Where NetworkService is."),
            Setting(
                "holders.floatingip.address",
                type: "addresses",
                default: "127.0.0.1:9703",
                help: "Where FloatingIPService is, which is asked about old bindings; empty asks nobody."
            ),
            Setting(
                "agent.lease",
                type: "seconds",
                default: "15",
                help: "Without a heartbeat for so long an agent counts as dead, 2…3600."
            ),
            Setting(
                "agent.heartbeat",
                type: "seconds",
                default: "5",
                help: "How often agents send a heartbeat, at least 1."
            ),
            Setting("quotas.router", type: "count", default: "10", help: "Routers per project; -1 is without limit."),
            Setting(
                "quotas.router_route",
                type: "count",
                default: "30",
                help: "Extra routes per router; -1 is without limit."
            ),
        ] + DatabaseSettings.settings(defaultName: "sluice_router")
}

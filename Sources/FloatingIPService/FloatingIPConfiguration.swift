internal import Configuration
internal import HTTP2Transport
internal import ServiceRuntime

/// What can be set of FloatingIPService.
struct FloatingIPConfiguration: Sendable {
    /// Where it listens.
    let listen: ListenAddress
    /// Its database.
    let database: DatabaseSettings
    /// Where NetworkService is.
    let network: [ServerAddress]
    /// Where RouterService is.
    let router: [ServerAddress]
    /// The most floating IPs of a project without a limit of its own.
    let quota: Int64

    /// Reads `listen.address` (127.0.0.1:9703), `database.*`, `network.address` (127.0.0.1:9701), `router.address`
    /// (127.0.0.1:9702) and `quota.floatingip` (50; -1 is without limit).
    ///
    /// - Throws: A value out of its range.
    init(reader: ConfigReader) throws(ConfigurationError) {
        listen = try reader.listenAddress(forKey: "listen.address", default: "127.0.0.1:9703")
        database = try DatabaseSettings(reader: reader, defaultName: "sluice_floatingip")
        network = try reader.serverAddresses(forKey: "network.address", default: "127.0.0.1:9701")
        router = try reader.serverAddresses(forKey: "router.address", default: "127.0.0.1:9702")
        quota = Int64(reader.int(forKey: "quota.floatingip", default: 50))
        guard !network.isEmpty else { throw ConfigurationError("network.address", "it is empty") }
        guard !router.isEmpty else { throw ConfigurationError("router.address", "it is empty") }
        guard quota >= -1 else { throw ConfigurationError("quota.floatingip", "\(quota) is less than -1") }
    }

    /// The settings for `--help`.
    static let settings =
        [
            Setting("listen.address", type: "address", default: "127.0.0.1:9703", help: "Where to listen."),
            Setting("network.address", type: "addresses", default: "127.0.0.1:9701", help: "Where NetworkService is."),
            Setting("router.address", type: "addresses", default: "127.0.0.1:9702", help: "Where RouterService is."),
            Setting(
                "quota.floatingip",
                type: "count",
                default: "50",
                help: "Floating IPs per project; -1 is without limit."
            ),
        ] + DatabaseSettings.settings(defaultName: "sluice_floatingip")
}

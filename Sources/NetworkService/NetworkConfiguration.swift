internal import Configuration
internal import HTTP2Transport
internal import ServiceRuntime

/// Everything that can be set.
struct NetworkConfiguration: Sendable {
    var listen: ListenAddress
    var database: DatabaseSettings
    var observers: [ServerAddress]
    var router: [ServerAddress]
    var floatingIP: [ServerAddress]
    var sweep = ReferenceSweeper.Settings()
    var defaultType: NetworkType
    var domain: String
    var quotas = QuotaDefaults()

    /// Reads the settings; see `settings` for keys, types and defaults.
    ///
    /// - Throws: The first value that makes no sense.
    init(reader: ConfigReader) throws(ConfigurationError) {
        listen = try reader.listenAddress(forKey: "listen.address", default: "127.0.0.1:9701")
        database = try DatabaseSettings(reader: reader, defaultName: "sluice_network")
        observers = try reader.serverAddresses(forKey: "observers.addresses", default: "")
        router = try reader.serverAddresses(forKey: "holders.router.address", default: "")
        floatingIP = try reader.serverAddresses(forKey: "holders.floatingip.address", default: "")
        sweep.interval = try Self.seconds("references.sweep-interval", sweep.interval, reader)
        sweep.age = try Self.seconds("references.age", sweep.age, reader)
        let type = reader.string(forKey: "networks.default-type", default: NetworkType.vxlan.rawValue)
        guard let defaultType = NetworkType(rawValue: type), !defaultType.needsPhysicalNetwork else {
            throw ConfigurationError("networks.default-type", "'\(type)' is not vxlan, geneve, gre or local")
        }
        self.defaultType = defaultType
        domain = reader.string(forKey: "dns.domain", default: "openstacklocal.")
        guard (try? DNSName.check(domain: domain)) != nil, !domain.isEmpty else {
            throw ConfigurationError("dns.domain", "'\(domain)' is not a DNS domain with a final dot")
        }
        quotas.network = try Self.limit("quotas.network", quotas.network, reader)
        quotas.subnet = try Self.limit("quotas.subnet", quotas.subnet, reader)
        quotas.port = try Self.limit("quotas.port", quotas.port, reader)
        quotas.subnetPool = try Self.limit("quotas.subnetpool", quotas.subnetPool, reader)
        quotas.rbacPolicy = try Self.limit("quotas.rbac-policy", quotas.rbacPolicy, reader)
        quotas.securityGroup = try Self.limit("quotas.security-group", quotas.securityGroup, reader)
        quotas.securityGroupRule = try Self.limit("quotas.security-group-rule", quotas.securityGroupRule, reader)
    }

    private static func seconds(
        _ key: String,
        _ fallback: Int64,
        _ reader: ConfigReader
    ) throws(ConfigurationError) -> Int64 {
        let value = Int64(reader.int(forKey: ConfigKey(key), default: Int(fallback)))
        guard 1...86400 ~= value else { throw ConfigurationError(key, "\(value) is not in 1…86400") }
        return value
    }

    private static func limit(
        _ key: String,
        _ fallback: Int64,
        _ reader: ConfigReader
    ) throws(ConfigurationError) -> Int64 {
        let value = Int64(reader.int(forKey: ConfigKey(key), default: Int(fallback)))
        guard value >= -1 else { throw ConfigurationError(key, "\(value) is below -1, which is without limit") }
        return value
    }

    /// The settings for `--help`.
    static let settings: [Setting] =
        [Setting("listen.address", type: "address", default: "127.0.0.1:9701", help: "Where the service listens.")]
        + DatabaseSettings.settings(defaultName: "sluice_network") + [
            Setting(
                "observers.addresses",
                type: "addresses",
                default: "",
                help: "FloatingIPService, told before ports, addresses and networks go; replicas with commas between."
            ),
            Setting(
                "holders.router.address",
                type: "addresses",
                default: "",
                help: "RouterService, asked whose routers are and which ports they hold; replicas with commas between."
            ),
            Setting(
                "holders.floatingip.address",
                type: "addresses",
                default: "",
                help: "FloatingIPService, asked which ports its floating IPs still hold; replicas with commas between."
            ),
            Setting(
                "references.sweep-interval",
                type: "seconds",
                default: "60",
                help: "Time between two searches for stale references and ports, 1…86400."
            ),
            Setting(
                "references.age",
                type: "seconds",
                default: "300",
                help: "Age after which a holder is asked about a reference or port, 1…86400."
            ),
            Setting(
                "networks.default-type",
                type: "type",
                default: "vxlan",
                help: "Type of networks for which none is given: vxlan, geneve, gre or local."
            ),
            Setting(
                "dns.domain",
                type: "domain",
                default: "openstacklocal.",
                help: "Domain of the names of ports' addresses, with a final dot."
            ),
            Setting(
                "quotas.network",
                type: "count",
                default: "100",
                help: "Networks per project; -1 is without limit."
            ),
            Setting("quotas.subnet", type: "count", default: "100", help: "Subnets per project; -1 is without limit."),
            Setting("quotas.port", type: "count", default: "500", help: "Ports per project; -1 is without limit."),
            Setting(
                "quotas.subnetpool",
                type: "count",
                default: "-1",
                help: "Subnet pools per project; -1 is without limit."
            ),
            Setting(
                "quotas.rbac-policy",
                type: "count",
                default: "10",
                help: "RBAC policies per project, but for those for all; -1 is without limit."
            ),
            Setting(
                "quotas.security-group",
                type: "count",
                default: "10",
                help: "Security groups per project; -1 is without limit."
            ),
            Setting(
                "quotas.security-group-rule",
                type: "count",
                default: "100",
                help: "Security group rules per project; -1 is without limit."
            ),
        ]
}

internal import Configuration
internal import HTTP2Transport
internal import ServiceRuntime

/// What can be set for the gateway; checked once, when the program starts.
struct GatewayConfiguration: Sendable {
    /// Where the API is served.
    var listen: ListenAddress
    var network: [ServerAddress]
    var router: [ServerAddress]
    var floatingIP: [ServerAddress]
    var identity: IdentityMode
    var api: RESTApplication.Settings

    /// How callers are known.
    enum IdentityMode: Hashable, Sendable {
        /// By the headers that they send; see `HeaderIdentity`.
        case none
        /// By the tokens that an identity service gave them; see `TokenIdentity`.
        case keystone(Keystone)
    }

    /// The identity service.
    struct Keystone: Hashable, Sendable {
        /// As it is set, for refusals.
        var text: String
        var url: URLParts
        /// Certificates of whom to trust; nil for those that the system trusts.
        var trustFile: String?
        /// How long its word on a token counts.
        var lifetime: Duration
    }

    /// Keys (all text; see `settings` for defaults): `listen.address`, `network.address`, `router.address`,
    /// `floatingip.address`, `identity.mode` (`none` or `keystone`), `identity.url` (`SCHEME://HOST[:PORT]/v3`),
    /// `identity.trust` (file), `identity.cache-seconds` (from 0), `link.prefix` (`SCHEME://HOST[:PORT]`),
    /// `pagination.max-limit` (objects, 0 is no bound).
    ///
    /// - Throws: The setting that is wrong.
    init(reader: ConfigReader) throws(ConfigurationError) {
        listen = try reader.listenAddress(forKey: "listen.address", default: Self.defaultListen)
        network = try reader.serverAddresses(forKey: "network.address", default: Self.defaultNetwork)
        router = try reader.serverAddresses(forKey: "router.address", default: Self.defaultRouter)
        floatingIP = try reader.serverAddresses(forKey: "floatingip.address", default: Self.defaultFloatingIP)
        identity = try Self.identity(reader)
        api = RESTApplication.Settings()
        api.linkPrefix = try Self.linkPrefix(reader.string(forKey: "link.prefix"))
        let limit = reader.string(forKey: "pagination.max-limit", default: "0")
        guard let greatest = Int32(limit), greatest >= -1 else {
            throw ConfigurationError("pagination.max-limit", "'\(limit)' is not a number from 0")
        }
        api.greatestLimit = max(0, Int(greatest))
    }

    private static func identity(_ reader: ConfigReader) throws(ConfigurationError) -> IdentityMode {
        let mode = reader.string(forKey: "identity.mode", default: "none")
        if mode == "none" { return .none }
        guard mode == "keystone" else {
            throw ConfigurationError("identity.mode", "'\(mode)' is neither none nor keystone")
        }
        let text = reader.string(forKey: "identity.url", default: "")
        guard let url = URLParts(text) else {
            throw ConfigurationError("identity.url", "'\(text)' is not http://HOST[:PORT]/v3 or https://HOST[:PORT]/v3")
        }
        let seconds = reader.string(forKey: "identity.cache-seconds", default: defaultCacheSeconds)
        guard let lifetime = UInt16(seconds) else {
            throw ConfigurationError("identity.cache-seconds", "'\(seconds)' is not a number from 0 to 65535")
        }
        let trust = reader.string(forKey: "identity.trust", default: "")
        return .keystone(
            Keystone(
                text: text,
                url: url,
                trustFile: trust.isEmpty ? nil : trust,
                lifetime: .seconds(Int64(lifetime))
            )
        )
    }

    private static func linkPrefix(_ text: String?) throws(ConfigurationError) -> String? {
        guard var prefix = text, !prefix.isEmpty else { return nil }
        guard prefix.hasPrefix("http://") || prefix.hasPrefix("https://") else {
            throw ConfigurationError("link.prefix", "'\(prefix)' does not begin with http:// or https://")
        }
        while prefix.hasSuffix("/") { prefix.removeLast() }
        return prefix
    }

    /// Whether only this machine can reach the API.
    var isLocal: Bool {
        switch listen {
        case .unix: true
        case .tcp(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
        }
    }

    static let defaultListen = "127.0.0.1:9696"
    static let defaultNetwork = "127.0.0.1:9701"
    static let defaultRouter = "127.0.0.1:9702"
    static let defaultFloatingIP = "127.0.0.1:9703"
    static let defaultCacheSeconds = "60"

    static let settings = [
        Setting(
            "listen.address",
            type: "address",
            default: defaultListen,
            help: "Where the API is served; in identity mode none whoever reaches it is an administrator."
        ),
        Setting("network.address", type: "addresses", default: defaultNetwork, help: "NetworkService's replicas."),
        Setting("router.address", type: "addresses", default: defaultRouter, help: "RouterService's replicas."),
        Setting(
            "floatingip.address",
            type: "addresses",
            default: defaultFloatingIP,
            help: "FloatingIPService's replicas."
        ),
        Setting(
            "identity.mode",
            type: "mode",
            default: "none",
            help: "none: callers are who their headers say; keystone: whom their tokens were issued to."
        ),
        Setting(
            "identity.url",
            type: "URL",
            default: "",
            help: "The identity service's API, e.g. https://id.example.org/v3; keystone needs it."
        ),
        Setting(
            "identity.trust",
            type: "file",
            default: "",
            help: "Certificates (PEM) that the identity service's must lead to; otherwise those that the system trusts."
        ),
        Setting(
            "identity.cache-seconds",
            type: "seconds",
            default: defaultCacheSeconds,
            help: "How long what the identity service said of a token counts."
        ),
        Setting(
            "link.prefix",
            type: "URL",
            default: "what the client used",
            help: "Stands before the path in links, e.g. https://api.example.org."
        ),
        Setting(
            "pagination.max-limit",
            type: "objects",
            default: "0",
            help: "The most objects of one list answer; 0 is no bound."
        ),
    ]
}

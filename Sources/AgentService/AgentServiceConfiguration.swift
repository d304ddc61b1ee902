internal import Configuration
internal import Glibc
internal import HTTP2Transport
internal import ServiceRuntime

/// What can be set of a node's agent.
struct AgentServiceConfiguration: Sendable {
    /// Where health is asked for.
    var listenAddress: ListenAddress
    var nodeName: String
    var nodeZone: String
    /// The name or path of the network namespace that the node's bridges are in; nil for the process's own.
    var nodeNamespace: String?
    var layout: NodeLayout
    /// Whether missing external bridges are made.
    var makesExternalBridges: Bool
    var routerAddresses: [ServerAddress]
    var floatingIPAddresses: [ServerAddress]
    /// How often everything is compared with the kernel, whether something changed or not; nil for never.
    var repairInterval: Duration?

    static let settings = [
        Setting("listen.address", type: "address", default: "127.0.0.1:9704", help: "Where health is asked for."),
        Setting("node.name", type: "text", default: "the host's name", help: "The node's name, unique among nodes."),
        Setting("node.zone", type: "text", default: "nova", help: "The node's availability zone."),
        Setting(
            "node.namespace",
            type: "name or path",
            default: "the process's own",
            help: "The network namespace that the node's bridges are in."
        ),
        Setting(
            "external.bridge",
            type: "bridge",
            default: "br-ex",
            help: "The bridge of external networks that name no physical network."
        ),
        Setting(
            "external.bridge.create",
            type: "true or false",
            default: "false",
            help: "Whether missing external bridges are made."
        ),
        Setting(
            "physical.networks",
            type: "NAME:BRIDGE,…",
            default: "",
            help: "The bridges of the physical networks that flat networks name."
        ),
        Setting("router.address", type: "addresses", default: "127.0.0.1:9702", help: "Where RouterService listens."),
        Setting(
            "floatingip.address",
            type: "addresses",
            default: "127.0.0.1:9703",
            help: "Where FloatingIPService listens."
        ),
        Setting(
            "repair.seconds",
            type: "seconds",
            default: "60",
            help: "How often everything is compared with the kernel; 0 for never."
        ),
    ]

    /// Reads the settings listed above; a name has 1…255 characters, a bridge 1…15, seconds are 0…86400.
    ///
    /// - Throws: A setting that is wrong.
    init(reader: ConfigReader) throws(ConfigurationError) {
        listenAddress = try reader.listenAddress(forKey: "listen.address", default: "127.0.0.1:9704")
        nodeName = reader.string(forKey: "node.name", default: Self.hostName)
        guard (1...255).contains(nodeName.count) else { throw ConfigurationError("node.name", "must not be empty") }
        nodeZone = reader.string(forKey: "node.zone", default: "nova")
        nodeNamespace = reader.string(forKey: "node.namespace").flatMap { $0.isEmpty ? nil : $0 }
        layout = NodeLayout(
            externalBridge: try Self.bridge(
                reader.string(forKey: "external.bridge", default: "br-ex"),
                "external.bridge"
            ),
            physicalBridges: try Self.physicalBridges(reader.string(forKey: "physical.networks", default: ""))
        )
        makesExternalBridges = reader.bool(forKey: "external.bridge.create", default: false)
        routerAddresses = try reader.serverAddresses(forKey: "router.address", default: "127.0.0.1:9702")
        floatingIPAddresses = try reader.serverAddresses(forKey: "floatingip.address", default: "127.0.0.1:9703")
        let seconds = reader.int(forKey: "repair.seconds", default: 60)
        guard (0...86400).contains(seconds) else { throw ConfigurationError("repair.seconds", "must be 0…86400") }
        repairInterval = seconds == 0 ? nil : .seconds(seconds)
    }

    /// The node's identity among nodes that share this machine's names of namespaces.
    var ownershipName: String { nodeNamespace.map { "\(nodeName) in \($0)" } ?? nodeName }

    private static func bridge(_ name: some StringProtocol, _ key: String) throws(ConfigurationError) -> String {
        guard (1...15).contains(name.utf8.count), !name.contains(where: { $0 == "/" || $0.isWhitespace }) else {
            throw ConfigurationError(key, "'\(name)' is no name of a bridge")
        }
        return String(name)
    }

    private static func physicalBridges(_ text: String) throws(ConfigurationError) -> [String: String] {
        var bridges: [String: String] = [:]
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ConfigurationError("physical.networks", "'\(pair)' is not NAME:BRIDGE")
            }
            bridges[String(parts[0])] = try bridge(parts[1], "physical.networks")
        }
        return bridges
    }

    private static var hostName: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "localhost" }
        return withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

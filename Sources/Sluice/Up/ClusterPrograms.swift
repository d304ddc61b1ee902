internal import Glibc
internal import HTTP2Transport
internal import ServiceRuntime

/// The programs of a local cluster, how they find one another, and how to ask whether they are ready.
struct ClusterPrograms: Sendable {
    var settings: ClusterSettings
    var folder: RunFolder
    var account: Account

    /// The services' databases, which are also their roles.
    static let databases = ["sluice_network", "sluice_router", "sluice_floatingip"]

    /// All programs but PostgreSQL, in the order in which they start.
    func all() throws -> [ProgramSpecification] {
        var programs = [
            try service(
                "network",
                "NetworkService",
                [
                    "--observers-addresses", address("floatingip"), "--holders-router-address", address("router"),
                    "--holders-floatingip-address", address("floatingip"),
                ]
            ),
            try service(
                "router",
                "RouterService",
                ["--network-address", address("network"), "--holders-floatingip-address", address("floatingip")]
            ),
            try service(
                "floatingip",
                "FloatingIPService",
                ["--network-address", address("network"), "--router-address", address("router")]
            ),
            try program(
                "gateway",
                "Gateway",
                ["--listen-address", "\(bracketed(settings.host)):\(settings.port)"]
                    + ["network", "router", "floatingip"].flatMap { ["--\($0)-address", address($0)] },
                account: account
            ),
        ]
        if settings.hasAgent { programs.append(try program("agent", "AgentService", agentArguments, account: nil)) }
        return programs
    }

    /// One probe a program.
    var probes: [(name: String, probe: HealthProbe)] {
        let services = ["network", "router", "floatingip"] + (settings.hasAgent ? ["agent"] : [])
        return services.map { ($0, HealthProbe(address: .unix(path: folder.socket($0)))) } + [
            ("gateway", HealthProbe(http: settings.host, port: Int(settings.port)))
        ]
    }

    /// Tells `sluice status` what runs here: a line a program, its name and pid file, then the endpoint.
    func writeClusterFile() throws {
        guard let file = fopen(folder.clusterFile, "w") else {
            throw SluiceError("cannot write \(folder.clusterFile): \(errorText())")
        }
        defer { fclose(file) }
        fputs("\(settings.host) \(settings.port) \(settings.hasAgent ? "agent" : "no-agent")\n", file)
    }

    /// The agent's settings, as `--name value` pairs.
    var agentArguments: [String] {
        var arguments = [
            "--listen-address", address("agent"), "--router-address", address("router"), "--floatingip-address",
            address("floatingip"), "--external-bridge", settings.externalBridge,
        ]
        if let namespace = settings.nodeNamespace { arguments += ["--node-namespace", namespace] }
        arguments += ["--node-name", settings.node]
        return arguments
    }

    private func service(_ name: String, _ product: String, _ peers: [String]) throws -> ProgramSpecification {
        let database = [
            "--database-host", folder.databaseSocket, "--database-port", "\(EmbeddedCluster.port)", "--database-name",
            "sluice_\(name)", "--database-user", "sluice_\(name)",
        ]
        return try program(name, product, ["--listen-address", address(name)] + database + peers, account: account)
    }

    private func program(
        _ name: String,
        _ product: String,
        _ arguments: [String],
        account: Account?
    ) throws -> ProgramSpecification {
        ProgramSpecification(
            name: name,
            executable: try Self.executable(product),
            arguments: arguments + [
                "--log-level", settings.logLevel, "--metrics-address", "unix:\(folder.metricsSocket(name))",
            ],
            account: account,
            pidFile: folder.pidFile(name)
        )
    }

    private func address(_ program: String) -> String { "unix:\(folder.socket(program))" }

    private func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    /// The programs stand beside `sluice` itself.
    static func executable(_ product: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, 4095)
        let own = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let path = own.prefix(upTo: own.lastIndex(of: "/") ?? own.startIndex) + "/" + product
        guard access(String(path), X_OK) == 0 else {
            throw SluiceError("\(path) is missing: build all products with `make build`")
        }
        return String(path)
    }
}

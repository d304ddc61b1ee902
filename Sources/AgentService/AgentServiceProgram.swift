internal import Contracts
public import ServiceLifecycle
public import ServiceRuntime

/// The agent of a node: it makes the kernel route and translate as the control plane wants.
public enum AgentServiceProgram: Program {
    /// What `--help` says.
    public static let description = ProgramDescription(
        name: "agent",
        abstract: "Builds this node's routers in the kernel. Needs root.",
        settings: AgentServiceConfiguration.settings,
        commands: [InspectionCommand.verify, InspectionCommand.plan]
    )

    /// The agent's parts; the control plane may be away, the kernel may not.
    ///
    /// - Throws: A setting that is wrong; that the process may not change the network, that there is no namespace of the
    ///   node's, that the kernel lacks nftables.
    public static func assemble(_ environment: ProgramEnvironment) async throws -> [any Service] {
        let configuration = try AgentServiceConfiguration(reader: environment.configuration)
        let host = try NodeHost(namespace: configuration.nodeNamespace)
        try KernelPreflight.check()
        raiseDescriptorLimit()
        let routerChannel = RPCChannel(addresses: configuration.routerAddresses, environment: environment)
        let addressChannel = RPCChannel(addresses: configuration.floatingIPAddresses, environment: environment)
        let agent = Agent(
            configuration: configuration,
            host: host,
            routers: routerChannel.client,
            addresses: addressChannel.client,
            health: environment.health,
            metrics: environment.metrics,
            logger: environment.logger
        )
        let server = RPCServer(listen: configuration.listenAddress, services: [], environment: environment)
        return [server, routerChannel, addressChannel] + agent.services
    }
}

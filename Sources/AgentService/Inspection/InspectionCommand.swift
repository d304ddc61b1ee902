internal import GRPCCore
internal import HTTP2Transport
internal import Logging
internal import ServiceRuntime

/// `verify` and `plan`: compare the node with what the control plane wants, and touch nothing.
enum InspectionCommand {
    /// How long the control plane may take to tell everything.
    private static let patience = Duration.seconds(15)

    static let verify = ProgramCommand(
        "verify",
        help: "compares the node with what is wanted, touching nothing; exit status 0: as wanted, 1: not, 2: unknown"
    ) { environment in
        try await run(environment) { $0.differences }
    }

    static let plan = ProgramCommand(
        "plan",
        help: "says what the agent would do to the node now, touching nothing; exit status as verify"
    ) { environment in
        try await run(environment) { $0.plan }
    }

    private static func run(
        _ environment: ProgramEnvironment,
        _ text: (NodeInspection) -> String
    ) async throws -> (output: String, status: Int32) {
        let configuration = try AgentServiceConfiguration(reader: environment.configuration)
        let host = try NodeHost(namespace: configuration.nodeNamespace)
        raiseDescriptorLimit()
        let desired = try await desiredState(configuration, environment)
        let kernel = RouterKernel(
            host: host,
            layout: configuration.layout,
            makesOperatorsBridges: configuration.makesExternalBridges,
            node: configuration.ownershipName,
            attendants: Attendants(logger: environment.logger)
        )
        let inspection = try kernel.inspect(desired, node: configuration.nodeName)
        return (text(inspection), inspection.verdict.rawValue)
    }

    private static func desiredState(
        _ configuration: AgentServiceConfiguration,
        _ environment: ProgramEnvironment
    ) async throws -> DesiredState {
        let routers = RPCChannel(addresses: configuration.routerAddresses, environment: environment)
        let addresses = RPCChannel(addresses: configuration.floatingIPAddresses, environment: environment)
        let reader = DesiredStateReader(
            routers: routers.client,
            addresses: addresses.client,
            node: configuration.nodeName
        )
        return try await withThrowingTaskGroup(of: DesiredState?.self) { group in
            for channel in [routers, addresses] {
                group.addTask {
                    try await channel.run()
                    return nil
                }
            }
            group.addTask { try await reader.read() }
            group.addTask {
                try await Task.sleep(for: patience)
                throw InspectionError.noAnswer
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw InspectionError.noAnswer
        }
    }
}

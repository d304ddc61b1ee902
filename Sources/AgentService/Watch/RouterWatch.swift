internal import Contracts
internal import GRPCCore
internal import Logging
internal import ResourceModel
internal import ServiceLifecycle
internal import ServiceRuntime
internal import SwiftProtobuf

/// Registers the node, keeps its lease, and hands on what the control plane tells of the node's routers.
///
/// While the control plane is away nothing is handed on, so nothing changes in the kernel.
struct RouterWatch<Transport: ClientTransport>: Service {
    let client: GRPCClient<Transport>
    let node: NodeIdentity
    let record: NodeRecord
    let logger: Logger
    /// Takes in events in their order.
    let deliver: @Sendable (WatchEvent) -> Void
    /// The control plane may have forgotten what it was told of this node.
    let registered: @Sendable () -> Void

    private var agents: L3_Agent_V1_NodeAgents.Client<Transport> { L3_Agent_V1_NodeAgents.Client(wrapping: client) }

    /// Watches until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await CurrentRequest.$context.withValue(.service(named: "agent")) { await watch() }
        }
    }

    private func watch() async {
        var feed = RouterFeed()
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                let lease = try await register()
                try await follow(lease, feed: &feed, backoff: &backoff)
            } catch {
                feed.fail(error)
                guard !Task.isCancelled else { return }
                logger.warning("control plane lost, will reconnect", metadata: Telemetry.failure(error, of: "routers"))
            }
            try? await Task.sleep(for: backoff.nextDelay())
        }
    }

    private func register() async throws -> L3_Agent_V1_RegisterAgentResponse {
        let request = L3_Agent_V1_RegisterAgentRequest.with {
            $0.host = node.name
            $0.availabilityZone = node.zone
            $0.version = node.version
            $0.bootID = node.bootID
        }
        let lease = try await agents.registerAgent(request)
        record.register(as: lease.agentID)
        registered()
        logger.info("registered", metadata: [Telemetry.agent: "\(lease.agentID)", Telemetry.node: "\(node.name)"])
        return lease
    }

    /// Returns when the stream ends, throws when it or the lease is lost.
    private func follow(
        _ lease: L3_Agent_V1_RegisterAgentResponse,
        feed: inout RouterFeed,
        backoff: inout Backoff
    ) async throws {
        let (request, beginning) = feed.begin(agent: lease.agentID)
        if let beginning { deliver(.routers(beginning)) }
        let (answers, arrived) = AsyncThrowingStream.makeStream(of: Wire.RouterEvent.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do { try await keep(lease) } catch { arrived.finish(throwing: error) }
            }
            group.addTask {
                do {
                    try await agents.watchRouters(request) { response in
                        for try await answer in response.messages { arrived.yield(answer) }
                    }
                    arrived.finish()
                } catch {
                    arrived.finish(throwing: error)
                }
            }
            for try await answer in answers {
                guard let event = feed.receive(answer) else { continue }
                if case .synced = event { backoff.reset() }
                deliver(.routers(event))
            }
        }
    }

    /// Renews the lease until it is refused; a control plane that is away for a while is waited for.
    private func keep(_ lease: L3_Agent_V1_RegisterAgentResponse) async throws {
        var wasEnabled = true
        while true {
            try await Task.sleep(for: .seconds(max(1, Int(lease.heartbeatSeconds))))
            let load = record.load
            let beat = L3_Agent_V1_HeartbeatRequest.with {
                $0.agentID = lease.agentID
                $0.routers = Int32(clamping: load.routers)
                $0.externalGateways = Int32(clamping: load.gateways)
                $0.interfaces = Int32(clamping: load.interfaces)
                $0.floatingIps = Int32(clamping: load.floatingAddresses)
            }
            do {
                let isEnabled = try await agents.heartbeat(beat).adminStateUp
                if isEnabled != wasEnabled {
                    logger.notice("agent switched by an administrator", metadata: [Telemetry.isEnabled: "\(isEnabled)"])
                }
                wasEnabled = isEnabled
            } catch  where RemoteError(error)?.reason == .serviceUnavailable {
                logger.debug("heartbeat not answered", metadata: Telemetry.failure(error, of: "lease"))
            }
        }
    }
}

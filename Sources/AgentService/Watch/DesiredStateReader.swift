internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// Reads once what the control plane wants of a node.
///
/// It only listens: nothing is registered, no lease renewed, no status reported, so it may run beside an agent and
/// without.
struct DesiredStateReader<Transport: ClientTransport>: Sendable {
    let routers: GRPCClient<Transport>
    let addresses: GRPCClient<Transport>
    /// The node's name.
    let node: String

    /// The whole of what is wanted; waits for a control plane that is away.
    ///
    /// - Throws: `nodeUnknown`, `notUnderstood`, and what the control plane refuses with.
    func read() async throws -> DesiredState {
        try await CurrentRequest.$context.withValue(.service(named: "agent")) {
            var state = DesiredState()
            try await readRouters(into: &state)
            if !state.ids.isEmpty { try await readAddresses(into: &state) }
            return state
        }
    }

    private func agentID() async throws -> String {
        let request = L3_Agent_V1_ListAgentsRequest.with {
            $0.query.filters = [
                .with {
                    $0.field = "host"
                    $0.values = [node]
                }
            ]
        }
        let agents = L3_Agent_V1_Agents.Client(wrapping: routers)
        guard let agent = try await agents.listAgents(request).agents.first(where: { $0.host == node }) else {
            throw InspectionError.nodeUnknown(node)
        }
        return agent.id
    }

    private func readRouters(into state: inout DesiredState) async throws {
        let agents = L3_Agent_V1_NodeAgents.Client(wrapping: routers)
        let id = try await agentID()
        let beginning = state
        state = try await agents.watchRouters(.with { $0.agentID = id }) { response in
            var state = beginning
            var feed = RouterFeed()
            _ = state.apply(.routers(.snapshotBegan))
            for try await answer in response.messages {
                guard let event = feed.receive(answer) else { continue }
                if case .rejected(_, _, let reason) = event { throw InspectionError.notUnderstood(reason) }
                _ = state.apply(.routers(event))
                if state.isSynced { return state }
            }
            throw InspectionError.cutShort
        }
    }

    private func readAddresses(into state: inout DesiredState) async throws {
        let client = L3_Agent_V1_NodeAddresses.Client(wrapping: addresses)
        let beginning = state
        let ids = state.ids.sorted()
        let (isHeld, release) = AsyncStream.makeStream(of: Void.self)
        defer { release.finish() }
        state = try await client.watchAddresses { writer in
            for id in ids {
                try await writer.write(Wire.WatchAddresses.with { $0.subscribeRouterID = id.description })
            }
            // To end this side of the stream would end the other.
            for await _ in isHeld {}
        } onResponse: { response in
            var state = beginning
            for id in ids { _ = state.apply(.addresses(id, .snapshotBegan)) }
            for try await answer in response.messages {
                guard let event = answer.domain else { continue }
                switch event {
                case .addresses(_, .rejected(_, _, let reason)), .proxies(_, .rejected(_, _, let reason)):
                    throw InspectionError.notUnderstood(reason)
                default:
                    break
                }
                _ = state.apply(event)
                if ids.allSatisfy(state.isKnown) {
                    release.finish()
                    return state
                }
            }
            throw InspectionError.cutShort
        }
    }
}

/// Why it cannot be told whether a node is as wanted.
enum InspectionError: Error, Hashable, Sendable {
    case nodeUnknown(String)
    case notUnderstood(String)
    case cutShort
    case noAnswer
}

extension InspectionError: CustomStringConvertible {
    /// The error in one line, with what to do about it.
    var description: String {
        switch self {
        case .nodeUnknown(let name):
            "the control plane knows no node '\(name)': its agent has never run, or has another name (--node-name)"
        case .notUnderstood(let reason): "the control plane says what this version does not understand: \(reason)"
        case .cutShort: "the control plane ended the answer before it was complete; try again"
        case .noAnswer:
            "the control plane did not answer in time: see --router-address and --floatingip-address"
        }
    }
}

import Contracts
import GRPCCore
import GRPCInProcessTransport
import ServiceRuntime
import SwiftProtobuf
import Synchronization

@testable import AgentService

/// RouterService and FloatingIPService as an agent sees them, in this process: they say what a test tells them to.
final class FakeControlPlane: Sendable {
    /// What the agent asked and reported.
    struct Record: Sendable {
        var registrations: [L3_Agent_V1_RegisterAgentRequest] = []
        var heartbeats: [L3_Agent_V1_HeartbeatRequest] = []
        var positions: [String] = []
        var subscriptions: [String] = []
        var routerReports: [L3_Agent_V1_ObjectStatus] = []
        var addressReports: [L3_Agent_V1_ObjectStatus] = []
    }

    private struct State {
        var record = Record()
        var routers: AsyncStream<Said<Wire.RouterEvent>>.Continuation?
        var addresses: AsyncStream<Said<Wire.AddressEvent>>.Continuation?
        /// What the next calls fail with.
        var reportFailures = 0
        var heartbeatFailure: RPCError?
        /// How each router's snapshot of addresses is answered at once.
        var addressBook: [String: [Wire.FloatingAddress]]?
    }

    /// What a stream says, or how it ends.
    enum Said<Event: Sendable>: Sendable {
        case event(Event)
        case end((any Error)?)
    }

    private let state = Mutex(State())

    var record: Record { state.withLock(\.record) }

    /// Whether a stream of routers, and one of addresses, is open.
    var isWatched: Bool { state.withLock { $0.routers != nil && $0.addresses != nil } }

    /// Whether a stream of routers is open.
    var isAskedForRouters: Bool { state.withLock { $0.routers != nil } }

    func say(_ event: Wire.RouterEvent.OneOf_Event) {
        let answer = Wire.RouterEvent.with { $0.event = event }
        _ = state.withLock { $0.routers?.yield(.event(answer)) }
    }

    func say(_ event: Wire.AddressEvent.OneOf_Event, of router: String) {
        let answer = Wire.AddressEvent.with {
            $0.routerID = router
            $0.event = event
        }
        _ = state.withLock { $0.addresses?.yield(.event(answer)) }
    }

    /// Ends the stream of routers, with an error or as if the service stopped.
    func endRouters(_ error: (any Error)? = nil) {
        state.withLock { state in
            state.routers?.yield(.end(error))
            state.routers = nil
        }
    }

    /// Ends the stream of addresses.
    func endAddresses(_ error: (any Error)? = nil) {
        state.withLock { state in
            state.addresses?.yield(.end(error))
            state.addresses = nil
        }
    }

    private func end() {
        endRouters()
        endAddresses()
    }

    func failReports(_ count: Int) { state.withLock { $0.reportFailures = count } }

    func failHeartbeat(_ error: RPCError?) { state.withLock { $0.heartbeatFailure = error } }

    /// Answers each subscription with these addresses of the router and the end of the snapshot.
    func answerSubscriptions(_ book: [String: [Wire.FloatingAddress]]) { state.withLock { $0.addressBook = book } }

    /// Runs a server and a client of it around `body`.
    func serve<Result: Sendable>(
        _ body: @escaping @Sendable (GRPCClient<InProcessTransport.Client>) async throws -> Result
    ) async throws -> Result {
        let transport = InProcessTransport()
        return try await withGRPCServer(
            transport: transport.server,
            services: [Agents(plane: self), Addresses(plane: self), AgentList()]
        ) { _ in
            // A stream that waits for the test to say more does not notice that its client is gone.
            defer { end() }
            return try await withGRPCClient(transport: transport.client) { client in
                defer { end() }
                return try await body(client)
            }
        }
    }

    private func note<Result: Sendable>(_ body: (inout Record) -> Result) -> Result {
        state.withLock { body(&$0.record) }
    }

    private struct Agents: L3_Agent_V1_NodeAgents.SimpleServiceProtocol {
        let plane: FakeControlPlane

        func registerAgent(
            request: L3_Agent_V1_RegisterAgentRequest,
            context: ServerContext
        ) async throws -> L3_Agent_V1_RegisterAgentResponse {
            plane.note { $0.registrations.append(request) }
            return .with {
                $0.agentID = "agent-1"
                $0.leaseSeconds = 3
                $0.heartbeatSeconds = 1
            }
        }

        func heartbeat(
            request: L3_Agent_V1_HeartbeatRequest,
            context: ServerContext
        ) async throws -> L3_Agent_V1_HeartbeatResponse {
            plane.note { $0.heartbeats.append(request) }
            if let error = plane.state.withLock(\.heartbeatFailure) { throw error }
            return .with { $0.adminStateUp = true }
        }

        func watchRouters(
            request: Wire.WatchRouters,
            response: RPCWriter<Wire.RouterEvent>,
            context: ServerContext
        ) async throws {
            let (stream, continuation) = AsyncStream.makeStream(of: Said<Wire.RouterEvent>.self)
            plane.state.withLock { state in
                state.record.positions.append(request.resumePosition)
                state.routers?.yield(.end(nil))
                state.routers = continuation
            }
            for await said in stream {
                switch said {
                case .event(let event): try await response.write(event)
                case .end(let error?): throw error
                case .end(nil): return
                }
            }
        }

        func reportRouterStatus(
            request: L3_Agent_V1_ReportRouterStatusRequest,
            context: ServerContext
        ) async throws -> L3_Agent_V1_ReportRouterStatusResponse {
            try plane.failReportIfAsked()
            plane.note { $0.routerReports += request.routers }
            return .init()
        }
    }

    private func failReportIfAsked() throws {
        try state.withLock { state in
            guard state.reportFailures > 0 else { return }
            state.reportFailures -= 1
            throw RPCError(code: .unavailable, message: "away")
        }
    }

    private struct Addresses: L3_Agent_V1_NodeAddresses.SimpleServiceProtocol {
        let plane: FakeControlPlane

        func watchAddresses(
            request: RPCAsyncSequence<Wire.WatchAddresses, any Error>,
            response: RPCWriter<Wire.AddressEvent>,
            context: ServerContext
        ) async throws {
            let (stream, continuation) = AsyncStream.makeStream(of: Said<Wire.AddressEvent>.self)
            plane.state.withLock { state in
                state.addresses?.yield(.end(nil))
                state.addresses = continuation
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await change in request { plane.take(change) }
                }
                for await said in stream {
                    switch said {
                    case .event(let event): try await response.write(event)
                    case .end(let error):
                        group.cancelAll()
                        if let error { throw error }
                        return
                    }
                }
            }
        }

        func reportAddressStatus(
            request: L3_Agent_V1_ReportAddressStatusRequest,
            context: ServerContext
        ) async throws -> L3_Agent_V1_ReportAddressStatusResponse {
            try plane.failReportIfAsked()
            plane.note { $0.addressReports += request.addresses }
            return .init()
        }
    }

    private func take(_ change: Wire.WatchAddresses) {
        let text =
            switch change.change {
            case .subscribeRouterID(let id): "+\(id)"
            case .unsubscribeRouterID(let id): "-\(id)"
            case nil: "?"
            }
        note { $0.subscriptions.append(text) }
        guard case .subscribeRouterID(let id) = change.change, let book = state.withLock(\.addressBook) else { return }
        for address in book[id] ?? [] { say(.upserted(address), of: id) }
        say(.synced(.with { $0.position = "a1" }), of: id)
    }
}

/// Events in the order in which they were delivered.
final class Deliveries: Sendable {
    private let events = Mutex<[WatchEvent]>([])

    var all: [WatchEvent] { events.withLock { $0 } }

    var deliver: @Sendable (WatchEvent) -> Void {
        { event in self.events.withLock { $0.append(event) } }
    }
}

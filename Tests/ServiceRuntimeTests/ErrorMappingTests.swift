import Contracts
import GRPCCore
import GRPCInProcessTransport
import Logging
import ResourceModel
import SwiftProtobuf
import Testing

@testable import ServiceRuntime

private struct Refusal: DomainError {
    var reason: ErrorReason
    var message: String { "router r has interfaces" }
    var metadata: [String: String] { ["router_id": "r"] }
}

private struct Unforeseen: Error {}

/// A service that answers with who asks, or refuses.
private struct Endpoint: Grpc_Health_V1_Health.SimpleServiceProtocol {
    var failure: (any Error)?

    func check(
        request: Grpc_Health_V1_HealthCheckRequest,
        context: ServerContext
    ) async throws -> Grpc_Health_V1_HealthCheckResponse {
        if let failure { throw failure }
        #expect(CurrentRequest.context == RequestContextFixture.member)
        return .with { $0.status = .serving }
    }

    func watch(
        request: Grpc_Health_V1_HealthCheckRequest,
        response: RPCWriter<Grpc_Health_V1_HealthCheckResponse>,
        context: ServerContext
    ) async throws {
        if let failure { throw failure }
        #expect(CurrentRequest.context == RequestContextFixture.member)
        try await response.write(.with { $0.status = .serving })
    }
}

private enum RequestContextFixture {
    static let member = RequestContext(projectID: "p", userID: "u", roles: [.member, .reader], requestID: "req-7")
}

@Suite struct ErrorMappingTests {
    private func asking<Answer: Sendable>(
        _ failure: (any Error)?,
        _ body: @concurrent @Sendable (Grpc_Health_V1_Health.Client<InProcessTransport.Client>) async throws -> Answer
    ) async throws -> Answer {
        let transport = InProcessTransport()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await withGRPCServer(
            transport: transport.server,
            services: [Endpoint(failure: failure)],
            interceptors: RPCServer.interceptors(logger: logger)
        ) { _ in
            try await withGRPCClient(transport: transport.client, interceptors: RPCChannel.interceptors) { client in
                try await CurrentRequest.$context.withValue(RequestContextFixture.member) {
                    try await body(Grpc_Health_V1_Health.Client(wrapping: client))
                }
            }
        }
    }

    @Test func `a domain error arrives with its reason, message and facts`() async throws {
        let error = await #expect(throws: RemoteError.self) {
            try await asking(Refusal(reason: .routerInUse)) { health in
                try await callingRemote { try await health.check(.init()) }
            }
        }
        #expect(
            error == RemoteError(reason: .routerInUse, message: "router r has interfaces", metadata: ["router_id": "r"])
        )
    }

    @Test(arguments: ErrorReason.allCases)
    func `every reason survives the way to the caller and back`(reason: ErrorReason) async throws {
        let error = await #expect(throws: RPCError.self) {
            try await asking(Refusal(reason: reason)) { try await $0.check(.init()) }
        }
        #expect(error?.code == reason.code)
        #expect(error.flatMap { RemoteError($0) }?.reason == reason)
    }

    @Test func `an unforeseen error tells the caller nothing but the request's id`() async throws {
        let error = await #expect(throws: RPCError.self) {
            try await asking(Unforeseen()) { try await $0.check(.init()) }
        }
        #expect(error?.code == .internalError)
        #expect(error?.message == "an internal error; the request id is req-7")
    }

    @Test func `a stream's refusal is mapped as well`() async throws {
        let error = await #expect(throws: RPCError.self) {
            try await asking(Refusal(reason: .agentNotFound)) { health in
                try await health.watch(.init()) { response in
                    for try await _ in response.messages {}
                }
            }
        }
        #expect(error.flatMap { RemoteError($0) }?.reason == .agentNotFound)
    }

    @Test func `the caller's context is that of the task that serves, in calls and in streams`() async throws {
        let status = try await asking(nil) { health in
            try await health.watch(.init()) { response in
                for try await _ in response.messages {}
            }
            return try await health.check(.init()).status
        }
        #expect(status == .serving)
    }

    @Test func `a call without metadata may do nothing`() {
        let context = RequestContext(metadata: [:])
        #expect(context.roles.isEmpty)
        #expect(!context.canWrite)
    }
}

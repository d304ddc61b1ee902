internal import Contracts
internal import GRPCCore
internal import SwiftProtobuf

/// The standard health service, for the program as a whole and for each of its services alike.
struct HealthEndpoint: Grpc_Health_V1_Health.SimpleServiceProtocol {
    var reporter: HealthReporter

    func check(
        request: Grpc_Health_V1_HealthCheckRequest,
        context: ServerContext
    ) async throws -> Grpc_Health_V1_HealthCheckResponse {
        reporter.status.wire
    }

    func watch(
        request: Grpc_Health_V1_HealthCheckRequest,
        response: RPCWriter<Grpc_Health_V1_HealthCheckResponse>,
        context: ServerContext
    ) async throws {
        for await status in reporter.changes() {
            try await response.write(status.wire)
        }
    }
}

extension HealthReporter.Status {
    fileprivate var wire: Grpc_Health_V1_HealthCheckResponse {
        .with { $0.status = self == .serving ? .serving : .notServing }
    }
}

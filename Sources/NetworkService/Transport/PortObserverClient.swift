internal import SwiftProtobuf
internal import Addressing
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// A program that is told over gRPC what is about to go.
struct PortObserverClient<Transport: ClientTransport>: PortObserver {
    private let observer: L3_Network_V1_PortObserver.Client<Transport>
    private let domain: String

    init(_ client: GRPCClient<Transport>, domain: String) {
        observer = L3_Network_V1_PortObserver.Client(wrapping: client)
        self.domain = domain
    }

    func portWillBeDeleted(_ port: Port) async throws {
        let request = L3_Network_V1_PortWillBeDeletedRequest.with { $0.port = Wire.Port(port, domain: domain) }
        try await asking { _ = try await observer.portWillBeDeleted(request) }
    }

    func port(_ port: Port, willLose addresses: [IPAddress]) async throws {
        let request = L3_Network_V1_PortWillLoseAddressesRequest.with {
            $0.port = Wire.Port(port, domain: domain)
            $0.ipAddresses = addresses.map(\.description)
        }
        try await asking { _ = try await observer.portWillLoseAddresses(request) }
    }

    func networkWillBeDeleted(_ id: NetworkID) async throws {
        let request = L3_Network_V1_NetworkWillBeDeletedRequest.with { $0.networkID = id.description }
        try await asking { _ = try await observer.networkWillBeDeleted(request) }
    }

    /// Asks on NetworkService's own behalf, for the caller may not see what leans on its port; but as an administrator
    /// for one, who may take it from any project.
    private func asking(_ call: () async throws -> Void) async throws {
        let caller = CurrentRequest.context
        var context = RequestContext.service(named: "network", requestID: caller.requestID)
        if caller.roles.contains(.admin) { context.roles = [.admin] }
        do {
            try await CurrentRequest.$context.withValue(context) { try await callingRemote(call) }
        } catch let error as RemoteError {
            throw error.reason == .serviceUnavailable
                ? NetworkError.unavailable("a service that must be asked first is not available: \(error.message)")
                : NetworkError.refused(reason: error.reason, message: error.message, metadata: error.metadata)
        }
    }
}

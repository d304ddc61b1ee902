internal import SwiftProtobuf
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// RouterService, asked over gRPC.
struct RouterClient<Transport: ClientTransport>: RouterDirectory {
    private let routers: L3_Router_V1_Routers.Client<Transport>

    init(_ client: GRPCClient<Transport>) {
        routers = L3_Router_V1_Routers.Client(wrapping: client)
    }

    /// Asks on NetworkService's own behalf: the caller may not see whose router it is.
    func owner(ofRouter id: String) async throws -> String? {
        let context = RequestContext.service(named: "network", requestID: CurrentRequest.context.requestID)
        do {
            return try await CurrentRequest.$context.withValue(context) {
                try await callingRemote { try await routers.getRouter(.with { $0.id = id }).projectID }
            }
        } catch let error as RemoteError where error.reason == .routerNotFound {
            return nil
        } catch let error as RemoteError {
            throw NetworkError.unavailable("whose router \(id) is cannot be asked: \(error.message)")
        }
    }
}

internal import SwiftProtobuf
internal import ChangeFeed
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.NetworkChanges`, for Sluice's own programs.
struct NetworkChangesEndpoint: L3_Network_V1_NetworkChanges.SimpleServiceProtocol {
    let storage: NetworkStorage
    let domain: String

    func watchNetworks(
        request: L3_Network_V1_WatchNetworksRequest,
        response: RPCWriter<L3_Network_V1_WatchNetworksResponse>,
        context: ServerContext
    ) async throws {
        try CurrentRequest.context.requireService()
        let watch = NetworkWatch(
            storage: storage,
            interest: NetworkInterest(portOwners: Set(request.portDeviceOwners), networks: request.networks)
        )
        do {
            let position = request.resumePosition.isEmpty ? nil : try FeedPosition(request.resumePosition)
            try await answering {
                try await watch.follow(from: position) { events in
                    try await response.write(contentsOf: events.map { Wire.WatchEvent($0, domain: domain) })
                }
            }
        } catch let error as ChangeFeedError {
            throw Self.status(of: error)
        }
    }

    /// OUT_OF_RANGE tells the watcher to begin anew without a position; anything else to come back with it.
    private static func status(of error: ChangeFeedError) -> any Error {
        switch error {
        case .compacted, .fellBehind, .invalidPosition:
            RPCError(code: .outOfRange, message: error.description)
        case .database(let error):
            NetworkError(error) ?? error
        case .closed:
            NetworkError.unavailable(error.description)
        }
    }
}

extension Wire.WatchEvent {
    init(_ event: NetworkEvent, domain: String) {
        self.init()
        switch event {
        case .network(let network): networkUpserted = Wire.Network(network)
        case .subnet(let subnet): subnetUpserted = Wire.Subnet(subnet)
        case .port(let port): portUpserted = Wire.Port(port, domain: domain)
        case .networkDeleted(let id, let revision): networkDeleted = Self.removal(id, revision)
        case .subnetDeleted(let id, let revision): subnetDeleted = Self.removal(id, revision)
        case .portDeleted(let id, let revision): portDeleted = Self.removal(id, revision)
        case .synced(let position): synced = .with { $0.position = position.description }
        case .progress(let position): progress = .with { $0.position = position.description }
        }
    }

    private static func removal(_ id: ID<some Any>, _ revision: Revision) -> L3_Network_V1_Removal {
        .with {
            $0.id = id.description
            $0.revisionNumber = revision
        }
    }
}

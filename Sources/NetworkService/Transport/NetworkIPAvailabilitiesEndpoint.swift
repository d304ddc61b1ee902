internal import SwiftProtobuf
internal import Addressing
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.NetworkIPAvailabilities`, for administrators; to others no network is there.
struct NetworkIPAvailabilitiesEndpoint: L3_Network_V1_NetworkIPAvailabilities.SimpleServiceProtocol {
    let storage: NetworkStorage

    func getNetworkIPAvailability(
        request: L3_Network_V1_GetNetworkIPAvailabilityRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_NetworkIPAvailability {
        try await answering {
            let id = try NetworkID(wire: request.networkID)
            let query = ListQuery(filters: [.init("network_id", [id.description])])
            guard let found = try await list(query).first else { throw NetworkError.networkNotFound(id.description) }
            return Wire.NetworkIPAvailability(found)
        }
    }

    func listNetworkIPAvailabilities(
        request: L3_Network_V1_ListNetworkIPAvailabilitiesRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListNetworkIPAvailabilitiesResponse {
        try await answering {
            let found = try await list(ListQuery(wire: request.query))
            return .with { $0.networkIpAvailabilities = found.map(Wire.NetworkIPAvailability.init) }
        }
    }

    private func list(_ query: ListQuery) async throws -> [NetworkIPAvailability] {
        guard CurrentRequest.context.isAdmin else { return [] }
        return try await storage.reading.availabilities.list(query)
    }
}

extension Wire.NetworkIPAvailability {
    init(_ network: NetworkIPAvailability) {
        self.init()
        networkID = network.networkID.description
        networkName = network.networkName
        projectID = network.projectID
        totalIps = String(network.total)
        usedIps = String(network.used)
        ipAvailabilityDetails = .init(network.details)
        subnetIpAvailability = network.subnets.map { subnet in
            .with {
                $0.subnetID = subnet.subnetID.description
                $0.subnetName = subnet.name
                $0.cidr = subnet.prefix.description
                $0.ipVersion = Int32(subnet.prefix.version.rawValue)
                $0.totalIps = String(subnet.total)
                $0.usedIps = String(subnet.used)
                $0.ipAvailabilityDetails = .init(subnet.details)
            }
        }
    }
}

extension L3_Network_V1_IPAvailabilityDetails {
    fileprivate init(_ details: NetworkIPAvailability.Details) {
        self.init()
        totalIpsInSubnet = String(details.total)
        totalIpsInAllocationPool = String(details.totalInPools)
        usedIpsInSubnet = String(details.used)
        usedIpsInAllocationPool = String(details.usedInPools)
    }
}

import Contracts
import GRPCCore
import ResourceModel
import SwiftProtobuf

/// An update request of any kind.
protocol FakeUpdate {
    var updateMask: Google_Protobuf_FieldMask { get }
    var expectedRevisionNumber: Int64 { get }
    var addTags: [String] { get }
    var removeTags: [String] { get }
}

extension L3_Network_V1_UpdateNetworkRequest: FakeUpdate {}
extension L3_Network_V1_UpdateSubnetRequest: FakeUpdate {}
extension L3_Network_V1_UpdatePortRequest: FakeUpdate {}
extension L3_Router_V1_UpdateRouterRequest: FakeUpdate {}
extension L3_Floatingip_V1_UpdateFloatingIPRequest: FakeUpdate {}

struct FakeNetworks: L3_Network_V1_Networks.SimpleServiceProtocol {
    let cloud: FakeCloud

    func getNetwork(request: L3_Network_V1_GetNetworkRequest, context: ServerContext) async throws
        -> L3_Network_V1_Network
    {
        try cloud.get(request.id, on: cloud.networks, else: .networkNotFound)
    }

    func listNetworks(
        request: L3_Network_V1_ListNetworksRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListNetworksResponse {
        let items = try cloud.list(request.query, on: cloud.networks)
        return .with { $0.networks = items }
    }

    func createNetwork(request: L3_Network_V1_CreateNetworkRequest, context: ServerContext) async throws
        -> L3_Network_V1_Network
    {
        try cloud.create([request.network], on: cloud.networks)[0]
    }

    func batchCreateNetworks(
        request: L3_Network_V1_BatchCreateNetworksRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchCreateNetworksResponse {
        let items = try cloud.create(request.networks, on: cloud.networks)
        return .with { $0.networks = items }
    }

    func updateNetwork(request: L3_Network_V1_UpdateNetworkRequest, context: ServerContext) async throws
        -> L3_Network_V1_Network
    {
        try cloud.update(request, request.network, on: cloud.networks, else: .networkNotFound)
    }

    func deleteNetwork(
        request: L3_Network_V1_DeleteNetworkRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeleteNetworkResponse {
        try cloud.delete(
            request.id,
            expected: request.expectedRevisionNumber,
            on: cloud.networks,
            else: .networkNotFound
        )
        return .init()
    }
}

struct FakeSubnets: L3_Network_V1_Subnets.SimpleServiceProtocol {
    let cloud: FakeCloud

    func getSubnet(request: L3_Network_V1_GetSubnetRequest, context: ServerContext) async throws -> L3_Network_V1_Subnet
    {
        try cloud.get(request.id, on: cloud.subnets, else: .subnetNotFound)
    }

    func listSubnets(
        request: L3_Network_V1_ListSubnetsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListSubnetsResponse {
        let items = try cloud.list(request.query, on: cloud.subnets)
        return .with { $0.subnets = items }
    }

    func createSubnet(request: L3_Network_V1_CreateSubnetRequest, context: ServerContext) async throws
        -> L3_Network_V1_Subnet
    {
        try cloud.create([request.subnet], on: cloud.subnets)[0]
    }

    func batchCreateSubnets(
        request: L3_Network_V1_BatchCreateSubnetsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchCreateSubnetsResponse {
        let items = try cloud.create(request.subnets, on: cloud.subnets)
        return .with { $0.subnets = items }
    }

    func updateSubnet(request: L3_Network_V1_UpdateSubnetRequest, context: ServerContext) async throws
        -> L3_Network_V1_Subnet
    {
        try cloud.update(request, request.subnet, on: cloud.subnets, else: .subnetNotFound)
    }

    func deleteSubnet(
        request: L3_Network_V1_DeleteSubnetRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeleteSubnetResponse {
        try cloud.delete(
            request.id,
            expected: request.expectedRevisionNumber,
            on: cloud.subnets,
            else: .subnetNotFound
        )
        return .init()
    }
}

struct FakePorts: L3_Network_V1_Ports.SimpleServiceProtocol {
    let cloud: FakeCloud

    func getPort(request: L3_Network_V1_GetPortRequest, context: ServerContext) async throws -> L3_Network_V1_Port {
        try cloud.get(request.id, on: cloud.ports, else: .portNotFound)
    }

    func listPorts(
        request: L3_Network_V1_ListPortsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListPortsResponse {
        let items = try cloud.list(request.query, on: cloud.ports)
        return .with { $0.ports = items }
    }

    func createPort(request: L3_Network_V1_CreatePortRequest, context: ServerContext) async throws -> L3_Network_V1_Port
    {
        try cloud.create([request.port], on: cloud.ports)[0]
    }

    func batchCreatePorts(
        request: L3_Network_V1_BatchCreatePortsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchCreatePortsResponse {
        let items = try cloud.create(request.ports, on: cloud.ports)
        return .with { $0.ports = items }
    }

    func updatePort(request: L3_Network_V1_UpdatePortRequest, context: ServerContext) async throws -> L3_Network_V1_Port
    {
        try cloud.update(request, request.port, on: cloud.ports, else: .portNotFound)
    }

    func deletePort(
        request: L3_Network_V1_DeletePortRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeletePortResponse {
        try cloud.delete(
            request.id,
            expected: request.expectedRevisionNumber,
            on: cloud.ports,
            else: .portNotFound
        )
        return .init()
    }

    func batchGetPorts(
        request: L3_Network_V1_BatchGetPortsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchGetPortsResponse {
        .with { $0.ports = request.ids.compactMap { cloud.ports.get($0) } }
    }
}

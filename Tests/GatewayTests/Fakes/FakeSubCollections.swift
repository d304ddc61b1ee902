import Contracts
import GRPCCore
import ResourceModel
import SwiftProtobuf
import Synchronization

/// The forwardings of floating IPs, visible with them.
struct FakePortForwardings: L3_Floatingip_V1_PortForwardings.SimpleServiceProtocol {
    let cloud: FakeCloud

    private func requireOwner(_ id: String) throws {
        _ = try cloud.get(id, on: cloud.floatingIPs, else: .floatingIPNotFound)
    }

    private func find(_ id: String, of owner: String) throws -> L3_Floatingip_V1_PortForwarding {
        try requireOwner(owner)
        let found = cloud.portForwardings.withLock { $0.first { $0.id == id && $0.floatingipID == owner } }
        guard let found else { throw Refusal(.portForwardingNotFound, "port forwarding \(id) could not be found") }
        return found
    }

    func getPortForwarding(
        request: L3_Floatingip_V1_GetPortForwardingRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_PortForwarding { try find(request.id, of: request.floatingipID) }

    func listPortForwardings(
        request: L3_Floatingip_V1_ListPortForwardingsRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_ListPortForwardingsResponse {
        try requireOwner(request.floatingipID)
        return .with { answer in
            answer.portForwardings = cloud.portForwardings.withLock {
                $0.filter { $0.floatingipID == request.floatingipID }
            }
        }
    }

    func createPortForwarding(
        request: L3_Floatingip_V1_CreatePortForwardingRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_PortForwarding {
        try requireOwner(request.portForwarding.floatingipID)
        cloud.portForwardings.withLock { $0.append(request.portForwarding) }
        return request.portForwarding
    }

    func updatePortForwarding(
        request: L3_Floatingip_V1_UpdatePortForwardingRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_PortForwarding {
        var changed = try find(request.portForwarding.id, of: request.portForwarding.floatingipID)
        try changed.take(request.updateMask, from: request.portForwarding)
        cloud.portForwardings.withLock { $0 = $0.map { $0.id == changed.id ? changed : $0 } }
        return changed
    }

    func deletePortForwarding(
        request: L3_Floatingip_V1_DeletePortForwardingRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_DeletePortForwardingResponse {
        let found = try find(request.id, of: request.floatingipID)
        cloud.portForwardings.withLock { $0.removeAll { $0.id == found.id } }
        return .init()
    }
}

/// The conntrack helpers of routers, visible with them.
struct FakeConntrackHelpers: L3_Router_V1_ConntrackHelpers.SimpleServiceProtocol {
    let cloud: FakeCloud

    private func find(_ id: String, of owner: String) throws -> L3_Router_V1_ConntrackHelper {
        _ = try cloud.get(owner, on: cloud.routers, else: .routerNotFound)
        let found = cloud.conntrackHelpers.withLock { $0.first { $0.id == id && $0.routerID == owner } }
        guard let found else { throw Refusal(.conntrackHelperNotFound, "conntrack helper \(id) could not be found") }
        return found
    }

    func getConntrackHelper(
        request: L3_Router_V1_GetConntrackHelperRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_ConntrackHelper { try find(request.id, of: request.routerID) }

    func listConntrackHelpers(
        request: L3_Router_V1_ListConntrackHelpersRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_ListConntrackHelpersResponse {
        _ = try cloud.get(request.routerID, on: cloud.routers, else: .routerNotFound)
        return .with { answer in
            answer.conntrackHelpers = cloud.conntrackHelpers.withLock {
                $0.filter { $0.routerID == request.routerID }
            }
        }
    }

    func createConntrackHelper(
        request: L3_Router_V1_CreateConntrackHelperRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_ConntrackHelper {
        _ = try cloud.get(request.conntrackHelper.routerID, on: cloud.routers, else: .routerNotFound)
        cloud.conntrackHelpers.withLock { $0.append(request.conntrackHelper) }
        return request.conntrackHelper
    }

    func updateConntrackHelper(
        request: L3_Router_V1_UpdateConntrackHelperRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_ConntrackHelper {
        var changed = try find(request.conntrackHelper.id, of: request.conntrackHelper.routerID)
        try changed.take(request.updateMask, from: request.conntrackHelper)
        cloud.conntrackHelpers.withLock { $0 = $0.map { $0.id == changed.id ? changed : $0 } }
        return changed
    }

    func deleteConntrackHelper(
        request: L3_Router_V1_DeleteConntrackHelperRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_DeleteConntrackHelperResponse {
        let found = try find(request.id, of: request.routerID)
        cloud.conntrackHelpers.withLock { $0.removeAll { $0.id == found.id } }
        return .init()
    }
}

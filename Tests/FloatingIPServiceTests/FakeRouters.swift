import ResourceModel
import ServiceRuntime

@testable import FloatingIPService

/// RouterService as FloatingIPService sees it, in memory: which routers lead where, and who leans on them.
actor FakeRouters {
    private struct Site {
        var project: String
        var gateway: NetworkID?
        var subnets: [SubnetID]
        var enablesNDPProxy: Bool
    }

    /// A binding as it is kept.
    struct Kept: Hashable, Sendable {
        let holder: Holder
        let binding: Binding
    }

    private var routers: [RouterID: Site] = [:]
    private(set) var bindings: Set<Kept> = []
    private var before: @Sendable () async throws -> Void = {}

    /// Runs before each call is answered; may throw in its place.
    func setBefore(_ body: @escaping @Sendable () async throws -> Void) { before = body }

    func makeRouter(
        project: String = "acme",
        gateway: NetworkID?,
        subnets: [SubnetID],
        enablesNDPProxy: Bool = false
    ) -> RouterID {
        let id = RouterID.random()
        routers[id] = Site(project: project, gateway: gateway, subnets: subnets, enablesNDPProxy: enablesNDPProxy)
        return id
    }
}

extension FakeRouters: RouterDirectory {
    func router(_ id: RouterID, as context: RequestContext) async throws -> Router {
        guard let router = routers[id], context.owns(projectID: router.project) else {
            throw RemoteError(reason: .routerNotFound, message: "router \(id) could not be found")
        }
        return Router(id: id, enablesNDPProxy: router.enablesNDPProxy, gatewayNetworkID: router.gateway)
    }

    func bind(_ holder: Holder, to way: Way) async throws -> RouterID {
        try await before()
        if case .ndpProxy = holder, let id = way.routerID, routers[id]?.subnets.contains(way.subnetID) == false {
            throw RemoteError(reason: .portUnreachableRouter, message: "no interface there")
        }
        let id = try way.routerID.map { try leading($0, to: way) } ?? leading(to: way)
        bindings.insert(Kept(holder: holder, binding: Binding(routerID: id, subnetID: way.subnetID)))
        return id
    }

    private func leading(_ id: RouterID, to way: Way) throws -> RouterID {
        guard let router = routers[id] else { throw RemoteError(reason: .routerNotFound, message: "no router \(id)") }
        guard router.gateway == way.networkID else { throw RemoteError(reason: .conflict, message: "no such gateway") }
        return id
    }

    private func leading(to way: Way) throws -> RouterID {
        let found = routers.filter { $0.value.gateway == way.networkID && $0.value.subnets.contains(way.subnetID) }
        guard let id = found.keys.min() else {
            throw RemoteError(reason: .externalGatewayForFloatingIPNotFound, message: "no router between")
        }
        return id
    }

    func unbind(_ holder: Holder, keeping kept: Binding?) async throws {
        try await before()
        bindings = bindings.filter { $0.holder != holder || $0.binding == kept }
    }
}

internal import Postgres
internal import ResourceModel
internal import ServiceRuntime

extension PortForwardingRegistry {
    /// - Throws: `forwardedButAssociated` when the floating IP is mapped to a port.
    static func requireForwarding(_ floatingIP: FloatingIP) throws(FloatingIPError) {
        guard floatingIP.target == nil else { throw .forwardedButAssociated(floatingIP.id) }
    }

    /// Refuses, under the floating IP's lock, a forwarding that other rows stand in the way of.
    ///
    /// Throws `portHasFloatingIP`, and `badRequest` when the other forwardings go by another router.
    func requirePossible(
        _ held: FloatingIP.Association,
        for id: PortForwardingID,
        of owner: FloatingIP,
        in transaction: Transaction
    ) async throws {
        guard try await transaction.floatingIPs(onPort: held.target.portID).isEmpty else {
            throw FloatingIPError.portHasFloatingIP(held.target.portID)
        }
        guard let router = owner.routerID, router != held.routerID else { return }
        let all = try await transaction.forwardings(of: [owner.id])[owner.id] ?? []
        guard all.allSatisfy({ $0.id == id }) else {
            throw FloatingIPError.badRequest("the forwardings of floating IP \(owner.id) go by router \(router)")
        }
    }

    /// Has port and router held for a forwarding; throws `badRequest` when no router leads there.
    func hold(
        _ wish: PortForwardingWish,
        _ id: PortForwardingID,
        for floatingIP: FloatingIP,
        as context: RequestContext
    ) async throws -> (Undertaking, FloatingIP.Association) {
        let owner = floatingIP.projectID
        let seen = try await floatingIPs.ports.port(wish.portID, as: context)
        let target = try seen.target(at: wish.address, ofProject: owner, as: context)
        let holder = Holder.portForwarding(id)
        let undertaking = try await keeper.begin(holder, leaningOn: target.portID)
        let router = try await keeper.under(undertaking) {
            async let found = bind(holder, Way(networkID: floatingIP.networkID, subnetID: target.subnetID))
            let port = try await floatingIPs.ports.addReference(of: holder, to: target)
            let router = try await found
            guard try port.target(at: target.address, ofProject: owner, as: context) == target else {
                throw FloatingIPError.busy("the addresses of port \(port.id) are being changed, try again")
            }
            return router
        }
        return (undertaking, FloatingIP.Association(target: target, routerID: router))
    }

    private func bind(_ holder: Holder, _ way: Way) async throws -> RouterID {
        do {
            return try await floatingIPs.routers.bind(holder, to: way)
        } catch let error as RemoteError where error.reason == .externalGatewayForFloatingIPNotFound {
            // A missing way is the forwarding's fault here, not a missing thing.
            throw FloatingIPError.badRequest(error.message)
        }
    }
}

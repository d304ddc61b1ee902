internal import Addressing
internal import ResourceModel

// A port that others lean on changes in two steps: they are told, outside of any transaction, and then it happens,
// unless somebody new leans on it by then, who is told first, too.

/// How far a change came.
enum PortOutcome<Result: Sendable>: Sendable {
    case done(Result)
    /// Nothing happened: these lean on what would go, and were not told yet.
    case mustTell(Port, [IPAddress], Set<PortReference>)
}

extension PortRegistry {
    func update(
        _ id: PortID,
        _ change: Port.Change,
        expecting revision: Revision?,
        by caller: RequestContext
    ) async throws -> Port {
        let claimed = try await requireOwnRouter(of: id, after: change, by: caller)
        return try await telling { told in
            try await storage.writing { writing in
                let present = try await portForUpdate(id, expecting: revision, by: caller, in: writing.stores)
                try caller.requireWriting("port \(id)", ownedBy: present.projectID)
                guard let network = try await writing.stores.networks.networks([present.networkID]).first else {
                    throw NetworkError.networkNotFound(present.networkID.description)
                }
                let wanted = try present.applying(change, on: network, by: caller)
                if wanted.deviceID != present.deviceID || wanted.deviceOwner != present.deviceOwner {
                    let claims = Self.claimedRouter(wanted.deviceID, wanted.deviceOwner, by: caller)
                    guard claims == nil || claims == claimed else {
                        throw NetworkError.conflict("the device of port \(id) was changed meanwhile")
                    }
                }
                if wanted.securityGroups != present.securityGroups {
                    try await writing.requireSecurityGroups(wanted.securityGroups, by: caller)
                }
                let editor = PortEditor(writing: writing, told: told)
                return try await editor.change(
                    present,
                    to: wanted,
                    addresses: change.addresses,
                    mayChoose: caller.controls(network)
                )
            }
        } before: { observer, port, addresses in
            try await observer.port(port, willLose: addresses)
        }
    }

    func delete(_ id: PortID, expecting revision: Revision?, by caller: RequestContext) async throws {
        try await telling { told in
            try await storage.writing { writing in
                let present = try await portForUpdate(id, expecting: revision, by: caller, in: writing.stores)
                try await requireDeleting(present, by: caller, in: writing.stores)
                return try await PortEditor(writing: writing, told: told).delete(present)
            }
        } before: { observer, port, _ in
            try await observer.portWillBeDeleted(port)
        }
    }

    private func portForUpdate(
        _ id: PortID,
        expecting revision: Revision?,
        by caller: RequestContext,
        in stores: Stores
    ) async throws -> Port {
        guard let port = try await stores.ports.portForUpdate(id, visibleTo: caller) else {
            throw NetworkError.portNotFound(id.description)
        }
        try port.history.require(revision)
        return port
    }

    /// A port may be deleted by its owner and by the owner of its network, unless a service holds it.
    private func requireDeleting(_ port: Port, by caller: RequestContext, in stores: Stores) async throws {
        let network = try await stores.networks.networks([port.networkID]).first
        try caller.requireWriting("port \(port.id)", ownedBy: port.projectID, network?.projectID ?? "")
        if port.holder != nil { throw NetworkError.servicePortInUse(port.id, deviceOwner: port.deviceOwner) }
    }

    /// Tries a change until nobody leans on what goes without having been told.
    func telling<Result>(
        _ attempt: (Set<PortReference>) async throws -> PortOutcome<Result>,
        before tell: (any PortObserver, Port, [IPAddress]) async throws -> Void
    ) async throws -> Result {
        var told: Set<PortReference> = []
        for _ in 0..<Self.tellings {
            switch try await attempt(told) {
            case .done(let result): return result
            case .mustTell(let port, let addresses, let untold):
                for observer in observers { try await tell(observer, port, addresses) }
                told.formUnion(untold)
            }
        }
        throw NetworkError.conflict("others keep beginning to use the port while it is being changed")
    }
}

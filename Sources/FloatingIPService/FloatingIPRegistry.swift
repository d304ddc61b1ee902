internal import Logging
internal import Postgres
internal import ResourceModel

/// What can be done with floating IPs.
struct FloatingIPRegistry: Sendable {
    let store: FloatingIPStore
    let networks: any NetworkDirectory
    var keeper: UndertakingKeeper
    /// The most floating IPs of a project without a limit of its own; negative is without limit.
    let quota: Int64

    var ports: any PortDirectory { keeper.ports }
    var routers: any RouterDirectory { keeper.routers }

    /// The floating IP, for one who may see it.
    func get(_ text: String, as context: RequestContext) async throws -> FloatingIPView {
        try await views(of: [visible(text, as: context)])[0]
    }

    /// What the caller may see of what the query names.
    func list(_ query: ListQuery, as context: RequestContext) async throws -> Page<FloatingIPView> {
        let page = try await store.list(query, ofProject: context.isAdmin ? nil : context.projectID)
        return Page(items: try await views(of: page.items), isFull: page.isFull)
    }

    /// The pools that the caller may take floating IPs from.
    func pools(_ query: ListQuery, as context: RequestContext) async throws -> Page<FloatingIPPool> {
        let subnets = try await networks.externalSubnets(as: context)
        return try query.page(of: FloatingIPPool.pools(subnets, for: context.projectID))
    }

    /// Floating IPs with their ports, of which NetworkService is asked once for all, and their forwardings.
    private func views(of floatingIPs: [FloatingIP]) async throws -> [FloatingIPView] {
        let idle = floatingIPs.filter { $0.target == nil }.map(\.id)
        async let forwardings = idle.isEmpty ? [:] : store.read { try await $0.forwardings(of: idle) }
        let mapped = Set(floatingIPs.compactMap(\.target?.portID))
        let ports = mapped.isEmpty ? [:] : try await ports.details(mapped)
        let all = try await forwardings
        return floatingIPs.map { floatingIP in
            FloatingIPView(
                floatingIP: floatingIP,
                port: floatingIP.target.flatMap { ports[$0.portID] },
                forwardings: all[floatingIP.id] ?? []
            )
        }
    }

    /// The answer to a change that has been committed: it does not fail for want of the port's details.
    func view(of changed: FloatingIP, port known: Port?) async -> FloatingIPView {
        if let target = changed.target, let known, known.id == target.portID {
            return FloatingIPView(floatingIP: changed, port: known.details)
        }
        do {
            return try await views(of: [changed])[0]
        } catch {
            keeper.logger.debug(
                "a changed floating IP is shown without its port",
                metadata: [Telemetry.floatingIP: "\(changed.id)", Telemetry.error: "\(error)"]
            )
            return FloatingIPView(floatingIP: changed)
        }
    }

    /// The floating IP, for one who may see it.
    func visible(_ text: String, as context: RequestContext) async throws -> FloatingIP {
        let id = try Self.id(text)
        return try Self.requireVisible(try await store.read { try await $0.floatingIP(id) }, text, as: context)
    }

    /// The floating IP, for one who may change it.
    func writable(_ text: String, as context: RequestContext) async throws -> FloatingIP {
        try Self.requireWriting(try await visible(text, as: context), as: context)
    }

    /// The same, locked.
    func writable(
        _ id: FloatingIPID,
        as context: RequestContext,
        in transaction: Transaction
    ) async throws -> FloatingIP {
        try Self.requireWritable(await transaction.floatingIPForUpdate(id), id.description, as: context)
    }

    /// Refuses one who may not change it.
    static func requireWritable(
        _ present: FloatingIP?,
        _ text: String,
        as context: RequestContext
    ) throws(FloatingIPError) -> FloatingIP {
        try requireWriting(requireVisible(present, text, as: context), as: context)
    }

    private static func requireVisible(
        _ floatingIP: FloatingIP?,
        _ text: String,
        as context: RequestContext
    ) throws(FloatingIPError) -> FloatingIP {
        guard let floatingIP, context.owns(projectID: floatingIP.projectID) else { throw .floatingIPNotFound(text) }
        return floatingIP
    }

    private static func requireWriting(
        _ floatingIP: FloatingIP,
        as context: RequestContext
    ) throws(FloatingIPError) -> FloatingIP {
        guard context.canWrite else { throw .notAuthorized("floating IP \(floatingIP.id) is not yours to change") }
        return floatingIP
    }

    static func id(_ text: String) throws(FloatingIPError) -> FloatingIPID {
        guard let id = FloatingIPID(text) else { throw .floatingIPNotFound(text) }
        return id
    }

    /// Refuses anyone but Sluice's own programs and administrators.
    static func requireProgram(_ context: RequestContext) throws(FloatingIPError) {
        guard context.isAdmin else { throw .notAuthorized("this is for Sluice's own programs") }
    }
}

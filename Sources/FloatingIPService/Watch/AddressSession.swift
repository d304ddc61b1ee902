internal import ChangeFeed
internal import ResourceModel

/// What a node asks of its watch.
enum AddressRequest: Hashable, Sendable {
    case subscribe(RouterID)
    case unsubscribe(RouterID)
}

/// What a node is told of a router's floating IPs.
enum AddressEvent: Hashable, Sendable {
    case upserted(FloatingIPView, on: RouterID)
    /// It left the router, or is gone.
    case deleted(FloatingIPID, from: RouterID, revision: Revision)
    case proxyUpserted(NDPProxy)
    /// The NDP proxy is gone.
    case proxyDeleted(NDPProxyID, from: RouterID, revision: Revision)
    /// All of the router's have been sent, as of this position or later.
    case synced(RouterID, FeedPosition)
}

/// One node's watch: the routers it wants to hear of, and what it is told.
///
/// Requests and changes are worked on one after the other, each to its end, so that a router's snapshot is never mixed
/// with its changes. An entry of the feed only names a floating IP: what is told is what it is by then.
actor AddressSession {
    private let registry: AddressRegistry
    private let start: FeedPosition
    private let send: @Sendable (AddressEvent) async throws -> Void
    private var routers: Set<RouterID> = []
    /// What the node was told is on a router, also on one that it asks for no more.
    private var told: [RouterID: [FloatingIPID: Revision]] = [:]
    /// The same of NDP proxies, which stay on their router.
    private var toldProxies: [RouterID: [NDPProxyID: Revision]] = [:]
    private var isAtWork = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// A session that wants to hear of nothing yet; `start` is before everything that the feed will tell.
    init(
        registry: AddressRegistry,
        start: FeedPosition,
        send: @escaping @Sendable (AddressEvent) async throws -> Void
    ) {
        self.registry = registry
        self.start = start
        self.send = send
    }

    func accept(_ request: AddressRequest) async throws {
        await takeTurn()
        defer { giveTurn() }
        switch request {
        case .subscribe(let router):
            routers.insert(router)
            try await sendSnapshot(of: router)
            try await registry.noteGone(fromRouter: router)
        case .unsubscribe(let router):
            guard routers.remove(router) != nil else { return }
            try await registry.noteGone(fromRouter: router)
        }
    }

    /// Tells what is on a router, and what is not there any more of what was told before: a node that gives a router up
    /// and gets it back may still be working on what it was told the first time.
    private func sendSnapshot(of router: RouterID) async throws {
        let present = try await registry.addresses(onRouter: router)
        for address in present { try await tell(address, on: router) }
        let gone = (told[router] ?? [:]).keys.filter { id in !present.contains { $0.floatingIP.id == id } }
        for id in gone { try await tellDeletion(of: id, from: router, now: try await registry.address(id)) }
        try await sendProxies(of: router)
        try await send(.synced(router, start))
    }

    private func sendProxies(of router: RouterID) async throws {
        let present = try await registry.proxies(onRouter: router)
        for proxy in present { try await tell(proxy) }
        let gone = (toldProxies[router] ?? [:]).keys.filter { id in !present.contains { $0.id == id } }
        for id in gone { try await tellDeletion(of: id, from: router, atLeast: 0) }
    }

    private func tell(_ proxy: NDPProxy) async throws {
        toldProxies[proxy.way.routerID, default: [:]][proxy.id] = proxy.revision
        try await send(.proxyUpserted(proxy))
    }

    private func tellDeletion(of id: NDPProxyID, from router: RouterID, atLeast least: Revision) async throws {
        let before = toldProxies[router]?.removeValue(forKey: id) ?? 0
        try await send(.proxyDeleted(id, from: router, revision: max(least, before + 1)))
    }

    func follow(_ entry: FeedEntry) async throws {
        await takeTurn()
        defer { giveTurn() }
        guard let router = entry.scope.flatMap({ RouterID($0) }), routers.contains(router) else { return }
        switch entry.kind {
        case FloatingIPStore.addressKind: try await followAddress(entry, on: router)
        case FloatingIPStore.proxyKind:
            let id = entry.id(of: NDPProxyKind.self)
            if let present = try await registry.proxy(id) {
                try await tell(present)
            } else {
                try await tellDeletion(of: id, from: router, atLeast: entry.revision)
            }
        default: break
        }
    }

    private func followAddress(_ entry: FeedEntry, on router: RouterID) async throws {
        let id = entry.id(of: FloatingIPKind.self)
        let present = try await registry.address(id)
        if let present, present.floatingIP.routerID == router {
            try await tell(present, on: router)
        } else {
            try await tellDeletion(of: id, from: router, now: present, atLeast: entry.revision)
        }
    }

    private func tell(_ address: FloatingIPView, on router: RouterID) async throws {
        told[router, default: [:]][address.floatingIP.id] = address.floatingIP.revision
        try await send(.upserted(address, on: router))
    }

    private func tellDeletion(
        of id: FloatingIPID,
        from router: RouterID,
        now present: FloatingIPView?,
        atLeast least: Revision = 0
    ) async throws {
        let before = told[router]?.removeValue(forKey: id) ?? 0
        let revision = max(least, before + 1, present?.floatingIP.revision ?? 0)
        try await send(.deleted(id, from: router, revision: revision))
    }

    // An actor lets others in wherever it waits; a turn lasts until the work is done.

    private func takeTurn() async {
        guard isAtWork else {
            isAtWork = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func giveTurn() {
        if waiting.isEmpty {
            isAtWork = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}

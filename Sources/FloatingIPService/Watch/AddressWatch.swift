internal import ChangeFeed
internal import Postgres
internal import ResourceModel

/// Tells nodes of the floating IPs of their routers.
struct AddressWatch: Sendable {
    let registry: AddressRegistry

    /// Serves one node until it asks no more, or the task is cancelled.
    ///
    /// - Throws: `FloatingIPError.watchBroken` when changes may have been missed, `.databaseAway`: the node begins anew.
    ///   What the requests and `send` throw.
    func run(
        _ requests: some AsyncSequence<AddressRequest, any Error> & Sendable,
        _ send: @escaping @Sendable (AddressEvent) async throws -> Void
    ) async throws {
        let feed = registry.store.feed
        let start = try await registry.store.read { _ in try await feed.withSnapshot { _, position in position } }
        let session = AddressSession(registry: registry, start: start, send: send)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.follow(feed.watch(from: start), session) }
            group.addTask { for try await request in requests { try await session.accept(request) } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func follow(_ watch: FeedWatch, _ session: AddressSession) async throws {
        do {
            for try await case .entry(let entry) in watch { try await session.follow(entry) }
        } catch let error as ChangeFeedError {
            switch error {
            case .database(let error): throw FloatingIPError(error) ?? error
            case .compacted, .fellBehind, .invalidPosition, .closed:
                throw FloatingIPError.watchBroken(error.description)
            }
        }
    }
}

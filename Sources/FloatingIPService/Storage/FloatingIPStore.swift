internal import ChangeFeed
internal import Postgres
internal import ResourceModel

/// FloatingIPService's database: reads, and writes that watchers hear of.
struct FloatingIPStore: Sendable {
    let database: Database
    let feed: FeedTail

    /// The kind of the feed's entries.
    ///
    /// An entry's scope is the router that it matters to.
    static let addressKind = "floating_ip"

    /// Runs reads.
    ///
    /// - Throws: What the body throws; `FloatingIPError.databaseAway` when the server is.
    func read<Answer: Sendable>(_ body: (Database) async throws -> Answer) async throws -> Answer {
        try await mappingErrors { try await body(database) }
    }

    /// Runs the body in one transaction, anew after a deadlock; then watchers hear of what it announced.
    ///
    /// - Throws: What the body throws, when nothing is changed; `FloatingIPError.databaseAway` when the server is, and
    ///   then it may have happened.
    func write<Answer: Sendable>(_ body: (Transaction) async throws -> Answer) async throws -> Answer {
        try await mappingErrors {
            let answer = try await database.withTransaction(retrying: .serializationFailures, body)
            feed.noteCommit()
            return answer
        }
    }

    private func mappingErrors<Answer: Sendable>(_ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let error as PostgresError {
            throw FloatingIPError(error) ?? error
        }
    }

    /// Tells the nodes of the router before, and of the present one, what became of the floating IP for them.
    func announce(
        _ floatingIP: FloatingIP,
        before: RouterID?,
        in transaction: Transaction
    ) async throws(PostgresError) {
        var changes: [FeedChange] = []
        if let before, before != floatingIP.routerID {
            changes.append(change(of: floatingIP.id, for: before, floatingIP.revision, isDeleted: true))
        }
        if let router = floatingIP.routerID {
            changes.append(change(of: floatingIP.id, for: router, floatingIP.revision, isDeleted: false))
        }
        if !changes.isEmpty { try await feed.append(changes, in: transaction) }
    }

    /// Tells the nodes of its router that the floating IP is gone.
    func announceRemoval(_ floatingIP: FloatingIP, in transaction: Transaction) async throws(PostgresError) {
        guard let router = floatingIP.routerID else { return }
        let change = change(of: floatingIP.id, for: router, floatingIP.revision + 1, isDeleted: true)
        try await feed.append(change, in: transaction)
    }

    private func change(
        of id: FloatingIPID,
        for router: RouterID,
        _ revision: Revision,
        isDeleted: Bool
    ) -> FeedChange {
        FeedChange(
            kind: Self.addressKind,
            id: id,
            scope: router.description,
            revision: revision,
            isDeleted: isDeleted
        )
    }
}

extension FloatingIPError {
    /// What a database error means to a caller; nil for a defect.
    init?(_ error: PostgresError) {
        switch error {
        case .unavailable, .timedOut, .connectionLost, .outcomeUnknown, .tooOld, .migration, .closed:
            self = .databaseAway(error.description)
        case .server(let server) where server.isSerializationFailure || server.isLockNotAvailable:
            self = .busy("too many changes at once, try again")
        case .server(let server) where server.sqlState == "42P01":
            self = .databaseAway("its tables have not been made yet")
        case .server, .cancelled, .decoding, .encoding, .rolledBack:
            return nil
        }
    }
}

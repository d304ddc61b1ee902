internal import ChangeFeed
internal import Logging
internal import Postgres
internal import ResourceModel

/// RouterService's database: reads, and writes that watchers hear of.
struct RouterStore: Sendable {
    let database: Database
    let feed: FeedTail

    /// The kind of the feed's entries.
    ///
    /// An entry's scope is the agent that it is for.
    static let routerKind = "router"

    /// Runs statements each for itself: reads, and writes that watchers need not hear of.
    ///
    /// - Throws: What the body throws; `RouterError.databaseAway` when the server is.
    func run<Answer: Sendable>(_ body: (Database) async throws -> Answer) async throws -> Answer {
        try await mappingErrors { try await body(database) }
    }

    /// Runs the body in one transaction, anew after a deadlock; then watchers hear of what it announced.
    ///
    /// - Throws: What the body throws, when nothing is changed; `RouterError.databaseAway` when the server is, and then
    ///   it may have happened.
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
            throw RouterError(error) ?? error
        }
    }

    /// Tells the router's agent that it changed, and the agent before, if it was another, that it left.
    func announce(_ router: Router, before: AgentID?, in transaction: Transaction) async throws(PostgresError) {
        try await feed.append(Self.changes(of: router, before: before), in: transaction)
    }

    /// Tells the router's agent that it is gone.
    func announceRemoval(_ router: Router, in transaction: Transaction) async throws(PostgresError) {
        guard let agent = router.agentID else { return }
        try await feed.append(
            Self.change(of: router.id, for: agent, revision: router.revision + 1, isDeleted: true),
            in: transaction
        )
    }

    /// What the agents of a changed router, the one before and the present one, have to hear.
    static func changes(of router: Router, before: AgentID?) -> [FeedChange] {
        var changes: [FeedChange] = []
        if let before, before != router.agentID {
            changes.append(change(of: router.id, for: before, revision: router.revision, isDeleted: true))
        }
        if let agent = router.agentID {
            changes.append(change(of: router.id, for: agent, revision: router.revision, isDeleted: false))
        }
        return changes
    }

    private static func change(
        of router: RouterID,
        for agent: AgentID,
        revision: Revision,
        isDeleted: Bool
    ) -> FeedChange {
        FeedChange(
            kind: routerKind,
            id: router,
            scope: agent.description,
            revision: revision,
            isDeleted: isDeleted
        )
    }
}

extension RouterError {
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

internal import Logging
internal import Postgres
internal import ResourceModel
internal import ServiceRuntime

/// Keeps what other services hold for a floating IP equal to its rows, whatever happens in between.
///
/// Holds are recorded there before the rows are committed, and dropped after. Whoever does so has an undertaking first,
/// so that no two speak to others about one floating IP at a time; it names everything that may be held without a row
/// that tells of it. It ends with the commit, when that makes all of it true, or when what is left over has been dropped.
/// After a crash, or while the others are away, somebody else takes it over.
struct UndertakingKeeper: Sendable {
    let store: FloatingIPStore
    let ports: any PortDirectory
    let routers: any RouterDirectory
    let logger: Logger
    /// How long a change may take from its beginning to its commit; calls of others take seconds at most.
    var lease: Duration = .seconds(60)
    /// How long to wait for another's change of the same floating IP.
    var patience: Duration = .seconds(10)
    /// What tasks that were cancelled could not finish.
    let handedOver = AsyncStream.makeStream(of: Undertaking.self)

    /// Takes the lease on a floating IP's references, for a change that will have others hold something.
    ///
    /// Throws `busy` when somebody else has it for too long.
    func begin(_ id: FloatingIPID, leaning leans: Set<Lean>) async throws -> Undertaking {
        try await waiting(for: id) {
            try await store.write { try await $0.undertake(id, leaning: leans, for: lease) }
        }
    }

    /// Has others hold something, or has it undone.
    func under<Answer: Sendable>(
        _ undertaking: Undertaking,
        _ body: () async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await body()
        } catch {
            await settle(undertaking)
            throw error
        }
    }

    /// Commits what others were asked to hold for, or has that undone; then drops what is held no more.
    func commit<Answer: Sendable>(
        _ undertaking: Undertaking,
        _ body: (Transaction) async throws -> Outcome<Answer>
    ) async throws -> Answer {
        let (answer, owed) = try await under(undertaking) {
            try await store.write { try await conclude(undertaking, body, in: $0) }
        }
        if let owed { await settle(owed) }
        return answer
    }

    /// Commits a change after which less is held than before; then drops what is held no more.
    ///
    /// The body may be run again.
    func relinquish<Answer: Sendable>(
        _ id: FloatingIPID,
        _ body: (Transaction) async throws -> Outcome<Answer>
    ) async throws -> Answer {
        let (answer, owed) = try await waiting(for: id) {
            try await store.write { transaction -> (Answer, Undertaking?)? in
                let undertaking = try await transaction.undertake(id, leaning: [], for: lease)
                guard let undertaking else { return nil }
                return try await conclude(undertaking, body, in: transaction)
            }
        }
        if let owed { await settle(owed) }
        return answer
    }

    /// Runs the body, and ends the undertaking or writes what is owed from then on, which is answered as well.
    private func conclude<Answer: Sendable>(
        _ undertaking: Undertaking,
        _ body: (Transaction) async throws -> Outcome<Answer>,
        in transaction: Transaction
    ) async throws -> (Answer, Undertaking?) {
        let outcome = try await body(transaction)
        let isTrue = !undertaking.isInherited && outcome.dropped == nil && undertaking.leans.isSubset(of: outcome.kept)
        var owed = undertaking
        owed.leans.formUnion(outcome.dropped ?? [])
        guard try await isTrue ? transaction.fulfil(undertaking) : transaction.owe(owed) else {
            throw FloatingIPError.busy("the change of floating IP \(undertaking.id) took too long, try again")
        }
        return (outcome.answer, isTrue ? nil : owed)
    }

    /// Drops what others hold beyond what the rows say, as far as it can be done now; the rest is tried again later.
    func settle(_ undertaking: Undertaking) async {
        do {
            let footing = try await store.read { try await $0.footing(of: undertaking.id) }
            try await drop(undertaking, beyond: footing)
            try await store.write { try await $0.discharge(undertaking) }
        } catch  where Task.isCancelled {
            handedOver.continuation.yield(undertaking)
        } catch {
            logger.info(
                "a floating IP's references are tidied up later",
                metadata: [Telemetry.floatingIP: "\(undertaking.id)", Telemetry.error: "\(error)"]
            )
            try? await store.write { try await $0.abandon(undertaking) }
        }
    }

    private func drop(_ undertaking: Undertaking, beyond footing: Footing) async throws {
        try await withThrowingTaskGroup { group in
            for lean in undertaking.leans where !footing.leans.contains(lean) {
                group.addTask { try await ports.removeReference(lean) }
            }
            for holder in Set(undertaking.leans.map(\.holder)) {
                group.addTask { try await routers.unbind(holder, keeping: footing.bindings[holder]) }
            }
            if !footing.exists {
                let id = undertaking.id
                group.addTask { try await ports.release(id.derived(purpose: .floatingIPPort), for: id) }
            }
            try await group.waitForAll()
        }
    }

    /// Takes over what is owed and nobody is at.
    func settleAbandoned() async throws {
        for id in try await store.read({ try await $0.abandonedUndertakings(limit: 100) }) {
            let taken = try await store.write { try await $0.undertake(id, leaning: [], for: lease) }
            if let taken { await settle(taken) }
        }
    }

    /// Tries until it gives an answer.
    func waiting<Answer: Sendable>(
        for id: FloatingIPID,
        _ attempt: () async throws -> Answer?
    ) async throws -> Answer {
        let deadline = ContinuousClock.now + patience
        var backoff = Backoff(first: .milliseconds(5), longest: .milliseconds(200))
        while true {
            if let answer = try await attempt() { return answer }
            guard ContinuousClock.now < deadline else {
                throw FloatingIPError.busy("another change of floating IP \(id) is under way, try again")
            }
            try await Task.sleep(for: backoff.nextDelay())
        }
    }
}

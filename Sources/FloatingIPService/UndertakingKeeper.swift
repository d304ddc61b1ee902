internal import Logging
internal import Postgres
internal import ResourceModel
internal import ServiceRuntime

/// Keeps what other services hold for floating IPs and forwardings equal to their rows, whatever happens in between.
///
/// Holds are recorded there before the row is committed, and dropped after. Whoever does so has an undertaking first,
/// so that no two speak to others about one holder at a time; it names everything that may be held without a row that
/// tells of it. It ends with the commit, when that makes all of it true, or when what is left over has been dropped.
/// After a crash, or while the others are away, somebody else takes it over.
struct UndertakingKeeper: Sendable {
    let store: FloatingIPStore
    let ports: any PortDirectory
    let routers: any RouterDirectory
    let logger: Logger
    /// How long a change may take from its beginning to its commit; calls of others take seconds at most.
    var lease: Duration = .seconds(60)
    /// How long to wait for another's change of the same holder.
    var patience: Duration = .seconds(10)
    /// What tasks that were cancelled could not finish.
    let handedOver = AsyncStream.makeStream(of: Undertaking.self)

    /// Takes the lease on what is held for a holder, for a change that will have others hold something about a port.
    ///
    /// Throws `busy` when somebody else has it for too long.
    func begin(_ holder: Holder, leaningOn port: PortID?) async throws -> Undertaking {
        try await waiting(for: holder) {
            try await store.write { try await $0.undertake(holder, leaningOn: port, for: lease) }
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
        _ holder: Holder,
        _ body: (Transaction) async throws -> Outcome<Answer>
    ) async throws -> Answer {
        let (answer, owed) = try await waiting(for: holder) {
            try await store.write { transaction -> (Answer, Undertaking?)? in
                let undertaking = try await transaction.undertake(holder, leaningOn: nil, for: lease)
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
        var owed = undertaking
        if case .all(let port?) = outcome.gaveUp { owed.portIDs.insert(port) }
        let isAllTrue =
            !undertaking.isInherited && outcome.gaveUp == .nothing
            && undertaking.portIDs.allSatisfy { $0 == outcome.kept }
        guard try await isAllTrue ? transaction.fulfil(undertaking) : transaction.owe(owed) else {
            throw FloatingIPError.busy("the change of \(undertaking.holder) took too long, try again")
        }
        return (outcome.answer, isAllTrue ? nil : owed)
    }

    /// Drops what others hold beyond what the row says, as far as it can be done now; the rest is tried again later.
    func settle(_ undertaking: Undertaking) async {
        do {
            let footing = try await store.read { try await $0.footing(of: undertaking.holder) }
            try await drop(undertaking, beyond: footing)
            try await store.write { try await $0.discharge(undertaking) }
        } catch  where Task.isCancelled {
            handedOver.continuation.yield(undertaking)
        } catch {
            logger.info(
                "what others hold is tidied up later",
                metadata: [Telemetry.holder: "\(undertaking.holder)", Telemetry.error: "\(error)"]
            )
            try? await store.write { try await $0.abandon(undertaking) }
        }
    }

    private func drop(_ undertaking: Undertaking, beyond footing: Footing) async throws {
        let holder = undertaking.holder
        try await withThrowingTaskGroup { group in
            for port in undertaking.portIDs where port != footing.portID {
                group.addTask { try await ports.removeReference(of: holder, to: port) }
            }
            if !undertaking.portIDs.isEmpty {
                group.addTask { try await routers.unbind(holder, keeping: footing.binding) }
            }
            if case .floatingIP(let id) = holder, footing.addressPort == nil {
                group.addTask { try await ports.release(id.derived(purpose: .floatingIPPort), for: id) }
            }
            try await group.waitForAll()
        }
    }

    /// Takes over what is owed and nobody is at.
    func settleAbandoned() async throws {
        for holder in try await store.read({ try await $0.abandonedUndertakings(limit: 100) }) {
            let taken = try await store.write { try await $0.undertake(holder, leaningOn: nil, for: lease) }
            if let taken { await settle(taken) }
        }
    }

    /// Tries until it gives an answer.
    func waiting<Answer: Sendable>(
        for holder: Holder,
        _ attempt: () async throws -> Answer?
    ) async throws -> Answer {
        let deadline = ContinuousClock.now + patience
        var backoff = Backoff(first: .milliseconds(5), longest: .milliseconds(200))
        while true {
            if let answer = try await attempt() { return answer }
            guard ContinuousClock.now < deadline else {
                throw FloatingIPError.busy("another change of \(holder) is under way, try again")
            }
            try await Task.sleep(for: backoff.nextDelay())
        }
    }
}

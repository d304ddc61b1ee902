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
        // A crash that undoes it finds what was held without it as well: those who hold it ask the holder now and then.
        try await waiting(for: holder) {
            try await store.read { try await $0.undertake(holder, leaningOn: port, for: lease) }
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
        let (outcome, owed) = try await under(undertaking) {
            try await store.write { transaction -> (Outcome<Answer>, Undertaking?) in
                let mine = transaction.confirm(undertaking)
                let outcome = try await body(transaction)
                guard try await !mine.rows.isEmpty else {
                    throw FloatingIPError.busy("the change of \(undertaking.holder) took too long, try again")
                }
                return (outcome, conclude(undertaking, outcome, in: transaction))
            }
        }
        if let owed { await settle(owed, beyond: outcome.footing) }
        return outcome.answer
    }

    /// Commits a change after which less is held than before; then drops what is held no more.
    ///
    /// The body may be run again.
    func relinquish<Answer: Sendable>(
        _ holder: Holder,
        _ body: (Transaction) async throws -> Outcome<Answer>
    ) async throws -> Answer {
        let (outcome, owed) = try await waiting(for: holder) { () async throws -> (Outcome<Answer>, Undertaking?)? in
            do {
                return try await store.write { transaction -> (Outcome<Answer>, Undertaking?) in
                    let begun = transaction.undertakeLater(holder, for: lease)
                    let outcome: Outcome<Answer>
                    do {
                        outcome = try await body(transaction)
                    } catch let error as FloatingIPError {
                        // What it saw may be another's change half done.
                        guard try await begun.undertaking != nil else { throw Taken() }
                        throw error
                    }
                    guard let undertaking = try await begun.undertaking else { throw Taken() }
                    return (outcome, conclude(undertaking, outcome, in: transaction))
                }
            } catch is Taken {
                return nil
            }
        }
        if let owed { await settle(owed, beyond: outcome.footing) }
        return outcome.answer
    }

    /// Somebody else has the lease.
    private struct Taken: Error {}

    /// Ends the undertaking, or writes what is owed from then on and answers that.
    private func conclude<Answer>(
        _ undertaking: Undertaking,
        _ outcome: Outcome<Answer>,
        in transaction: Transaction
    ) -> Undertaking? {
        var owed = undertaking
        if case .all(let port?) = outcome.gaveUp { owed.portIDs.insert(port) }
        let isAllTrue =
            !undertaking.isInherited && outcome.gaveUp == .nothing
            && undertaking.portIDs.allSatisfy { $0 == outcome.kept }
        if isAllTrue { transaction.fulfil(undertaking) } else { transaction.owe(owed) }
        return isAllTrue ? nil : owed
    }

    /// Drops what others hold beyond what the row says, as far as it can be done now; the rest is tried again later.
    ///
    /// The row is read when it is not known what it says.
    func settle(_ undertaking: Undertaking, beyond known: Footing? = nil) async {
        do {
            let footing: Footing =
                if let known { known } else { try await store.read { try await $0.footing(of: undertaking.holder) } }
            try await drop(undertaking, beyond: footing)
            try await store.read { try await $0.discharge(undertaking) }
        } catch  where Task.isCancelled {
            handedOver.continuation.yield(undertaking)
        } catch {
            logger.info(
                "what others hold is tidied up later",
                metadata: [Telemetry.holder: "\(undertaking.holder)", Telemetry.error: "\(error)"]
            )
            try? await store.read { try await $0.abandon(undertaking) }
        }
    }

    private func drop(_ undertaking: Undertaking, beyond footing: Footing) async throws {
        let holder = undertaking.holder
        async let unbound: Void = unbind(undertaking, beyond: footing)
        let references = undertaking.portIDs.filter { $0 != footing.portID }
        var addressPort: PortID?
        if case .floatingIP(let id) = holder, footing.addressPort == nil {
            addressPort = id.derived(purpose: .floatingIPPort)
        }
        if !references.isEmpty || addressPort != nil {
            try await ports.drop(holder, references: Array(references), releasing: addressPort)
        }
        try await unbound
    }

    private func unbind(_ undertaking: Undertaking, beyond footing: Footing) async throws {
        guard !undertaking.portIDs.isEmpty else { return }
        try await routers.unbind(undertaking.holder, keeping: footing.binding)
    }

    /// Takes over what is owed and nobody is at.
    func settleAbandoned() async throws {
        for holder in try await store.read({ try await $0.abandonedUndertakings(limit: 100) }) {
            let taken = try await store.read { try await $0.undertake(holder, leaningOn: nil, for: lease) }
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

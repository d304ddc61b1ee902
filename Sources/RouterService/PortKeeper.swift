internal import Logging
internal import Postgres
internal import ResourceModel
internal import ServiceRuntime

/// What a decision was made on is no longer so: decide again.
struct Moved: Error {}

/// Makes, claims, changes and releases ports at NetworkService such that none is left behind and none is missing.
///
/// A duty is recorded first, then NetworkService is asked, outside of any transaction and lock. The duty goes with the
/// commit that makes the router's rows say the same. When that does not come about, at once or after a crash, whoever
/// settles the duty undoes what NetworkService did.
struct PortKeeper: Sendable {
    let store: RouterStore
    let directory: any PortDirectory
    let logger: Logger
    /// How long a change may take from its duty to its commit.
    var patience: Duration = .seconds(60)

    /// Has a port made.
    func make(_ reservation: PortReservation) async throws -> PreparedPort {
        let duty = PortDuty(portID: reservation.portID, routerID: reservation.routerID, action: .making)
        return try await under(duty) { try await directory.reserve(reservation) }
    }

    /// Has a tenant's port taken over.
    func claim(_ port: PortID, for router: RouterID) async throws -> PreparedPort {
        try await under(PortDuty(portID: port, routerID: router, action: .claiming)) {
            try await directory.claim(port, for: router)
        }
    }

    /// Has a port given other addresses.
    func readdress(_ port: RouterPort, of router: RouterID, to wanted: [WantedAddress]) async throws -> PreparedPort {
        let duty = PortDuty(portID: port.id, routerID: router, action: .changing, addresses: port.addresses)
        return try await under(duty) { try await directory.readdress(port.id, for: router, to: wanted) }
    }

    private func under(_ duty: PortDuty, _ ask: () async throws -> Port) async throws -> PreparedPort {
        try await store.write { transaction in
            guard try await transaction.insert(duty, dueAfter: patience) else { throw Moved() }
            // Whoever had the port's duty before may have changed what this change builds on.
            guard duty.action == .changing else { return }
            guard try await transaction.port(duty.portID)?.addresses == duty.addresses else { throw Moved() }
        }
        do {
            return PreparedPort(port: try await ask(), duty: duty)
        } catch let error as RemoteError where error.reason.family != .unavailable {
            // A refusal: nothing was done there, so nothing is owed.
            try? await store.write { try await $0.discharge(duty) }
            throw error
        } catch {
            await settle(duty.portID)
            throw error
        }
    }

    /// Commits what was prepared, or has it undone.
    ///
    /// The body must write the rows that say the same.
    func commit<Answer: Sendable>(
        _ prepared: [PreparedPort],
        _ body: (Transaction) async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await store.write { transaction in
                let answer = try await body(transaction)
                for duty in prepared.map(\.duty) {
                    guard try await transaction.fulfil(duty) else {
                        throw RouterError.busy("the change of port \(duty.portID) took too long, try again")
                    }
                }
                return answer
            }
        } catch {
            for port in prepared { await settle(port.duty.portID) }
            throw error
        }
    }

    /// Does what is owed about a port, as far as it can be done now; the rest is tried again later.
    func settle(_ port: PortID) async {
        do {
            guard let duty = try await store.write({ try await $0.undoForUpdate(port, retryAfter: .seconds(10)) })
            else { return }
            let answer = try await fulfil(duty)
            try await store.write { transaction in
                if let answer { try await store.absorb(answer, in: transaction) }
                try await transaction.discharge(duty)
            }
        } catch {
            logger.info("a port's duty is put off", metadata: [Telemetry.port: "\(port)", Telemetry.error: "\(error)"])
        }
    }

    private func fulfil(_ duty: PortDuty) async throws -> Port? {
        switch duty.action {
        case .release, .making:
            try await directory.release(duty.portID, for: duty.routerID)
        case .unclaim, .claiming:
            try await directory.unclaim(duty.portID, for: duty.routerID)
        case .restore, .changing:
            let wanted = duty.addresses.map { WantedAddress(subnetID: $0.subnetID, address: $0.address) }
            do {
                return try await directory.readdress(duty.portID, for: duty.routerID, to: wanted)
            } catch let error as RemoteError where error.reason == .portNotFound {
                // The port went in the meantime: there is nothing to restore.
            }
        }
        return nil
    }

    /// Does what is due.
    func settleDue() async throws {
        for port in try await store.run({ try await $0.duePorts(limit: 100) }) { await settle(port) }
    }
}

/// A port that NetworkService holds for a router whose rows do not say so yet.
struct PreparedPort: Sendable {
    let port: Port
    let duty: PortDuty
}

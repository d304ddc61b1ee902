internal import Logging
internal import ResourceModel
internal import ServiceLifecycle

/// Finds what a crashed or interrupted holder left behind here: ports and references that were not asked for in a
/// while are asked about at their holders, and those that nobody has any more are let go.
struct ReferenceSweeper: Service {
    let reservations: ReservationRegistry
    let store: SweepStore
    let holders: [any HolderDirectory]
    let settings: Settings
    let logger: Logger

    struct Settings: Hashable, Sendable {
        /// Seconds between two rounds.
        var interval: Int64 = 60
        /// Seconds after which something is asked about again; a holder commits well within.
        var age: Int64 = 300
        /// The most ports, and the most references, that one step asks about.
        var step = 1000
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(Double(settings.interval) * Double.random(in: 0.8...1.2)))
                await sweep()
            }
        }
    }

    /// One round: everything that is old enough is asked about once.
    func sweep() async {
        do {
            while true {
                let ports = try await store.pickPorts(olderThan: settings.age, limit: settings.step)
                let references = try await store.pickReferences(olderThan: settings.age, limit: settings.step)
                try await check(ports + references)
                if ports.count < settings.step, references.count < settings.step { return }
            }
        } catch {
            logger.debug("sweep interrupted", metadata: [Telemetry.error: "\(error)"])
        }
    }

    private func check(_ keepsakes: [Keepsake]) async throws {
        for holder in holders {
            let asked = keepsakes.filter { holder.kinds.contains($0.holder.kind) }
            if asked.isEmpty { continue }
            let held: Set<Keepsake>
            do {
                held = try await holder.held(among: asked)
            } catch {
                // Not knowing is no reason to drop anything; the next round asks again.
                logger.debug("holder not reachable", metadata: [Telemetry.error: "\(error)"])
                continue
            }
            for keepsake in asked where !held.contains(keepsake) { await drop(keepsake) }
        }
    }

    private func drop(_ keepsake: Keepsake) async {
        let facts: Logger.Metadata = [
            Telemetry.port: "\(keepsake.portID)", Telemetry.holderKind: "\(keepsake.holder.kind)",
            Telemetry.holder: "\(keepsake.holder.id)",
        ]
        do {
            try await reservations.drop(keepsake)
            logger.info("let go of what its holder does not have", metadata: facts)
        } catch {
            logger.warning(
                "stale keepsake could not be dropped",
                metadata: facts.merging([Telemetry.error: "\(error)"]) { $1 }
            )
        }
    }
}

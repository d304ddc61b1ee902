internal import Logging
internal import ServiceLifecycle

/// Drops bindings whose holders no longer hold them: what a crash between two services left over.
struct BindingSweeper: Service {
    let store: RouterStore
    let holders: any HolderDirectory
    var interval: Duration = .seconds(10)
    /// Younger ones may be of a holder that has yet to commit.
    var age: Duration = .seconds(60)
    let logger: Logger

    func run() async throws {
        try await repeating(every: interval, named: "bindings", logger: logger) { try await sweep() }
    }

    /// Asks about the old bindings and drops the stale ones.
    func sweep() async throws {
        let old = try await store.run { try await $0.takeOldBindings(olderThan: age, limit: 1000) }
        guard !old.isEmpty else { return }
        let held = try await holders.held(old.map(\.binding))
        for aged in old where !held.contains(aged.binding) {
            try await store.run { try await $0.removeStale(aged) }
            logger.info(
                "dropped a stale binding",
                metadata: [
                    Telemetry.router: "\(aged.binding.routerID)", "holder": "\(aged.binding.holder.id)",
                    "kind": "\(aged.binding.holder.kind.rawValue)",
                ]
            )
        }
    }
}

internal import ChangeFeed
internal import Postgres
internal import ResourceModel

/// Gives routers their agents.
struct PlacementDesk: Sendable {
    let store: RouterStore

    /// Places every router that has no agent, or whose agent's lease ran out, in one decision and one transaction.
    ///
    /// Any number of replicas may try at once: one does it, the others return. Routers for which there is no live,
    /// enabled agent in their zones stay where they are: a node that lost its control plane still carries packets.
    ///
    /// - Returns: How many were placed.
    func placeAll() async throws -> Int {
        guard try await store.run({ try await $0.isPlacementDue() }) else { return 0 }
        return try await store.write { transaction in
            guard try await transaction.becomesOnlyPlacer() else { return 0 }
            return try await place(try await transaction.routersWithoutLiveAgentForUpdate(), in: transaction)
        }
    }

    /// Moves locked routers to the agents that the plan finds for them; answers how many it found one for.
    func place(_ routers: [Router], in transaction: Transaction) async throws -> Int {
        guard !routers.isEmpty else { return 0 }
        let requests = routers.map { PlacementRequest(routerID: $0.id, zones: $0.availabilityZoneHints) }
        let plan = PlacementPlan(requests, on: try await transaction.placementCandidates())
        for agent in Set(plan.assignments.values).sorted() { _ = try await transaction.agentForKeyShare(agent) }
        try await move(routers, to: plan.assignments.mapValues { $0 }, in: transaction)
        return plan.assignments.count
    }

    /// Moves locked routers and tells both sides; nil is nowhere.
    func move(
        _ routers: [Router],
        to assignments: [RouterID: AgentID?],
        held: Bool = false,
        in transaction: Transaction
    ) async throws {
        let before = Dictionary(uniqueKeysWithValues: routers.map { ($0.id, $0.agentID) })
        let moved = try await transaction.place(assignments, held: held)
        let changes = moved.flatMap { RouterStore.changes(of: $0, before: before[$0.id] ?? nil) }
        try await store.feed.append(changes, in: transaction)
    }
}

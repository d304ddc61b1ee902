internal import ResourceModel

/// An agent that can take routers, as placement sees it.
struct PlacementCandidate: Hashable, Sendable {
    let id: AgentID
    var availabilityZone = ""
    /// How many routers are placed on it.
    var routers = 0
}

/// A router that needs a place.
struct PlacementRequest: Hashable, Sendable {
    let routerID: RouterID
    /// Zones to choose from; empty is any.
    var zones: [String] = []
}

/// Where routers go: each to the agent with the fewest, in one of its zones, counting those placed before it.
///
/// Equally loaded agents are told apart by router, so that creators that run side by side and all see the same counts
/// do not all choose the same agent.
struct PlacementPlan: Hashable, Sendable {
    private(set) var assignments: [RouterID: AgentID] = [:]

    /// Places what can be placed; routers without a fitting agent have no assignment.
    init(_ requests: [PlacementRequest], on candidates: [PlacementCandidate]) {
        var candidates = candidates
        for request in requests {
            let fitting = candidates.indices.filter {
                request.zones.isEmpty || request.zones.contains(candidates[$0].availabilityZone)
            }
            let best = fitting.min { left, right in
                Self.rank(candidates[left], request.routerID) < Self.rank(candidates[right], request.routerID)
            }
            guard let best else { continue }
            assignments[request.routerID] = candidates[best].id
            candidates[best].routers += 1
        }
    }

    private static func rank(_ candidate: PlacementCandidate, _ router: RouterID) -> (Int, UInt64) {
        // A multiplicative mix: what matters is that it differs by router, not that it is strong.
        let mixed = (candidate.id.high ^ candidate.id.low ^ router.high) &* 0x9e37_79b9_7f4a_7c15
        return (candidate.routers, (mixed ^ (router.low &* 0xbf58_476d_1ce4_e5b9)) &* 0x94d0_49bb_1331_11eb)
    }
}

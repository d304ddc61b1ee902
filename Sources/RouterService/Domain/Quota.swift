/// A kind of object that projects may have so many of.
enum QuotaKind: String, Sendable, CaseIterable, Comparable {
    case router
    /// Extra routes of any one router.
    case routerRoute = "router_route"

    static func < (left: QuotaKind, right: QuotaKind) -> Bool { left.rawValue < right.rawValue }
}

/// How many objects a project without limits of its own may have; -1 is without limit.
struct QuotaDefaults: Hashable, Sendable {
    var router: Int64 = 10
    var routerRoute: Int64 = 30

    subscript(kind: QuotaKind) -> Int64 {
        switch kind {
        case .router: router
        case .routerRoute: routerRoute
        }
    }
}

/// How many objects of a kind a project may have, and has.
struct QuotaLimit: Hashable, Sendable {
    var kind: QuotaKind
    /// -1 is without limit.
    var most: Int64
    /// Of routes: as many as the router with the most has.
    var used: Int64
}

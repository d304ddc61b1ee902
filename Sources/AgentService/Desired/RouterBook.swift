internal import ResourceModel

/// What is known of a router beside its specification.
struct RouterBook: Hashable, Sendable {
    var addresses = Replica<FloatingAddress>()
    var proxies = Replica<NeighbourProxyEntry>()
    var departed: [FloatingIPID: Revision] = [:]
    var departedRevision: Revision?

    /// Takes in an event and tells what it makes of what is wanted.
    mutating func apply(_ event: ReplicaEvent<FloatingIPID, FloatingAddress>) -> News {
        let key = event.key
        let before = key.flatMap { addresses.values[$0] }
        let count = addresses.values.count
        let hasChanged = take(event)
        let growth = addresses.values.count - count
        guard hasChanged, addresses.isSynced else { return News(growth: growth, change: .none) }
        guard let key else { return News(growth: growth, change: .several) }
        let change = AddressChange(before: before, after: addresses.values[key], departure: departed[key])
        return News(growth: growth, change: .one(key, change))
    }

    /// Forgets what has left, unless it left anew.
    mutating func forget(_ changes: AddressChanges) {
        guard !departed.isEmpty else { return }
        for (id, change) in changes where departed[id] == change.departure { departed[id] = nil }
    }

    /// Takes in an event and tells whether it changed what is wanted.
    private mutating func take(_ event: ReplicaEvent<FloatingIPID, FloatingAddress>) -> Bool {
        let wasSynced = addresses.isSynced
        let hasLostProxies = followWithProxies(event)
        switch addresses.apply(event) {
        case .unchanged:
            return false
        case .upserted(let address):
            departed[address] = nil
            return true
        case .removed(let removed):
            departed.merge(removed) { max($0, $1) }
            return true
        case .synced(let removed):
            departed.merge(removed) { max($0, $1) }
            return !wasSynced || !removed.isEmpty || hasLostProxies
        }
    }

    /// What the stream tells of snapshots concerns both; returns whether proxies left by it.
    private mutating func followWithProxies(_ event: ReplicaEvent<FloatingIPID, FloatingAddress>) -> Bool {
        switch event {
        case .snapshotBegan: _ = proxies.apply(.snapshotBegan)
        case .synced:
            if case .synced(let removed) = proxies.apply(.synced) { return !removed.isEmpty }
        case .progress: _ = proxies.apply(.progress)
        case .upserted, .deleted, .rejected: break
        }
        return false
    }
}

extension RouterBook {
    /// What an event makes of the floating IPs that are wanted of a router.
    struct News {
        /// How many more there are.
        var growth: Int
        var change: Change

        /// What is to be done about it.
        enum Change {
            /// Nothing, or nothing yet.
            case none
            case one(FloatingIPID, AddressChange)
            case several
        }
    }
}

internal import ResourceModel

/// One thing that the control plane tells the node.
enum WatchEvent: Hashable, Sendable {
    /// Of the routers that the node hosts.
    case routers(ReplicaEvent<RouterID, RouterSpecification>)
    /// Of the floating IPs of one router; where a snapshot begins and is complete, also of what it answers for.
    case addresses(RouterID, ReplicaEvent<FloatingIPID, FloatingAddress>)
    /// Of the addresses that one router answers for.
    case proxies(RouterID, ReplicaEvent<NDPProxyID, NeighbourProxyEntry>)
}

/// One thing that a watch stream tells of its objects.
enum ReplicaEvent<Key: Hashable & Sendable, Value: Hashable & Sendable>: Hashable, Sendable {
    /// A snapshot begins: what it does not name before `synced` is gone.
    case snapshotBegan
    case upserted(Value)
    case deleted(Key, Revision)
    /// The snapshot, or the backlog since the position that was resumed from, is complete.
    case synced
    /// Everything that happened up to some position was told.
    case progress
    /// The object's description makes no sense to this agent; what is known of it stays as it is.
    case rejected(Key, Revision, reason: String)
}

extension ReplicaEvent where Value: Replicated, Value.Key == Key {
    /// The one object that comes, changes or goes with the event.
    var key: Key? {
        switch self {
        case .upserted(let value): value.id
        case .deleted(let key, _): key
        case .snapshotBegan, .synced, .progress, .rejected: nil
        }
    }
}

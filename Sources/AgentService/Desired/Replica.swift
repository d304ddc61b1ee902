internal import ResourceModel

/// An object that a watch tells of.
protocol Replicated: Hashable, Sendable {
    associatedtype Key: Hashable & Sendable
    var id: Key { get }
    var revision: Revision { get }
}

extension RouterSpecification: Replicated {}
extension FloatingAddress: Replicated {}
extension NeighbourProxyEntry: Replicated {}

/// The objects of one watch, as they are by all that it told so far.
///
/// A watch tells at least once and not always in order: what is older than what is known is passed over, a deletion
/// included. The objects survive the loss of the stream; a new snapshot replaces them, piece by piece, and what it did
/// not name is gone when it is complete.
struct Replica<Value: Replicated>: Hashable, Sendable {
    typealias Key = Value.Key

    private(set) var values: [Key: Value] = [:]
    /// Whether there was a complete snapshot at any time.
    private(set) var isSynced = false
    /// While a snapshot comes in: what was there before and has not been named yet.
    private var unconfirmed: Set<Key>?
    /// What was deleted since the stream last was complete up to a point, against older news that comes late.
    private var deleted: [Key: Revision] = [:]

    /// What became of the objects.
    enum Outcome: Hashable, Sendable {
        case unchanged
        case upserted(Key)
        /// These are gone, each with the revision that says so.
        case removed([Key: Revision])
        /// The snapshot is complete, and these had left before it.
        case synced(removed: [Key: Revision])
    }

    /// Takes in one event and tells what it changed.
    mutating func apply(_ event: ReplicaEvent<Key, Value>) -> Outcome {
        switch event {
        case .snapshotBegan:
            unconfirmed = Set(values.keys)
            deleted = [:]
        case .upserted(let value):
            return upsert(value)
        case .deleted(let key, let revision):
            return delete(key, revision)
        case .synced:
            return synced()
        case .progress:
            deleted = [:]
        case .rejected(let key, _, _):
            unconfirmed?.remove(key)
        }
        return .unchanged
    }

    private mutating func upsert(_ value: Value) -> Outcome {
        // A snapshot's first word on an object holds even when its revision fell, as it does after a restored backup.
        let isSnapshotsWord = unconfirmed?.remove(value.id) != nil
        let floor = max(values[value.id]?.revision ?? 0, deleted[value.id] ?? 0)
        guard isSnapshotsWord || value.revision >= floor else { return .unchanged }
        deleted[value.id] = nil
        guard values.updateValue(value, forKey: value.id) != value else { return .unchanged }
        return .upserted(value.id)
    }

    private mutating func delete(_ key: Key, _ revision: Revision) -> Outcome {
        if let held = values[key], held.revision > revision { return .unchanged }
        deleted[key] = max(revision, deleted[key] ?? 0)
        unconfirmed?.remove(key)
        guard values.removeValue(forKey: key) != nil else { return .unchanged }
        return .removed([key: revision])
    }

    private mutating func synced() -> Outcome {
        var removed: [Key: Revision] = [:]
        for key in unconfirmed ?? [] {
            removed[key] = values.removeValue(forKey: key)?.revision
        }
        unconfirmed = nil
        deleted = [:]
        isSynced = true
        return .synced(removed: removed)
    }
}

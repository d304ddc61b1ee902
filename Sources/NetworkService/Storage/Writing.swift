internal import ChangeFeed
internal import Postgres
internal import ResourceModel
internal import Synchronization

/// An open transaction that writes: the stores in it, and a place to note what it does.
final class Writing: Sendable {
    /// What a transaction does besides its rows.
    struct Notes: Sendable {
        var changes: [FeedChange] = []
        var counts: [QuotaKey: Int] = [:]
        /// Counts that are held to their limits when they have grown.
        var checked: Set<QuotaKey> = []
    }

    let stores: Stores
    let transaction: Transaction
    private let noted = Mutex(Notes())

    init(_ transaction: Transaction) {
        self.transaction = transaction
        stores = Stores(source: transaction)
    }

    var holds: HoldStore { HoldStore(transaction: transaction) }

    var notes: Notes { noted.withLock(\.self) }

    /// A network has a new revision.
    func note(network id: NetworkID, revision: Revision) {
        note(FeedChange(kind: FeedKind.network, id: id, revision: revision))
    }

    /// A subnet has a new revision.
    func note(subnet id: SubnetID, revision: Revision) {
        note(FeedChange(kind: FeedKind.subnet, id: id, revision: revision))
    }

    /// A port has a new revision.
    ///
    /// Whoever watched its device owner from before is told that it went.
    func note(port id: PortID, revision: Revision, owner: String, ownerBefore: String? = nil) {
        if let ownerBefore, ownerBefore != owner {
            note(FeedChange(kind: FeedKind.port, id: id, scope: ownerBefore, revision: revision, isDeleted: true))
        }
        note(FeedChange(kind: FeedKind.port, id: id, scope: owner, revision: revision))
    }

    /// A network, whose last revision this was, is gone.
    func note(deletedNetwork id: NetworkID, after revision: Revision) {
        note(FeedChange(kind: FeedKind.network, id: id, revision: revision + 1, isDeleted: true))
    }

    /// A subnet, whose last revision this was, is gone.
    func note(deletedSubnet id: SubnetID, after revision: Revision) {
        note(FeedChange(kind: FeedKind.subnet, id: id, revision: revision + 1, isDeleted: true))
    }

    /// A port, whose last revision this was, is gone.
    func note(deletedPort id: PortID, after revision: Revision, owner: String) {
        note(FeedChange(kind: FeedKind.port, id: id, scope: owner, revision: revision + 1, isDeleted: true))
    }

    /// A project has so many more objects of a kind; unless that is checked, also beyond its limit.
    func count(_ kind: QuotaKind, of projectID: String, by difference: Int, isChecked: Bool = true) {
        // What belongs to no project is the infrastructure's, and counts for nobody.
        guard !projectID.isEmpty else { return }
        let key = QuotaKey(projectID: projectID, kind: kind)
        noted.withLock {
            $0.counts[key, default: 0] += difference
            if isChecked { $0.checked.insert(key) }
        }
    }

    private func note(_ change: FeedChange) {
        noted.withLock { $0.changes.append(change) }
    }
}

/// The words for objects in the feed.
enum FeedKind {
    static let network = "network"
    static let subnet = "subnet"
    static let port = "port"
}

extension Writing {
    /// A port changed in what is stored beside it, such as its addresses: one more revision.
    func touch(port id: PortID) async throws {
        guard let touched = try await stores.ports.touch(id) else { return }
        note(port: id, revision: touched.revision, owner: touched.owner)
    }
}

import Contracts
import ResourceModel
import SwiftProtobuf
import Synchronization

/// What the fakes need to know of a message to keep it.
protocol FakeResource: Message, Sendable {
    var id: String { get set }
    var projectID: String { get set }
    var revisionNumber: Int64 { get set }
    var tags: [String] { get set }
    var createdAt: Google_Protobuf_Timestamp { get set }
    var updatedAt: Google_Protobuf_Timestamp { get set }
}

extension L3_Network_V1_Network: FakeResource {}
extension L3_Network_V1_Subnet: FakeResource {}
extension L3_Network_V1_Port: FakeResource {}
extension L3_Router_V1_Router: FakeResource {}
extension L3_Floatingip_V1_FloatingIP: FakeResource {}

/// The objects of one kind, by id.
final class Shelf<Item: FakeResource>: Sendable {
    private let items = Mutex<[String: Item]>([:])
    private let queries = Mutex<[L3_Query_V1_Query]>([])
    /// 2026-11-23T15:36:35Z.
    static var now: Google_Protobuf_Timestamp { .with { $0.seconds = 1_795_448_195 } }

    /// The queries that have come, the last one last.
    var seenQueries: [L3_Query_V1_Query] { queries.withLock { $0 } }
    var all: [Item] { items.withLock { $0.values.sorted { $0.id < $1.id } } }

    func put(_ item: Item) { items.withLock { $0[item.id] = item } }

    func get(_ id: String) -> Item? { items.withLock { $0[id] } }

    /// Idempotent by id.
    func create(_ draft: Item, owner: String) -> Item {
        items.withLock { items in
            if let item = items[draft.id] { return item }
            var item = draft
            if item.projectID.isEmpty { item.projectID = owner }
            item.revisionNumber = 1
            item.createdAt = Self.now
            item.updatedAt = Self.now
            items[item.id] = item
            return item
        }
    }

    func change(_ id: String, _ change: (inout Item) throws -> Void) rethrows -> Item? {
        try items.withLock { items in
            guard var item = items[id] else { return nil }
            try change(&item)
            item.revisionNumber += 1
            items[id] = item
            return item
        }
    }

    func remove(_ id: String) { items.withLock { _ = $0.removeValue(forKey: id) } }

    /// A page of what the caller sees, by id; filters on `id` and `project_id` count.
    func page(_ query: L3_Query_V1_Query, where isSeen: (Item) -> Bool) throws -> [Item] {
        queries.withLock { $0.append(query) }
        var found = all.filter(isSeen)
        for filter in query.filters {
            switch filter.field {
            case "id": found.removeAll { !filter.values.contains($0.id) }
            case "project_id": found.removeAll { !filter.values.contains($0.projectID) }
            default: break
            }
        }
        if !query.pageToken.isEmpty {
            guard get(query.pageToken) != nil else {
                throw Refusal(.markerNotFound, "marker \(query.pageToken) is gone")
            }
            found.removeAll { query.reverse ? $0.id >= query.pageToken : $0.id <= query.pageToken }
        }
        guard query.pageSize > 0 else { return found }
        return Array(query.reverse ? found.suffix(Int(query.pageSize)) : found.prefix(Int(query.pageSize)))
    }
}

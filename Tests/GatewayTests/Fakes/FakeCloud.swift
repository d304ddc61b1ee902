import Contracts
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Synchronization

/// The services behind the gateway, in memory.
///
/// They keep objects and owners as the real ones do; what only the real ones know is left out.
final class FakeCloud: Sendable {
    let networks = Shelf<L3_Network_V1_Network>()
    let subnets = Shelf<L3_Network_V1_Subnet>()
    let ports = Shelf<L3_Network_V1_Port>()
    let routers = Shelf<L3_Router_V1_Router>()
    let floatingIPs = Shelf<L3_Floatingip_V1_FloatingIP>()
    let ndpProxies = Shelf<L3_Floatingip_V1_NDPProxy>()
    let agents = Mutex<[L3_Agent_V1_Agent]>([])
    let portForwardings = Mutex<[L3_Floatingip_V1_PortForwarding]>([])
    let conntrackHelpers = Mutex<[L3_Router_V1_ConntrackHelper]>([])
    /// The limits that projects have of their own, and what they use, by project and kind.
    let limits = Mutex<[String: [String: Int64]]>([:])
    let usage = Mutex<[String: [String: Int64]]>([:])
    /// Whose services are away when limits are set.
    let kindsAway = Mutex<Set<String>>([])
    private let refusals = Mutex<[any Error]>([])
    private let contexts = Mutex<[RequestContext]>([])

    /// The next call fails with this, and the one after it with the next.
    func refuse(with errors: any Error...) { refusals.withLock { $0 += errors } }

    /// On whose behalf calls came, the last one last.
    var seenContexts: [RequestContext] { contexts.withLock { $0 } }

    /// Every call of a fake begins with this.
    func begin() throws {
        contexts.withLock { $0.append(CurrentRequest.context) }
        let error = refusals.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let error { throw error }
    }
}

/// A refusal with a chosen reason.
struct Refusal: DomainError {
    var reason: ErrorReason
    var message: String
    init(_ reason: ErrorReason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}

// What all kinds do alike.
extension FakeCloud {
    func get<Item>(_ id: String, on shelf: Shelf<Item>, else reason: ErrorReason) throws -> Item {
        try begin()
        return try find(id, on: shelf, else: reason)
    }

    func list<Item>(_ query: L3_Query_V1_Query, on shelf: Shelf<Item>) throws -> [Item] {
        try begin()
        return try shelf.page(query) { CurrentRequest.context.owns(projectID: $0.projectID) }
    }

    func create<Item>(_ items: [Item], on shelf: Shelf<Item>) throws -> [Item] {
        try begin()
        return items.map { shelf.create($0, owner: CurrentRequest.context.projectID) }
    }

    func update<Item, Request>(
        _ request: Request,
        _ item: Item,
        on shelf: Shelf<Item>,
        else reason: ErrorReason
    ) throws -> Item where Request: FakeUpdate {
        try begin()
        let present = try find(item.id, on: shelf, else: reason)
        try checkWrite(present, expected: request.expectedRevisionNumber)
        let changed = try shelf.change(item.id) { stored in
            try stored.take(request.updateMask, from: item)
            stored.tags += request.addTags.filter { !stored.tags.contains($0) }
            stored.tags.removeAll { request.removeTags.contains($0) }
        }
        return changed ?? present
    }

    func delete<Item>(_ id: String, expected: Int64, on shelf: Shelf<Item>, else reason: ErrorReason) throws {
        try begin()
        try checkWrite(try find(id, on: shelf, else: reason), expected: expected)
        shelf.remove(id)
    }

    private func find<Item>(_ id: String, on shelf: Shelf<Item>, else reason: ErrorReason) throws -> Item {
        guard let item = shelf.get(id), CurrentRequest.context.owns(projectID: item.projectID) else {
            throw Refusal(reason, "\(id) could not be found")
        }
        return item
    }

    private func checkWrite<Item: FakeResource>(_ item: Item, expected: Int64) throws {
        guard CurrentRequest.context.canWrite else { throw Refusal(.notAuthorized, "readers cannot change \(item.id)") }
        guard expected == 0 || expected == item.revisionNumber else {
            throw Refusal(.revisionMismatch, "wanted revision \(expected), current is \(item.revisionNumber)")
        }
    }
}

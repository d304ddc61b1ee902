import Addressing
import ResourceModel
import Synchronization

@testable import NetworkService

/// A program that leans on ports: does what it is told to when it is asked, and remembers what it was asked.
final class FakeObserver: PortObserver {
    enum Question: Hashable, Sendable {
        case deletion(PortID)
        case loss(PortID, [String])
        case networkDeletion(NetworkID)
    }

    private let asked = Mutex<[Question]>([])
    private let answer: @Sendable (Question) async throws -> Void

    init(_ answer: @escaping @Sendable (Question) async throws -> Void = { _ in }) {
        self.answer = answer
    }

    var questions: [Question] { asked.withLock(\.self) }

    func portWillBeDeleted(_ port: Port) async throws { try await take(.deletion(port.id)) }

    func port(_ port: Port, willLose addresses: [IPAddress]) async throws {
        try await take(.loss(port.id, addresses.map(\.description)))
    }

    func networkWillBeDeleted(_ id: NetworkID) async throws { try await take(.networkDeletion(id)) }

    private func take(_ question: Question) async throws {
        asked.withLock { $0.append(question) }
        try await answer(question)
    }
}

/// Holders of ports of which some exist.
struct FakeHolders: HolderDirectory {
    var kinds: Set<String> = ["router", "floating_ip"]
    var living: Set<String>
    var isAway = false

    func held(among keepsakes: [Keepsake]) async throws -> Set<Keepsake> {
        if isAway { throw NetworkError.unavailable("away") }
        return Set(keepsakes.filter { living.contains($0.holder.id) })
    }
}

internal import Glibc
internal import Synchronization

/// What the identity service said of tokens lately.
final class TokenCache: Sendable {
    private let entries = Mutex<[String: Entry]>([:])
    private let lifetime: Duration
    /// When it is full, all is forgotten: then tokens are asked about anew, which costs a question each.
    private let capacity: Int

    /// In octets: real tokens are far shorter, and what is none must not fill the memory.
    private static let longest = 4096

    /// An answer; nobody bears a token that is none.
    struct Answer: Sendable { var bearer: TokenBearer? }

    private struct Entry {
        var answer: Answer
        var end: ContinuousClock.Instant
    }

    init(lifetime: Duration, capacity: Int = 10_000) {
        self.lifetime = lifetime
        self.capacity = capacity
    }

    /// What was said of a token, as long as that counts.
    func answer(for token: String) -> Answer? {
        let entry = entries.withLock { $0[token] }
        guard let entry, entry.end > .now else { return nil }
        if let bearer = entry.answer.bearer, bearer.expiry <= Int64(time(nil)) { return Answer(bearer: nil) }
        return entry.answer
    }

    /// Notes what was said of a token.
    func keep(_ bearer: TokenBearer?, for token: String) {
        guard lifetime > .zero, token.utf8.count <= Self.longest else { return }
        entries.withLock { entries in
            if entries.count >= capacity { entries.removeAll() }
            entries[token] = Entry(answer: Answer(bearer: bearer), end: .now + lifetime)
        }
    }
}

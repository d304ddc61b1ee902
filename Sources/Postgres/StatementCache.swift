/// Which statement texts a connection has prepared, and under which names.
struct StatementCache {
    enum Entry: Equatable {
        case known(String)
        case new(String)
    }

    private let capacity: Int
    private var names: [String: String] = [:]
    private var count = 0

    init(capacity: Int = 512) {
        self.capacity = capacity
    }

    /// Whether the server should forget all before the next new text.
    var isFull: Bool { names.count >= capacity }

    /// The name to send a text under.
    ///
    /// A new one is taken as prepared from now on.
    mutating func entry(for text: String) -> Entry {
        if let name = names[text] { return .known(name) }
        count += 1
        let name = "s\(count)"
        names[text] = name
        return .new(name)
    }

    /// The server does not have the text, or not under this name.
    mutating func forget(_ text: String, name: String? = nil) {
        if name == nil || names[text] == name { names[text] = nil }
    }

    /// The server has forgotten all of them.
    ///
    /// Names are never used twice.
    mutating func removeAll() {
        names.removeAll(keepingCapacity: true)
    }
}

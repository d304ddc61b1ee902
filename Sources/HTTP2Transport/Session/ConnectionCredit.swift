/// How much of a connection's flow-control window may be given back.
///
/// Octets are given back as they arrive, so that one slow call does not hold up the others, until those held for
/// slow calls exceed a limit; then each octet taken frees one.
struct ConnectionCredit {
    private(set) var limit: Int
    private(set) var held = 0
    private(set) var withheld = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Makes room for a message of `count` octets, which must be held before it can be taken.
    mutating func makeRoom(forMessageOf count: Int) {
        limit = max(limit, count < .max / 2 ? count + count / 2 : count)
    }

    /// Counts octets that arrived; gives those to give back now.
    mutating func received(_ count: Int) -> Int {
        held += count
        let allowed = held > limit ? 0 : count
        withheld += count - allowed
        return allowed
    }

    /// Counts octets no longer held; gives those to give back now.
    mutating func released(_ count: Int) -> Int {
        held -= count
        let allowed = min(withheld, max(0, limit - held))
        withheld -= allowed
        return allowed
    }
}

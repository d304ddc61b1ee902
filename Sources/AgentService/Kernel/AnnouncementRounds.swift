internal import Addressing

/// Which announcements are due when.
struct AnnouncementRounds<Router: Hashable & Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// One address of one router.
    struct Entry: Sendable {
        var router: Router
        var address: AnnouncedAddress
        /// How often it is still to be announced; 0 for a try between two rounds.
        var rounds: Int
        /// Which announcing of the address this is part of.
        var ticket: UInt64
    }

    private struct Key: Hashable {
        var router: Router
        var address: IPAddress
    }

    /// Entries by how long they wait, hence each in the order of their time.
    private var first = Line()
    private var repeated = Line()
    private var further = Line()
    /// The newest announcing of each address that is not at its end.
    private var current: [Key: UInt64] = [:]
    private var lastTicket: UInt64 = 0
    private var restsUntil: Instant?
    private var isClosed = false

    /// Adds addresses, an earlier announcing of which ends; tells whether someone may be waiting for them.
    mutating func add(_ addresses: [AnnouncedAddress], of router: Router, at now: Instant) -> Bool {
        let isAwaited = first.isEmpty && restsUntil ?? now <= now
        for address in addresses {
            lastTicket += 1
            current[Key(router: router, address: address.address)] = lastTicket
            first.append(Entry(router: router, address: address, rounds: 3, ticket: lastTicket), due: now)
        }
        return isAwaited
    }

    /// Ends the announcing of addresses.
    mutating func withdraw(_ addresses: [IPAddress], of router: Router) {
        for address in addresses { current[Key(router: router, address: address)] = nil }
    }

    /// Announces again, before the next round, what receivers were too slow for; and nothing for a while.
    mutating func repeatSoon(_ entries: [Entry], restingFor rest: Duration, at now: Instant) {
        for var entry in entries where entry.rounds > 1 {
            entry.rounds = 0
            repeated.append(entry, due: now + .milliseconds(200))
        }
        restsUntil = now + rest
    }

    /// Nothing is announced any more.
    mutating func close() { isClosed = true }

    /// What is due; nil when closed.
    mutating func next(at now: Instant, atMost limit: Int) -> Monitor<Self>.Finding<[Entry]?> {
        if isClosed { return .ready(nil) }
        if let moment = restsUntil, moment > now { return .wait(until: moment) }
        var due: [Entry] = []
        while due.count < limit, let entry = popFirst(at: now) {
            let key = Key(router: entry.router, address: entry.address.address)
            guard current[key] == entry.ticket else { continue }
            due.append(entry)
            if entry.rounds > 1 {
                var next = entry
                next.rounds -= 1
                further.append(next, due: now + .seconds(2))
            } else if entry.rounds == 1 {
                current[key] = nil
            }
        }
        current.releaseRoomIfEmpty()
        guard !due.isEmpty else { return .wait(until: [first.due, repeated.due, further.due].compactMap { $0 }.min()) }
        return .ready(due)
    }

    private mutating func popFirst(at now: Instant) -> Entry? {
        first.popFirst(at: now) ?? repeated.popFirst(at: now) ?? further.popFirst(at: now)
    }

    /// Entries in the order of their time.
    private struct Line: Sendable {
        private var entries: [(entry: Entry, due: Instant)] = []
        private var head = 0

        var isEmpty: Bool { head == entries.count }

        /// When the first one is due.
        var due: Instant? { isEmpty ? nil : entries[head].due }

        mutating func append(_ entry: Entry, due: Instant) { entries.append((entry, due)) }

        mutating func popFirst(at now: Instant) -> Entry? {
            guard !isEmpty, entries[head].due <= now else { return nil }
            defer {
                head += 1
                if head == entries.count || head > 4096 {
                    entries.removeFirst(head)
                    head = 0
                    // Thousands wait at the agent's start: what room they took is given back.
                    if entries.isEmpty, entries.capacity > 1024 { entries = [] }
                }
            }
            return entries[head].entry
        }
    }
}

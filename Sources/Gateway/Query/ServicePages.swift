internal import ResourceModel

/// The calls that one list takes: long ones come in pages, so that no answer of a service is without bound.
struct ServicePages: Hashable, Sendable {
    /// The query of the next call; nil when everything has come.
    private(set) var next: ListQuery?
    private let pageSize: Int
    private var rest: Int?

    init(query: ListQuery, pageSize: Int) {
        self.pageSize = pageSize
        rest = query.limit
        var first = query
        // All that is before the end is everything, in the same order: it comes as forward pages.
        if query.marker == nil, query.limit == nil { first.reverse = false }
        // Any other page before the marker comes whole: its parts would have to be put together from the back.
        if !first.reverse { first.limit = min(query.limit ?? pageSize, pageSize) }
        next = first
    }

    /// Notes what the last call brought.
    mutating func took(_ count: Int, lastID: String?) {
        guard var query = next, let limit = query.limit, !query.reverse, count >= limit, let lastID else {
            next = nil
            return
        }
        rest = rest.map { $0 - count }
        guard rest != 0 else {
            next = nil
            return
        }
        query.marker = lastID
        query.limit = min(rest ?? pageSize, pageSize)
        next = query
    }
}

/// What a list call asks for: which objects, in which order, and which page of them.
public struct ListQuery: Hashable, Sendable {
    /// Every filter must hold.
    public var filters: [Filter]
    /// The order; ties, and an empty list, are broken by `id` ascending.
    public var sort: [SortKey]
    /// The most objects to answer with; nil is all of them.
    public var limit: Int?
    /// The id of the last object of the page before (or, with `reverse`, of the first of the page after).
    public var marker: String?
    /// Whether the page before the marker is wanted; objects still come in forward order.
    public var reverse: Bool

    /// A query; by default for everything.
    public init(
        filters: [Filter] = [],
        sort: [SortKey] = [],
        limit: Int? = nil,
        marker: String? = nil,
        reverse: Bool = false
    ) {
        self.filters = filters
        self.sort = sort
        self.limit = limit
        self.marker = marker
        self.reverse = reverse
    }

    /// Holds when the field's value is one of the values.
    public struct Filter: Hashable, Sendable {
        /// The attribute's name, as in the contracts.
        public var field: String
        /// The values, one of which must match, in the contracts' text form.
        public var values: [String]

        /// A filter on one attribute.
        public init(_ field: String, _ values: [String]) {
            self.field = field
            self.values = values
        }
    }

    /// One attribute of the order.
    public struct SortKey: Hashable, Sendable {
        /// The attribute's name, as in the contracts.
        public var field: String
        /// Whether the greatest come first.
        public var descending: Bool

        /// A key of the order.
        public init(_ field: String, descending: Bool = false) {
            self.field = field
            self.descending = descending
        }
    }
}

/// One page of a list.
public struct Page<Item: Sendable>: Sendable {
    /// The objects, in forward order.
    public var items: [Item]
    /// Whether the page came back full, so that another may follow.
    public var isFull: Bool

    /// A page of the given objects.
    public init(items: [Item], isFull: Bool) {
        self.items = items
        self.isFull = isFull
    }
}

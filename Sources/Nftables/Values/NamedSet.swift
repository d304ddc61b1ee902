/// A set or a map that rules look values up in, however many it holds, in the same time.
public struct NamedSet: Hashable, Sendable {
    /// Its name, unique within its table.
    public var name: ObjectName
    /// What its keys are.
    public var key: DataType
    /// What it maps them to; nil for a set.
    public var value: DataType?
    /// Whether its keys may be ranges.
    ///
    /// Looking up then takes time that grows with their number.
    public var holdsIntervals: Bool
    /// The most elements it can ever hold; nil for no limit.
    ///
    /// A limit makes the kernel use a table of fixed size: half the time to fill, but one element too many is refused.
    public var capacity: UInt32?

    private init(
        name: ObjectName,
        key: DataType,
        value: DataType?,
        holdsIntervals: Bool,
        capacity: UInt32?
    ) {
        self.name = name
        self.key = key
        self.value = value
        self.holdsIntervals = holdsIntervals
        self.capacity = capacity
    }

    /// A set of keys.
    public static func set(
        _ name: ObjectName,
        of key: DataType,
        holdsIntervals: Bool = false,
        capacity: UInt32? = nil
    ) -> NamedSet {
        NamedSet(name: name, key: key, value: nil, holdsIntervals: holdsIntervals, capacity: capacity)
    }

    /// A map from keys to values.
    public static func map(
        _ name: ObjectName,
        from key: DataType,
        to value: DataType,
        holdsIntervals: Bool = false,
        capacity: UInt32? = nil
    ) -> NamedSet {
        NamedSet(name: name, key: key, value: value, holdsIntervals: holdsIntervals, capacity: capacity)
    }
}

/// One element of a set or map.
public struct Element: Hashable, Sendable {
    /// The key, or the first of a range.
    public var key: RegisterValue
    /// The last key of the range; nil for a single key.
    public var through: RegisterValue?
    /// What a map has for it.
    public var value: RegisterValue?
    /// A note of at most 126 bytes that `nft` shows and no packet sees, such as the id of what it stands for.
    public var comment: String?

    /// An element.
    public init(
        _ key: RegisterValue,
        through: RegisterValue? = nil,
        value: RegisterValue? = nil,
        comment: String? = nil
    ) {
        self.key = key
        self.through = through
        self.value = value
        self.comment = comment
    }
}

/// What turns the elements that are there into those that should be.
public struct ElementChanges: Hashable, Sendable {
    /// Elements to delete, first.
    public var deletions: [Element]
    /// Elements to add, then.
    public var additions: [Element]

    /// Elements to delete and to add.
    public init(deletions: [Element], additions: [Element]) {
        self.deletions = deletions
        self.additions = additions
    }

    /// Whether nothing is to be done.
    public var isEmpty: Bool { deletions.isEmpty && additions.isEmpty }

    /// The changes from `observed` to `desired`; an element whose value or comment differs is deleted and added.
    public init(from observed: [Element], to desired: [Element]) {
        let there = Set(observed)
        let wanted = Set(desired)
        deletions = observed.filter { !wanted.contains($0) }
        additions = desired.filter { !there.contains($0) }
    }
}

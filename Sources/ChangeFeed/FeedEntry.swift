public import ResourceModel

/// That an object has changed.
///
/// What it is now, the reader looks up.
public struct FeedEntry: Hashable, Sendable {
    /// Any kind of object.
    private enum Anything {}

    /// Right after this entry.
    public let position: FeedPosition
    /// What kind of object, in the writer's words: `router`.
    public let kind: String
    /// To whom it matters, such as the router or node it belongs to.
    public let scope: String?
    /// The object's revision after the change: a receiver ignores one older than what it has.
    public let revision: Int64
    /// Whether the object is gone, for this scope at least.
    public let isDeleted: Bool
    private let object: ID<Anything>

    /// The object's id.
    public func id<Kind>(of kind: Kind.Type = Kind.self) -> ID<Kind> {
        ID(high: object.high, low: object.low)
    }

    init(
        position: FeedPosition,
        kind: String,
        id: ID<some Any>,
        scope: String?,
        revision: Int64,
        isDeleted: Bool
    ) {
        self.position = position
        self.kind = kind
        self.scope = scope
        self.revision = revision
        self.isDeleted = isDeleted
        object = ID(high: id.high, low: id.low)
    }
}

/// A change to be recorded.
public struct FeedChange: Hashable, Sendable {
    let kind: String
    let id: String
    let scope: String?
    let revision: Int64
    let isDeleted: Bool

    /// A change of an object.
    ///
    /// - Parameters:
    ///   - kind: What kind of object, such as `router`.
    ///   - id: The object's id.
    ///   - scope: To whom it matters. An object that moved between two scopes is recorded once for each.
    ///   - revision: The object's revision after the change.
    ///   - isDeleted: Whether it is gone, for this scope at least.
    public init(kind: String, id: ID<some Any>, scope: String? = nil, revision: Int64, isDeleted: Bool = false) {
        self.kind = kind
        self.id = id.description
        self.scope = scope
        self.revision = revision
        self.isDeleted = isDeleted
    }
}

internal import Addressing

/// What values an attribute takes.
indirect enum AttributeType: Sendable {
    /// Text of at most so many characters.
    case text(Int)
    /// A word of at most so many characters, or a number in its place.
    case word(Int)
    /// A UUID.
    case id
    /// An opaque project id.
    case project
    case boolean
    case integer(ClosedRange<Int64>)
    /// 4 or 6.
    case family
    /// A whole number of any size, which travels as its digits; server-made.
    case decimal
    /// An IP address, of one family where it is given.
    case address(IPVersion?)
    /// An address with prefix length; whether host bits may be set, and whether a bare address counts.
    case block(hostBits: Bool, bareAddress: Bool)
    case mac
    /// One of these words.
    case choice([String])
    /// A label of a host name, in lower case.
    case hostLabel
    /// A domain with a final dot.
    case domain
    /// An object of a table of its own; whether an empty object means null.
    case object([Attribute], emptyIsNull: Bool)
    case list(AttributeType, ListRule)
    /// Any JSON object, which travels as its text.
    case freeObject
    /// A moment; server-made.
    case moment(MomentForm)
    /// Always the same; no field carries it.
    case constant(JSONValue)

    /// The forms in which answers show moments.
    enum MomentForm: Sendable {
        /// `2026-11-23T15:36:35Z`.
        case zulu
        /// `2026-11-23 15:52:54`, as agents have it.
        case blank
    }

    /// What a list may hold.
    struct ListRule: Sendable {
        var isUnique = false
        var longest: Int?

        static let any = ListRule()
        static let unique = ListRule(isUnique: true)
        static func unique(longest: Int) -> ListRule { ListRule(isUnique: true, longest: longest) }
    }

    static let anyInteger = AttributeType.integer(Int64.min...Int64.max)
    static let cidr = AttributeType.block(hostBits: true, bareAddress: false)
    static let networkCIDR = AttributeType.block(hostBits: false, bareAddress: false)
    static func list(_ element: AttributeType) -> AttributeType { .list(element, .any) }
    static func object(_ attributes: [Attribute]) -> AttributeType { .object(attributes, emptyIsNull: false) }
}

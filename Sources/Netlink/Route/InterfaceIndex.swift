/// The number of an interface, unique within its network namespace and positive.
public struct InterfaceIndex: RawRepresentable, Hashable, Sendable, Comparable {
    /// The number.
    public let rawValue: Int32

    /// The interface with this number.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The loopback interface, which is the first of every namespace.
    public static let loopback = InterfaceIndex(rawValue: 1)

    /// Whether the left interface was made first, or was given the smaller number.
    public static func < (left: InterfaceIndex, right: InterfaceIndex) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension InterfaceIndex: ExpressibleByIntegerLiteral {
    /// The interface with the number in a program's text, such as one that it chose itself.
    public init(integerLiteral number: Int32) {
        self.init(rawValue: number)
    }
}

extension InterfaceIndex: CustomStringConvertible {
    /// The number as text.
    public var description: String { String(rawValue) }
}

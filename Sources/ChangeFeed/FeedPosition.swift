/// A place in the feed: all changes up to it have been seen.
///
/// Its text, `xid:sequence`, is opaque to everybody else. Positions order as the entries do.
public struct FeedPosition: Hashable, Comparable, Sendable {
    /// The writer's transaction.
    let transaction: UInt64
    /// The entry's number; 0 is before all entries of the transaction.
    let sequence: Int64

    init(transaction: UInt64, sequence: Int64) {
        self.transaction = transaction
        self.sequence = sequence
    }

    /// Before everything.
    static let start = FeedPosition(transaction: 0, sequence: 0)

    /// Whether the left one comes first.
    public static func < (left: FeedPosition, right: FeedPosition) -> Bool {
        (left.transaction, left.sequence) < (right.transaction, right.sequence)
    }
}

extension FeedPosition: CustomStringConvertible {
    /// The position as text, to be given to a client and taken back.
    public var description: String { "\(transaction):\(sequence)" }

    /// The position a client brought back.
    ///
    /// - Throws: ``ChangeFeedError/invalidPosition(_:)``.
    public init(_ text: String) throws(ChangeFeedError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let transaction = UInt64(parts[0]), let sequence = Int64(parts[1]), sequence >= 0 else {
            throw .invalidPosition(text)
        }
        self.init(transaction: transaction, sequence: sequence)
    }
}

internal import Netlink

/// Steps that many transactions begin with, written once: encoding a table's rules takes as long as all the rest.
public struct PreparedSteps: ~Copyable, Sendable {
    fileprivate let writer: MessageWriter
    /// How many bytes the beginning of a batch takes, which is not part of it.
    fileprivate let start: Int
    fileprivate let steps: [NftablesTransaction.Step]
    fileprivate let nextSetID: UInt32

    /// What `write` adds to an empty transaction.
    public init(_ write: (inout NftablesTransaction) -> Void) {
        var transaction = NftablesTransaction(on: Generation(rawValue: 0))
        start = transaction.writer.count
        write(&transaction)
        steps = Array(transaction.steps.dropFirst())
        nextSetID = transaction.nextSetID
        writer = transaction.takeWriter()
    }
}

extension NftablesTransaction {
    /// Adds prepared steps; no other step may have come before.
    public mutating func add(_ prepared: borrowing PreparedSteps) {
        precondition(isEmpty, "prepared steps must come first")
        guard !prepared.steps.isEmpty else { return }
        writer.append(prepared.writer, from: prepared.start)
        steps += prepared.steps
        nextSetID = prepared.nextSetID
    }

    fileprivate consuming func takeWriter() -> MessageWriter { writer }
}

internal import CLinux

/// The door to the kernel's links, addresses, routes and neighbours of one network namespace.
///
/// The namespace is that of the thread which opens it (see ``NetworkNamespace/perform(_:)``), for ever. Calls block for
/// microseconds, or as long as others hold the kernel's routing lock.
public struct RouteSocket: ~Copyable, Sendable {
    var socket: NetlinkSocket
    /// The number to try for the next interface that needs a chosen one.
    var nextIndex = InterfaceIndex(rawValue: .random(in: 1 << 16..<1 << 24))
    /// How many bytes of requests travel in one piece, well below the kernel's limit for unprivileged senders.
    private static let pieceByteCount = 65536

    /// Opens a socket in the calling thread's network namespace.
    ///
    /// - Throws: `system`.
    public init() throws(NetlinkError) {
        socket = try NetlinkSocket(.route)
    }

    /// Speaks through a socket that is open.
    init(_ socket: consuming NetlinkSocket) { self.socket = socket }

    /// Carries out requests in their order, most of them in one system call.
    ///
    /// A request that the kernel refuses does not stop the others: the list is not a transaction.
    ///
    /// - Throws: `refused` with every refusal, once all others are done; `system`, `timedOut`, `overrun` when what was
    ///   done is unknown.
    public mutating func apply(_ requests: [RouteRequest]) throws(NetlinkError) {
        var refusals: [NetlinkError.Refusal] = []
        var next = 0
        while next < requests.count {
            var writer = socket.makeWriter(capacity: min(requests.count * 96 + 96, Self.pieceByteCount + 4096))
            let firstSequence = writer.sequence
            // The request that each message is part of: some take two.
            var owners: [Int] = []
            while next < requests.count, writer.count < Self.pieceByteCount {
                requests[next].write(to: &writer)
                let count = Int(writer.sequence &- firstSequence) - owners.count
                owners.append(contentsOf: repeatElement(next, count: count))
                next += 1
            }
            writer.acknowledgeLast()
            for answer in try socket.exchange(writer, firstSequence: firstSequence) {
                let index = owners[Int(answer.sequence &- firstSequence)]
                guard let error = answer.error, !requests[index].isMootWith(error),
                    refusals.last?.index != index
                else { continue }
                refusals.append(answer.refusal(index: index, request: requests[index].description))
            }
        }
        if !refusals.isEmpty { throw .refused(refusals) }
    }

    /// Carries out one request.
    ///
    /// - Throws: As ``apply(_:)-([RouteRequest])``.
    public mutating func apply(_ request: RouteRequest) throws(NetlinkError) {
        try apply([request])
    }
}

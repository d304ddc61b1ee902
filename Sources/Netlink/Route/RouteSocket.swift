internal import CLinux

/// The door to the kernel's links, addresses, routes and neighbours of one network namespace.
///
/// The namespace is that of the thread which opens it (see ``NetworkNamespace/perform(_:)``), for ever. Calls block for
/// microseconds, or as long as others hold the kernel's routing lock.
public struct RouteSocket: ~Copyable, Sendable {
    var socket: NetlinkSocket
    /// How many bytes of requests travel in one piece, well below the kernel's limit for unprivileged senders.
    private static let pieceByteCount = 65536

    /// Opens a socket in the calling thread's network namespace.
    ///
    /// - Throws: `system`.
    public init() throws(NetlinkError) {
        socket = try NetlinkSocket(.route)
    }

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
            let first = next
            var writer = socket.makeWriter(capacity: min(requests.count * 96 + 96, Self.pieceByteCount + 4096))
            let firstSequence = writer.sequence
            while next < requests.count, writer.count < Self.pieceByteCount {
                requests[next].write(to: &writer)
                next += 1
            }
            writer.acknowledgeLast()
            for answer in try socket.exchange(writer, firstSequence: firstSequence) {
                let index = first + Int(answer.sequence &- firstSequence)
                guard let error = answer.error, !requests[index].isMootWith(error) else { continue }
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

    /// Makes veth pairs: the host ends here, up and in their bridges, the peers in another namespace, down.
    ///
    /// - Throws: `refused` with `exists` where a name or number is taken; `system`, `timedOut`, `overrun`.
    public mutating func createVethPairs(
        _ pairs: [VethPair],
        peersIn namespace: borrowing NetworkNamespace
    ) throws(NetlinkError) {
        guard !pairs.isEmpty else { return }
        var writer = socket.makeWriter(capacity: pairs.count * 256)
        let firstSequence = writer.sequence
        for pair in pairs {
            writer.createVethPair(pair, peerNamespace: namespace.descriptor.rawValue, flags: 0)
        }
        writer.acknowledgeLast()
        let refusals = try socket.exchange(writer, firstSequence: firstSequence).map { answer in
            let index = Int(answer.sequence &- firstSequence)
            let pair = pairs[index]
            return answer.refusal(index: index, request: "create veth pair \(pair.host.name), \(pair.peer.name)")
        }
        if !refusals.isEmpty { throw .refused(refusals) }
    }
}

internal import CLinux

extension RouteSocket {
    /// Makes veth pairs: the host ends here, up and in their bridges, the peers in another namespace, down.
    ///
    /// - Throws: `refused` with `exists` where a name is taken, with `busy` where a peer's number is, once all others are
    ///   made; `system`, `timedOut`, `overrun`.
    public mutating func createVethPairs(
        _ pairs: [VethPair],
        peersIn namespace: borrowing NetworkNamespace
    ) throws(NetlinkError) {
        var rest = Array(pairs.indices)
        var refusals: [Int: NetlinkError.Refusal] = [:]
        for _ in 0..<Self.indexAttempts where !rest.isEmpty {
            let answers = try create(rest.map { pairs[$0] }, peersIn: namespace)
            for (position, answer) in answers {
                let pair = pairs[rest[position]]
                refusals[rest[position]] = answer.refusal(
                    index: rest[position],
                    request: "create veth pair \(pair.host.name), \(pair.peer.name)"
                )
            }
            // Of two numbers, one may have been taken: the one that was our choice is worth another try.
            rest = refusals.filter { $0.value.error == .busy }.keys.sorted()
            if rest.allSatisfy({ pairs[$0].peer.index == nil }) { break }
            for index in rest { refusals[index] = nil }
        }
        if !refusals.isEmpty { throw .refused(refusals.values.sorted { $0.index < $1.index }) }
    }

    private static var indexAttempts: Int { 4 }

    /// Sends one message to make each pair, and one more to note its alias; returns what was refused, by position.
    private mutating func create(
        _ pairs: [VethPair],
        peersIn namespace: borrowing NetworkNamespace
    ) throws(NetlinkError) -> [(position: Int, answer: Acknowledgement)] {
        var writer = socket.makeWriter(capacity: pairs.count * 320)
        let first = writer.sequence
        // The pair that each message is about; nil for those about aliases, which fail only where the making did.
        var positions: [Int?] = []
        for (position, pair) in pairs.enumerated() {
            writer.createVethPair(
                pair,
                index: chooseIndex(for: pair),
                peerNamespace: namespace.descriptor.rawValue
            )
            positions.append(position)
            guard let alias = pair.host.alias else { continue }
            writer.setAlias(alias, ofLink: pair.host.name)
            positions.append(nil)
        }
        writer.acknowledgeLast()
        return try socket.exchange(writer, firstSequence: first).compactMap { answer in
            positions[Int(answer.sequence &- first)].map { ($0, answer) }
        }
    }

    /// The number for the host end: the kernel heeds the one that was chosen for the peer only if this is chosen, too.
    ///
    /// Source: Linux, drivers/net/veth.c, `veth_newlink`.
    private mutating func chooseIndex(for pair: VethPair) -> InterfaceIndex? {
        guard pair.peer.index != nil else { return nil }
        defer { nextIndex = InterfaceIndex(rawValue: nextIndex.rawValue + 1) }
        return nextIndex
    }
}

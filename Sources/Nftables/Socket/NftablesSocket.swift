internal import CNftnl
public import Netlink

/// The door to the nftables ruleset of one network namespace: that of the thread which opens it, for ever.
///
/// Calls block for microseconds; a transaction of 10,000 elements takes about 15 ms.
public struct NftablesSocket: ~Copyable, Sendable {
    var socket: NetlinkSocket

    /// Opens a socket in the calling thread's network namespace.
    ///
    /// - Throws: `system`.
    public init() throws(NetlinkError) {
        socket = try NetlinkSocket(.netfilter)
    }

    /// Speaks through a socket that is open.
    init(_ socket: consuming NetlinkSocket) { self.socket = socket }

    /// The generation that the ruleset is of at present.
    ///
    /// - Throws: `netlink`: with `notSupported` or `invalid` when the kernel lacks nftables, `notPermitted` without
    ///   CAP_NET_ADMIN.
    public mutating func generation() throws(NftablesError) -> Generation {
        do throws(NetlinkError) {
            return try socket.get(
                "get ruleset generation",
                type: nftablesMessage(NFT_MSG_GETGEN),
                fixedPart: nfgenmsg(nil),
                parse: { (_, body) throws(NetlinkError) in try Generation(message: body) }
            )
        } catch {
            throw .netlink(error)
        }
    }

    /// Applies all of a transaction or nothing, and returns the generation that it made.
    ///
    /// - Throws: `refused`, `generationChanged`, `netlink`: nothing was applied. `outcomeUnknown`: read the table.
    @discardableResult public mutating func commit(
        _ transaction: consuming NftablesTransaction
    ) throws(NftablesError) -> Generation {
        if transaction.isEmpty { return transaction.generation }
        let generation = transaction.generation
        let first = socket.sequence
        transaction.finish(firstSequence: first)
        let refusals: [Acknowledgement]
        do throws(NetlinkError) {
            refusals = try socket.exchange(
                transaction.writer,
                firstSequence: first,
                last: first &+ UInt32(transaction.steps.count - 1),
                batchEdge: first
            )
        } catch {
            throw try resolve(error, generation)
        }
        guard !refusals.isEmpty else { return generation.next }
        if refusals.contains(where: { $0.error == .restart }) { throw .generationChanged }
        throw .refused(
            refusals.map { answer in
                let index = Int(answer.sequence &- first)
                return answer.refusal(index: index - 1, request: transaction.steps[index].description)
            }
        )
    }

    /// What is to be said when the kernel's answer to a transaction was lost.
    private mutating func resolve(
        _ error: NetlinkError,
        _ expected: Generation
    ) throws(NftablesError) -> NftablesError {
        switch error {
        case .overrun, .timedOut, .truncated, .malformed:
            let present = try generation()
            return present == expected ? .netlink(error) : .outcomeUnknown(present)
        case .refused, .system, .interrupted:
            return .netlink(error)
        }
    }
}

/// The type of a message of nftables.
func nftablesMessage(_ message: nf_tables_msg_types) -> UInt32 {
    UInt32(NFNL_SUBSYS_NFTABLES) << 8 | message.rawValue
}

extension Generation {
    init(message body: RawSpan) throws(NetlinkError) {
        var number: UInt32?
        _ = try forEachAttribute(ofMessage: body) { (type, value) in
            if type == Int(NFTA_GEN_ID.rawValue) { number = value.networkNumber }
        }
        guard let number else { throw .malformed("generation without number") }
        self.init(rawValue: number)
    }
}

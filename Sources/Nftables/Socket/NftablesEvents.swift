internal import CNftnl
public import Netlink

/// Listens for transactions on nftables rulesets, whoever commits them.
public struct NftablesEvents: ~Copyable, Sendable {
    private let socket: NetlinkSocket
    private let buffer = ReceiveBuffer.forListings

    /// A transaction that was committed.
    public struct Commit: Hashable, Sendable {
        /// The generation that it made.
        public let generation: Generation
        /// The process that committed it.
        public let process: UInt32
        /// The name of that process, at most 15 bytes.
        public let processName: String
        /// Where it was committed; nil for the listener's own namespace.
        public let namespace: NamespaceID?
    }

    /// What came within one wait.
    public enum News: Hashable, Sendable {
        /// Transactions in their order; empty when a delivery held only their parts.
        case commits([Commit])
        /// Nothing, in the time allowed.
        case quiet
        /// Some were lost, since they came faster than they were read: ask for the generations anew.
        case lost
    }

    /// Listens in the calling thread's network namespace.
    ///
    /// With `fromAllNamespaces` also in all others that it has an id for, as it has for the peers of its veth pairs.
    ///
    /// - Throws: `system`; `fromAllNamespaces` needs CAP_NET_BROADCAST.
    public init(fromAllNamespaces: Bool = false) throws(NetlinkError) {
        let socket = try NetlinkSocket(.netfilter)
        try socket.reserveReceiveBuffer(byteCount: 8 << 20)
        try socket.subscribe(to: NFNLGRP_NFTABLES.rawValue)
        if fromAllNamespaces { try socket.listenToAllNamespaces() }
        self.socket = socket
    }

    /// Waits for transactions and returns those of one delivery.
    ///
    /// It blocks its thread: call it on one of its own.
    ///
    /// - Throws: `malformed`, `truncated`, `system`.
    public mutating func next(within milliseconds: Int32) throws(NetlinkError) -> News {
        guard try socket.waitUntilReadable(milliseconds: milliseconds) else { return .quiet }
        let count: Int
        let namespace: Int32?
        do {
            (count, namespace) = try socket.receiveNews(into: buffer)
        } catch NetlinkError.overrun {
            return .lost
        }
        var commits: [Commit] = []
        try buffer.withBytes(count) { (bytes) throws(NetlinkError) in
            try forEachMessage(in: bytes) { (header, body) throws(NetlinkError) in
                guard header.type == Int(nftablesMessage(NFT_MSG_NEWGEN)) else { return }
                commits.append(try Commit(message: body, namespace: namespace))
            }
        }
        return .commits(commits)
    }
}

extension NftablesEvents.Commit {
    init(message body: RawSpan, namespace: Int32?) throws(NetlinkError) {
        var process: UInt32 = 0
        var name = ""
        _ = try forEachAttribute(ofMessage: body) { (type, value) in
            if type == Int(NFTA_GEN_PROC_PID.rawValue) { process = value.networkNumber ?? 0 }
            if type == Int(NFTA_GEN_PROC_NAME.rawValue) { name = value.text }
        }
        self.init(
            generation: try Generation(message: body),
            process: process,
            processName: name,
            namespace: namespace.map(NamespaceID.init(rawValue:))
        )
    }
}

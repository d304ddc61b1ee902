internal import CLinux
internal import Glibc

/// A netlink socket: it stays in the network namespace in which it was opened, whichever thread uses it later.
///
/// Calls block until the kernel has answered, which takes microseconds unless another holder of the kernel's locks is
/// slow. One caller at a time: the answers of two would mix.
package struct NetlinkSocket: ~Copyable {
    /// The families of netlink that this room speaks.
    package enum Family: Sendable {
        /// Links, addresses, routes, neighbours.
        case route
        /// nftables and conntrack.
        case netfilter
    }

    let descriptor: Descriptor
    /// The sequence number of the next request.
    package var sequence: UInt32 = 1
    /// How much one `send` may hold at present.
    private var sendCapacity: Int
    /// Room for answers; it takes memory only when it is used.
    private static let receiveByteCount: Int32 = 4 << 20
    /// How much more memory than bytes the kernel charges for a datagram.
    private static let sendOverhead = 4096

    /// Opens a socket in the calling thread's network namespace.
    ///
    /// - Throws: `system`.
    package init(_ family: Family, answerWithin seconds: Int = 10) throws(NetlinkError) {
        let descriptor = try Descriptor(openingNetlink: family)
        try descriptor.bindNetlink()
        try descriptor.set(SOL_NETLINK, NETLINK_CAP_ACK, Int32(1))
        try descriptor.set(SOL_NETLINK, NETLINK_EXT_ACK, Int32(1))
        if family == .route {
            // Listings then honour the filters in their requests instead of ignoring them (Linux 4.20).
            try descriptor.set(SOL_NETLINK, NETLINK_GET_STRICT_CHK, Int32(1))
        }
        // Each of a thousand refused requests is answered by itself, before any answer is read. Without the right to
        // have more room, what the system allows must do.
        try? descriptor.set(SOL_SOCKET, SO_RCVBUFFORCE, Self.receiveByteCount)
        try descriptor.set(SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: seconds, tv_usec: 0))
        sendCapacity = try descriptor.sendBufferSize() - Self.sendOverhead
        self.descriptor = descriptor
    }

    /// Takes over a socket of another kind, behind which something speaks as the kernel does.
    ///
    /// - Throws: `system`.
    package init(takingOver number: Int32) throws(NetlinkError) {
        let descriptor = Descriptor(owning: number)
        sendCapacity = try descriptor.sendBufferSize() - Self.sendOverhead
        self.descriptor = descriptor
    }

    /// Makes room for notifications or answers that arrive faster than they are read, beyond the system's limit.
    ///
    /// - Throws: `system` with `notPermitted` without CAP_NET_ADMIN.
    package func reserveReceiveBuffer(byteCount: Int32) throws(NetlinkError) {
        try descriptor.set(SOL_SOCKET, SO_RCVBUFFORCE, byteCount)
    }

    /// Sends all messages as one datagram.
    ///
    /// - Throws: `system`; the kernel then did nothing.
    package mutating func send(_ messages: borrowing MessageWriter) throws(NetlinkError) {
        if messages.count > sendCapacity {
            // The kernel doubles the number for its own overhead and refuses datagrams above it with EMSGSIZE.
            try descriptor.set(SOL_SOCKET, SO_SNDBUFFORCE, Int32(clamping: messages.count + 65536))
            sendCapacity = messages.count
        }
        while true {
            let sent = messages.withBytes { Glibc.send(descriptor.rawValue, $0.baseAddress, $0.count, 0) }
            if sent >= 0 { return }
            let error = ErrorNumber.current
            guard error.rawValue == EINTR else {
                throw .system(call: "send", subject: "\(messages.count) bytes", error)
            }
        }
    }

    /// Receives one datagram and returns its length.
    ///
    /// - Throws: `timedOut`, `overrun`, `truncated`, `system`.
    package func receive(into buffer: borrowing ReceiveBuffer) throws(NetlinkError) -> Int {
        try receive(into: buffer) { recv(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_TRUNC)) }
    }

    /// Receives one datagram and tells which namespace it came from, where the socket listens to several.
    ///
    /// - Throws: `timedOut`, `overrun`, `truncated`, `system`.
    package func receiveNews(
        into buffer: borrowing ReceiveBuffer
    ) throws(NetlinkError) -> (count: Int, namespace: Int32?) {
        var namespace: Int32 = -1
        let count = try receive(into: buffer) {
            clinux_receive(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_TRUNC), &namespace)
        }
        return (count, namespace < 0 ? nil : namespace)
    }

    private func receive(
        into buffer: borrowing ReceiveBuffer,
        _ call: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(NetlinkError) -> Int {
        while true {
            let count = call(buffer.memory)
            if count > buffer.memory.count { throw .truncated(byteCount: count) }
            if count >= 0 { return count }
            let error = ErrorNumber.current
            switch error.rawValue {
            case EINTR: continue
            case EAGAIN: throw .timedOut
            case ENOBUFS: throw .overrun
            default: throw .system(call: "recv", subject: "netlink", error)
            }
        }
    }
}

/// The memory that answers are received into.
package struct ReceiveBuffer: ~Copyable, @unchecked Sendable {
    // Sendable: the memory belongs to this value alone, which cannot be copied.
    let memory: UnsafeMutableRawBufferPointer

    /// Enough for acknowledgements.
    package static var forAcknowledgements: ReceiveBuffer { ReceiveBuffer(byteCount: 4096) }
    /// Enough that the kernel fills it with many objects at a time; it makes pieces of up to 32 KiB.
    package static var forListings: ReceiveBuffer { ReceiveBuffer(byteCount: 65536) }

    private init(byteCount: Int) {
        memory = .allocate(byteCount: byteCount, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// Lends what was received.
    package func withBytes<Result>(
        _ count: Int,
        _ body: (RawSpan) throws(NetlinkError) -> Result
    ) throws(NetlinkError) -> Result {
        try body(UnsafeRawBufferPointer(rebasing: memory[..<count]).bytes)
    }
}

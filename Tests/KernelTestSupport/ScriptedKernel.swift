internal import Glibc
package import Netlink

/// The kernel's end of a netlink socket, played from bytes: what it answers is said beforehand, what it was asked is
/// read afterwards.
///
/// The program's end behaves as a real one whose answers are there at once, and gives up after a second without one.
package final class ScriptedKernel: Sendable {
    private let end: Int32
    private let programsEnd: Int32

    /// A kernel that will answer with these datagrams, one for each time the program looks for one.
    ///
    /// - Throws: When the system has no sockets left, or the answers do not fit into one.
    package init(answers: [[UInt8]]) throws(ScratchError) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .noAnswer("no pair of sockets") }
        (end, programsEnd) = (ends[0], ends[1])
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(programsEnd, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        for answer in answers { try say(answer) }
    }

    /// Says something unasked: one datagram.
    ///
    /// - Throws: When it does not fit in.
    package func say(_ datagram: [UInt8]) throws(ScratchError) {
        guard send(end, datagram, datagram.count, Int32(MSG_DONTWAIT)) == datagram.count else {
            throw .noAnswer("no room for \(datagram.count) bytes")
        }
    }

    deinit { close(end) }

    /// The program's end, which is to be taken once.
    ///
    /// - Throws: `system`.
    package func takeSocket() throws(NetlinkError) -> NetlinkSocket { try NetlinkSocket(takingOver: programsEnd) }

    /// All that was asked so far and not read yet, in its order.
    package func requests() -> [UInt8] {
        var requests: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(end, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { return requests }
            requests += buffer[..<count]
        }
    }
}

internal import Dispatch
internal import Glibc
package import Netlink
internal import Synchronization

/// The kernel's end of a netlink socket, played from bytes, that has an answer for each kind of request: for programs
/// whose order of asking is their own.
package final class AnsweringKernel: Sendable {
    private let programsEnd: Int32
    private let heard = Mutex<[UInt16: [UInt8]]>([:])

    /// A kernel that says this to a request of such a type, with the request's number on each message.
    ///
    /// - Throws: When the system has no sockets left.
    package init(answers: [UInt16: [UInt8]]) throws(ScratchError) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .noAnswer("no pair of sockets") }
        programsEnd = ends[1]
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(programsEnd, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let end = ends[0]
        DispatchQueue.global().async { [self] in
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = recv(end, &buffer, buffer.count, 0)
                guard count >= 16 else { break }
                for request in Self.messages([UInt8](buffer[..<count])) {
                    let type = UInt16(request[4]) | UInt16(request[5]) << 8
                    heard.withLock { $0[type] = Self.numbered(request, by: [0, 0, 0, 0]) }
                    let answer = Self.messages(answers[type] ?? []).flatMap { Self.numbered($0, by: request[8..<12]) }
                    if !answer.isEmpty { send(end, answer, answer.count, Int32(MSG_NOSIGNAL)) }
                }
            }
            close(end)
        }
    }

    /// The program's end, which is to be taken once; the kernel's end closes with it.
    ///
    /// - Throws: `system`.
    package func takeSocket() throws(NetlinkError) -> NetlinkSocket { try NetlinkSocket(takingOver: programsEnd) }

    /// The last request of each type so far, with 0 as its number.
    package var requests: [UInt16: [UInt8]] { heard.withLock { $0 } }

    private static func messages(_ bytes: [UInt8]) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var rest = bytes[...]
        while rest.count >= 16 {
            let start = rest.startIndex
            let length = min(rest.count, max(16, (Int(rest[start]) | Int(rest[start + 1]) << 8) + 3 & ~3))
            messages.append([UInt8](rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return messages
    }

    private static func numbered(_ message: [UInt8], by sequence: some Collection<UInt8>) -> [UInt8] {
        var message = message
        message.replaceSubrange(8..<12, with: sequence)
        return message
    }
}

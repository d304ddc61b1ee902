internal import CLinux
internal import Glibc

/// Sends whole frames on the interfaces of one network namespace; it receives nothing.
///
/// Keep one for each namespace: closing it costs 15 ms, so let it go on a thread that has the time.
public struct PacketSocket: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Opens a socket in the calling thread's network namespace.
    ///
    /// - Throws: `system`; with `notPermitted` without CAP_NET_RAW.
    public init() throws(NetlinkError) {
        // Protocol 0: the kernel delivers no packets to it.
        let socket = socket(AF_PACKET, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw .system(call: "socket", subject: "packet socket", .current) }
        descriptor = Descriptor(owning: socket)
    }

    /// What became of a frame.
    public enum Outcome: Hashable, Sendable {
        /// It is on the link.
        case sent
        /// Some receivers' queues were full (ENOBUFS): send it again later.
        case retryLater
    }

    /// Announces an address on an interface.
    ///
    /// On a bridge with many ports the call lasts until the frame was copied to all of them: about 2 ms for 900.
    ///
    /// - Throws: `system`: `noDevice` when there is no such interface, ENETDOWN when it is down.
    public func send(_ announcement: Announcement, on interface: InterfaceIndex) throws(NetlinkError) -> Outcome {
        var destination = sockaddr_ll()
        destination.sll_family = UInt16(AF_PACKET)
        destination.sll_ifindex = interface.rawValue
        let frame = announcement.frame
        while true {
            let sent = withUnsafePointer(to: &destination) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(
                        descriptor.rawValue,
                        frame,
                        frame.count,
                        0,
                        $0,
                        socklen_t(MemoryLayout<sockaddr_ll>.size)
                    )
                }
            }
            if sent >= 0 { return .sent }
            let error = ErrorNumber.current
            switch error.rawValue {
            case EINTR: continue
            case ENOBUFS: return .retryLater
            default:
                throw .system(
                    call: "sendto",
                    subject: "announcement of \(announcement.address) on interface \(interface)",
                    error
                )
            }
        }
    }
}

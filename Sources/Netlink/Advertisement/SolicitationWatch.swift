internal import CLinux
internal import Glibc

/// Waits for solicitations on many sockets at once, however many there are.
///
/// A socket that is closed is watched no more.
public final class SolicitationWatch: Sendable {
    private let descriptor: Descriptor
    private let wakeUp: Descriptor
    /// What stands for the wake-up among the sockets' numbers.
    private static let wakeUpToken = UInt64.max

    /// Watches no socket yet.
    ///
    /// - Throws: `system`.
    public init() throws(NetlinkError) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw .system(call: "epoll_create1", subject: "solicitations", .current) }
        descriptor = Descriptor(owning: number)
        let event = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard event >= 0 else { throw .system(call: "eventfd", subject: "solicitations", .current) }
        wakeUp = Descriptor(owning: event)
        try add(wakeUp, Self.wakeUpToken)
    }

    /// Watches a socket, for which this number stands from now on; any but the greatest.
    ///
    /// - Throws: `system`.
    public func add(_ socket: borrowing AdvertisementSocket, as token: UInt64) throws(NetlinkError) {
        try add(socket.descriptor, token)
    }

    private func add(_ socket: borrowing Descriptor, _ token: UInt64) throws(NetlinkError) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = token
        guard epoll_ctl(descriptor.rawValue, EPOLL_CTL_ADD, socket.rawValue, &event) == 0 else {
            throw .system(call: "epoll_ctl", subject: "solicitations", .current)
        }
    }

    /// The sockets for which something has come, at most 64 at a time; none when the time is over or someone woke this.
    ///
    /// It blocks its thread, at most so many milliseconds (-1: for ever).
    ///
    /// - Throws: `system`.
    public func wait(atMost milliseconds: Int32) throws(NetlinkError) -> [UInt64] {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        let count = epoll_wait(descriptor.rawValue, &events, Int32(events.count), milliseconds)
        guard count >= 0 else {
            let error = ErrorNumber.current
            guard error.rawValue == EINTR else { throw .system(call: "epoll_wait", subject: "solicitations", error) }
            return []
        }
        let tokens = events[..<Int(count)].map(\.data.u64)
        if tokens.contains(Self.wakeUpToken) {
            var times: UInt64 = 0
            eventfd_read(wakeUp.rawValue, &times)
        }
        return tokens.filter { $0 != Self.wakeUpToken }
    }

    /// Ends the present wait, or the next one where there is none.
    public func wake() { eventfd_write(wakeUp.rawValue, 1) }
}

internal import CLinux
internal import Glibc

/// A way to end the waiting of a thread that listens to the kernel, from any other thread and for good.
public final class WakeUp: Sendable {
    private let descriptor: Descriptor

    /// One that has not been given yet.
    ///
    /// - Throws: `system`.
    public init() throws(NetlinkError) {
        let number = eventfd(0, Int32(EFD_CLOEXEC))
        guard number >= 0 else { throw .system(call: "eventfd", subject: "wake-up", .current) }
        descriptor = Descriptor(owning: number)
    }

    /// Ends all waiting, what begins later included.
    public func give() {
        eventfd_write(descriptor.rawValue, 1)
    }

    /// Waits until a descriptor can be read; false when the time, in milliseconds, is over or the wake-up was given.
    static func wait(
        for descriptor: borrowing Descriptor,
        milliseconds: Int32,
        or wakeUp: WakeUp?
    ) throws(NetlinkError) -> Bool {
        var entries = [
            pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0),
            // A negative number is passed over.
            pollfd(fd: wakeUp?.descriptor.rawValue ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        if poll(&entries, 2, milliseconds) >= 0 { return entries[0].revents != 0 && entries[1].revents == 0 }
        let error = ErrorNumber.current
        guard error.rawValue == EINTR else { throw .system(call: "poll", subject: "descriptor", error) }
        return false
    }
}

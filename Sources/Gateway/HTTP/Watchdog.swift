internal import NIOCore

/// Closes a connection whose client takes too long.
///
/// A deadline that moves away costs nothing: the timer looks at it when it goes off, and waits again.
final class Watchdog: @unchecked Sendable {
    // @unchecked: touched on the channel's event loop alone.
    private weak var channel: (any Channel)?
    private var deadline: NIODeadline?
    private var timer: (end: NIODeadline, scheduled: Scheduled<Void>)?

    init(channel: any Channel) {
        self.channel = channel
    }

    /// Something must happen within the time from now; what was expected before no longer is.
    func expect(within time: TimeAmount) {
        let deadline = NIODeadline.now() + time
        self.deadline = deadline
        if let timer {
            guard deadline < timer.end else { return }
            timer.scheduled.cancel()
        }
        wait(until: deadline)
    }

    /// Nothing is expected of the client.
    func rest() {
        deadline = nil
    }

    private func wait(until end: NIODeadline) {
        guard let loop = channel?.eventLoop else { return }
        timer = (end, loop.scheduleTask(deadline: end) { [weak self] in self?.goOff() })
    }

    private func goOff() {
        timer = nil
        guard let deadline else { return }
        if deadline <= .now() {
            channel?.close(mode: .all, promise: nil)
        } else {
            wait(until: deadline)
        }
    }
}

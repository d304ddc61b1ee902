internal import NIOCore

/// Closes a connection whose client takes too long; used on the channel's event loop alone.
///
/// A deadline that moves costs nothing: the one timer looks at it when it goes off and waits again.
struct Watchdog {
    private let timer: DeadlineTimer

    init(channel: any Channel) {
        timer = DeadlineTimer(channel: channel)
    }

    /// Something must happen within the time from now.
    func expect(within time: TimeAmount) {
        timer.deadline = .now() + time
        timer.arm()
    }

    /// As `expect(within:)`, but what had to happen earlier still has to.
    func expectAtMost(within time: TimeAmount) {
        let deadline = NIODeadline.now() + time
        guard timer.deadline.map({ deadline < $0 }) ?? true else { return }
        timer.deadline = deadline
        timer.rearm()
    }

    /// Nothing is expected of the client.
    func rest() {
        timer.deadline = nil
    }
}

/// The timer of a watchdog.
private final class DeadlineTimer: @unchecked Sendable {
    // @unchecked: touched on the channel's event loop alone.
    private weak var channel: (any Channel)?
    private var scheduled: Scheduled<Void>?
    var deadline: NIODeadline?

    init(channel: any Channel) {
        self.channel = channel
    }

    func arm() {
        guard scheduled == nil, let deadline, let loop = channel?.eventLoop else { return }
        scheduled = loop.scheduleTask(deadline: deadline) { [weak self] in self?.fire() }
    }

    /// For a deadline that is earlier than the one the timer waits for.
    func rearm() {
        scheduled?.cancel()
        scheduled = nil
        arm()
    }

    private func fire() {
        scheduled = nil
        guard let deadline else { return }
        if deadline <= .now() {
            channel?.close(mode: .all, promise: nil)
        } else {
            arm()
        }
    }
}

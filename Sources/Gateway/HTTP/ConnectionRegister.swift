internal import NIOCore
internal import Synchronization

/// The connections that are open, so that they can be told to end.
final class ConnectionRegister: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Adds a connection; false when there is no room, or the server is about to stop.
    func add(_ channel: any Channel) -> Bool {
        let added = state.withLock { state in
            guard !state.isDraining, state.channels.count < limit else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
        guard added else { return false }
        channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
        }
        return true
    }

    /// Ends idle connections now, others with the answer that they are working on, and all of them after `time`.
    func drain(within time: TimeAmount) {
        let channels = state.withLock { state in
            state.isDraining = true
            return Array(state.channels.values)
        }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            channel.eventLoop.scheduleTask(in: time) { channel.close(mode: .all, promise: nil) }
        }
    }
}

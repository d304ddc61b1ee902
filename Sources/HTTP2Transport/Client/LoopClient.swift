internal import GRPCCore
internal import NIOCore

/// The part of a client that lives on one loop: its subchannels, and the calls that wait for one of them.
final class LoopClient: @unchecked Sendable {
    // @unchecked: touched on its loop only, but for `executor`.

    /// What becomes of a call that asks to begin.
    enum Placement {
        case begun(ClientConnection)
        case refused(RPCError)
        /// Nothing yet: ask with a listener.
        case waits
    }

    /// Hears where a call was placed, once.
    typealias Listener = (Result<ClientConnection, any Error>) -> Void

    private struct WaitingCall {
        var call: ClientStream
        var tell: Listener
    }

    private enum Phase { case idle, running, draining, ended }

    let executor: EventLoopTaskExecutor
    let deadlines: CallDeadlines
    private var subchannels: [Subchannel] = []
    private var turn = 0
    private var waiting: [WaitingCall] = []
    private var phase = Phase.idle
    private var lastFailure: HTTP2TransportError?
    private var onEnd: (() -> Void)?

    init(eventLoop: any EventLoop) {
        executor = .of(eventLoop)
        deadlines = CallDeadlines(executor: executor)
    }

    /// Begins to connect for the calls that wait; calls may have come before.
    func start(_ shared: ClientShared) {
        guard phase == .idle else { return }
        subchannels = shared.targets.map { address in
            Subchannel(address: address, shared: shared, eventLoop: executor.eventLoop, owner: self)
        }
        phase = .running
        subchannelChanged()
    }

    /// Places `call` on a connection if there is one.
    func place(_ call: ClientStream) -> Placement {
        guard phase == .running || phase == .idle else { return .refused(.closing) }
        deadlines.add(call)
        if let connection = pick() { return .begun(connection) }
        if phase == .idle { return .waits }
        if call.waitsForReady || subchannels.contains(where: \.isPromising) { return .waits }
        return .refused(unavailable)
    }

    /// Places `call` now or when it can be, and tells `listener`.
    func begin(_ call: ClientStream, _ listener: @escaping Listener) {
        settle(WaitingCall(call: call, tell: listener))
    }

    private func settle(_ entry: WaitingCall) {
        switch place(entry.call) {
        case .begun(let connection): entry.tell(.success(connection))
        case .refused(let error): entry.tell(.failure(error))
        case .waits: waiting.append(entry)
        }
    }

    /// Stops the waiting of `call`, which is told `error`.
    func forget(_ call: ClientStream, _ error: any Error = CancellationError()) {
        deadlines.remove(call)
        guard let index = waiting.firstIndex(where: { $0.call === call }) else { return }
        waiting.remove(at: index).tell(.failure(error))
    }

    /// Lets open calls end; `onEnd` is called once the last connection has closed.
    func drain(onEnd: @escaping () -> Void) {
        self.onEnd = onEnd
        guard phase != .ended else { return endIfDone() }
        phase = .draining
        refuseWaiting { _ in true }
        for subchannel in subchannels { subchannel.drain() }
        endIfDone()
    }

    func cut() {
        phase = .ended
        refuseWaiting { _ in true }
        for subchannel in subchannels { subchannel.cut() }
    }

    // What subchannels tell

    /// Calls that wait may be placed anew.
    func subchannelChanged() {
        guard phase == .running else { return }
        let calls = waiting
        waiting = []
        for entry in calls { settle(entry) }
    }

    /// An attempt to connect has failed.
    func subchannelFailed(_ error: HTTP2TransportError) {
        lastFailure = error
        guard !subchannels.contains(where: { $0.isPromising || $0.ready != nil }) else { return }
        refuseWaiting { !$0.call.waitsForReady }
    }

    /// A connection has gone and may have been the last.
    func connectionGone() {
        endIfDone()
    }

    private func refuseWaiting(_ isRefused: (WaitingCall) -> Bool) {
        let error = phase == .running ? unavailable : .closing
        let refused = waiting.filter(isRefused)
        waiting.removeAll(where: isRefused)
        for entry in refused { entry.tell(.failure(error)) }
    }

    private func endIfDone() {
        guard phase == .draining || phase == .ended, !subchannels.contains(where: \.hasConnections) else { return }
        phase = .ended
        onEnd?()
        onEnd = nil
    }

    /// The next subchannel, in turn, that can take a call.
    private func pick() -> ClientConnection? {
        for step in 0..<subchannels.count {
            let index = (turn + step) % subchannels.count
            guard let connection = subchannels[index].ready else {
                // One that fell idle must not stay out for as long as another has a connection.
                subchannels[index].want()
                continue
            }
            turn = (index + 1) % subchannels.count
            return connection
        }
        return nil
    }

    private var unavailable: RPCError {
        RPCError(code: .unavailable, message: "no server can be reached", cause: lastFailure)
    }
}

extension RPCError {
    static let closing = RPCError(code: .failedPrecondition, message: "client transport is closing")
}

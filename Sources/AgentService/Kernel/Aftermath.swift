internal import Addressing
internal import Logging
internal import Netlink

/// What has time until after the answer: ending connections, and letting go of namespaces.
///
/// It has a thread of its own: the kernel keeps one table of connections for all namespaces, so ending some of one
/// router's may take as long as going through all of them. What is asked for meanwhile is done together.
final class Aftermath: Sendable {
    fileprivate struct State {
        var connections: [ObjectIdentifier: (router: RouterNamespace, flushes: Set<ConntrackFlush>)] = [:]
        var released: [RouterNamespace] = []
        /// Not before this moment, after a failure or some work.
        var notBefore: ContinuousClock.Instant?
        var isClosed = false
    }

    private let state = Monitor(State())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Ends connections of a router.
    func endConnections(_ flushes: Set<ConntrackFlush>, of router: RouterNamespace) {
        guard !flushes.isEmpty else { return }
        let isAwaited = state.updateQuietly { state in
            state.add(flushes, of: router)
            return state.notBefore.map { $0 <= .now } ?? true
        }
        if isAwaited { state.wake() }
    }

    /// Lets a router's sockets go, with which its namespace ends.
    func release(_ router: RouterNamespace) {
        state.update { $0.released.append(router) }
    }

    /// The thread's loop.
    var service: ThreadService {
        ThreadService(name: "aftermath", hasTime: true) { [self] in
            while let work = state.wait({ $0.take(at: .now) }) {
                let begun = ContinuousClock.now
                for (router, flushes) in work { end(flushes, of: router) }
                // What comes meanwhile wakes no thread, and is done together; it does not wait long for that.
                let now = ContinuousClock.now
                state.updateQuietly { $0.rest(until: now + max((now - begun) / 4, .milliseconds(2))) }
            }
        } stop: { [self] in
            state.update { $0.isClosed = true }
        }
    }

    private func end(_ flushes: Set<ConntrackFlush>, of router: RouterNamespace) {
        guard !flushes.isEmpty else { return }
        do throws(NetlinkError) {
            try router.endConnections(flushes.flatMap(\.filters))
        } catch {
            logger.warning(
                "connections not ended, will be tried again",
                metadata: [Telemetry.reason: "\(error)", Telemetry.name: "\(router.name)"]
            )
            state.update { state in
                state.add(flushes, of: router)
                state.notBefore = .now + .seconds(1)
            }
        }
    }
}

extension Aftermath.State {
    fileprivate mutating func add(_ flushes: Set<ConntrackFlush>, of router: RouterNamespace) {
        connections[ObjectIdentifier(router), default: (router, [])].flushes.formUnion(flushes)
    }

    /// Leaves what comes until a moment, unless that is to be later anyway.
    fileprivate mutating func rest(until moment: ContinuousClock.Instant) {
        notBefore = max(notBefore ?? moment, moment)
    }

    /// All there is to do; a released router is in it with nothing to end, and is let go by whoever takes it.
    fileprivate mutating func take(
        at now: ContinuousClock.Instant
    ) -> Monitor<Self>.Finding<[(RouterNamespace, Set<ConntrackFlush>)]?> {
        if isClosed { return .ready(nil) }
        guard !connections.isEmpty || !released.isEmpty else { return .wait(until: nil) }
        if let moment = notBefore, moment > now { return .wait(until: moment) }
        let work = connections.values.map { ($0.router, $0.flushes) } + released.map { ($0, []) }
        self = Self()
        return .ready(work)
    }
}

extension ConntrackFlush {
    /// The connections that this ends.
    fileprivate var filters: [ConntrackFilter] {
        switch self {
        case .address(let address): [.to(.v4(address)), .answeredTo(.v4(address))]
        case .port(let port):
            [.to(.v4(port.address), transport: port.transport.rawValue, port: port.port)]
        }
    }
}

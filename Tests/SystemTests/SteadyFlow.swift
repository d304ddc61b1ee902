import Addressing
import Glibc
import Synchronization

@testable import Sluice

/// A way through the router: who calls, and what has to be called to reach the echo at the other end.
struct TrafficPath: Sendable {
    var title: String
    var client: DemoHost
    var destination: IPAddress
    var port = HostEcho.port
    /// As whom the client must appear at the other end.
    var identity: IPAddress
    /// Whether the router's table makes the path what it is; other paths are only routed.
    var isTranslated: Bool { destination.version == .v4 }

    /// Calls once on a new socket and returns whom the other end saw; throws unless the echo comes.
    @discardableResult func call(_ kind: HostSocket.Kind, within limit: Duration? = nil) throws -> Peer? {
        let socket = try HostSocket(on: client, kind)
        if let limit {
            var time = timeval(tv_sec: 0, tv_usec: Int(limit / .microseconds(1)))
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(socket.descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
            }
        }
        try socket.connect(to: destination, port)
        try socket.send(1)
        return try socket.receive()?.peer
    }
}

/// Traffic on a path that goes on from a thread of its own until it is stopped, and that counts what went wrong.
final class SteadyFlow: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// One TCP connection on which a number goes there and back every 10 ms.
        case stream = "TCP flow"
        /// One UDP socket that sends a number every 10 ms, whether or not the one before has come back.
        case datagrams = "UDP flow"
        /// A new TCP connection every 20 ms that asks once.
        case connections = "fresh connections"
    }

    private struct State {
        var isStopped = false
        var sent: UInt32 = 0
        var echoes = 0
        var longest = Duration.zero
        var awaited: Set<UInt32> = []
        var failures: [String] = []
        /// Whom the other end sees in the flow; a translation that was lost and made anew has another port.
        var peer: Peer?

        /// Notes whom the other end saw.
        mutating func see(_ seen: Peer?, as identity: IPAddress) {
            guard let seen else { return }
            if let peer, peer != seen { failures.append("after \(echoes) echoes: seen as \(seen), before as \(peer)") }
            if seen.address != identity { failures.append("seen as \(seen), not as \(identity)") }
            peer = seen
        }
    }

    let path: TrafficPath
    let kind: Kind
    private let state = Mutex(State())

    init(_ kind: Kind, on path: TrafficPath) {
        self.kind = kind
        self.path = path
        DetachedThread.start { [self] in drive() }
    }

    var title: String { "\(path.title), \(kind.rawValue)" }
    var echoes: Int { state.withLock(\.echoes) }
    /// The last number that was sent.
    var sent: UInt32 { state.withLock(\.sent) }
    /// Whether something has gone wrong that was not taken yet.
    var hasFailed: Bool { state.withLock { !$0.failures.isEmpty } }
    /// What has been seen so far, for the reader of the log.
    var summary: String {
        state.withLock { "\(title): \($0.echoes) echoes, the slowest after \($0.longest / .milliseconds(1)) ms" }
    }

    func stop() { state.withLock { $0.isStopped = true } }

    /// How many numbers up to this one have not come back.
    func missing(upTo number: UInt32) -> Int {
        state.withLock { state in state.awaited.count { $0 <= number } }
    }

    /// What went wrong since it was last asked; what is missing up to the number is then lost.
    func takeFailures(upTo number: UInt32) -> [String] {
        state.withLock { state in
            var failures = state.failures
            let lost = state.awaited.filter { $0 <= number }
            if !lost.isEmpty { failures.append("\(lost.count) lost") }
            state.awaited.subtract(lost)
            state.failures = []
            return failures
        }
    }

    private func drive() {
        switch kind {
        case .stream: attempt { try driveStream() }
        case .datagrams: attempt { try driveDatagrams() }
        case .connections:
            repeat {
                attempt {
                    let number = begin()
                    let start = ContinuousClock.now
                    defer { state.withLock { _ = $0.awaited.remove(number) } }
                    let peer = try path.call(.tcp)
                    // Each connection is a flow of its own, with a port of its own.
                    state.withLock { $0.peer = nil }
                    finish(number, seenAs: peer, after: start.duration(to: .now))
                }
                usleep(20_000)
            } while !isStopped
        }
    }

    private func driveStream() throws {
        let socket = try HostSocket(on: path.client, .tcp)
        try socket.connect(to: path.destination, path.port)
        repeat {
            let number = begin()
            let start = ContinuousClock.now
            try socket.send(number)
            let echo = try socket.receive()
            guard let echo, echo.number == number else { throw SluiceError("another number came back") }
            finish(number, seenAs: echo.peer, after: start.duration(to: .now))
            usleep(10_000)
        } while !isStopped
    }

    private func driveDatagrams() throws {
        let socket = try HostSocket(on: path.client, .udp)
        try socket.connect(to: path.destination, path.port)
        var starts: [UInt32: ContinuousClock.Instant] = [:]
        repeat {
            let number = begin()
            starts[number] = .now
            // An ICMP error of an earlier one is told by the next call; the flow goes on, as a real one would.
            attempt { try socket.send(number) }
            usleep(10_000)
            attempt {
                while let echo = try socket.receive(waits: false) {
                    let time = starts.removeValue(forKey: echo.number)?.duration(to: .now) ?? .zero
                    finish(echo.number, seenAs: echo.peer, after: time)
                }
            }
        } while !isStopped
    }

    private var isStopped: Bool { state.withLock(\.isStopped) }

    private func begin() -> UInt32 {
        state.withLock { state in
            state.sent += 1
            state.awaited.insert(state.sent)
            return state.sent
        }
    }

    private func finish(_ number: UInt32, seenAs peer: Peer?, after time: Duration) {
        state.withLock { state in
            state.see(peer, as: path.identity)
            state.awaited.remove(number)
            state.echoes += 1
            state.longest = max(state.longest, time)
        }
    }

    private func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            state.withLock { $0.failures.append("after \($0.echoes) echoes: \(error)") }
        }
    }
}

import Addressing
import Glibc
import Netlink
import Synchronization

@testable import Sluice

/// A TCP connection on which a byte goes there and back every 10 ms; it says whether one ever failed to come back.
final class EchoFlow: Sendable {
    private struct State {
        var echoes = 0
        var failure: String?
        var isStopped = false
    }

    private let state = Mutex(State())
    static let port: UInt16 = 9090

    /// Listens on the server's host, connects from the client's, and keeps going on threads of their own.
    init(from client: DemoHost, to address: String, servedBy server: DemoHost) throws {
        let listener = try Self.socket(on: server)
        try Self.check(Self.withAddress(nil) { bind(listener, $0, $1) }, "bind")
        try Self.check(listen(listener, 1), "listen")
        DetachedThread.start { Self.serve(listener) }
        let connection = try Self.socket(on: client)
        let destination = IPv4Address(address)
        try Self.check(Self.withAddress(destination) { connect(connection, $0, $1) }, "connect to \(address)")
        DetachedThread.start { [self] in drive(connection) }
    }

    /// How often a byte has come back.
    var echoes: Int { state.withLock(\.echoes) }
    /// What went wrong, if anything did.
    var failure: String? { state.withLock(\.failure) }

    func stop() { state.withLock { $0.isStopped = true } }

    private func drive(_ connection: Int32) {
        defer { close(connection) }
        var byte: UInt8 = 0
        while !state.withLock(\.isStopped) {
            guard send(connection, &byte, 1, Int32(MSG_NOSIGNAL)) == 1, recv(connection, &byte, 1, 0) == 1 else {
                let text = String(cString: strerror(errno))
                state.withLock { $0.failure = "after \($0.echoes) echoes: \(text)" }
                return
            }
            state.withLock { $0.echoes += 1 }
            usleep(10_000)
        }
    }

    private static func serve(_ listener: Int32) {
        let connection = accept(listener, nil, nil)
        defer {
            close(connection)
            close(listener)
        }
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) == 1, send(connection, &byte, 1, Int32(MSG_NOSIGNAL)) == 1 {}
    }

    private static func socket(on host: DemoHost) throws -> Int32 {
        let namespace = try NetworkNamespace.open(named: host.namespace)
        let descriptor = try namespace.perform { () throws(NetlinkError) in
            Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        }
        try check(descriptor, "socket")
        // A byte that is lost is sent again by TCP; five seconds without any is a flow that broke.
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    private static func check(_ status: Int32, _ call: String) throws {
        guard status >= 0 else { throw SluiceError("\(call): \(errorText())") }
    }

    private static func withAddress(_ address: IPv4Address?, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32)
        -> Int32
    {
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_port = port.bigEndian
        raw.sin_addr.s_addr = address?.bigEndian ?? 0
        return withUnsafePointer(to: &raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

import Glibc
import Synchronization

@testable import Sluice

/// Sends back what comes to a host, with the address that it came from, over any number of TCP connections and over
/// UDP, from a thread of its own.
final class HostEcho: Sendable {
    static let port: UInt16 = 9091
    private let isStopped = Atomic<Bool>(false)

    /// A number that came, and who seems to have sent it.
    struct Answer {
        var number: UInt32 = 0
        private var source = sockaddr_in6()

        init() {}

        fileprivate init(_ number: UInt32, from source: sockaddr_in6) {
            self.number = number
            self.source = source
        }

        /// Whom the echo saw: what the router made of the sender.
        var peer: Peer { Peer(source) }
    }

    init(on host: DemoHost) throws {
        let listener = try HostSocket(on: host, .tcp)
        let datagrams = try HostSocket(on: host, .udp)
        try listener.listen(on: Self.port)
        try datagrams.listen(on: Self.port)
        DetachedThread.start { [self] in serve(listener, datagrams) }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    private func serve(_ listener: HostSocket, _ datagrams: HostSocket) {
        var connections: [Int32: sockaddr_in6] = [:]
        while !isStopped.load(ordering: .relaxed) {
            var polled = ([listener.descriptor, datagrams.descriptor] + connections.keys).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&polled, nfds_t(polled.count), 100) > 0 else { continue }
            for entry in polled.dropFirst(2) where entry.revents != 0 {
                guard let source = connections[entry.fd], !Self.echo(entry.fd, from: source) else { continue }
                close(entry.fd)
                connections[entry.fd] = nil
            }
            if polled[1].revents != 0 { Self.echoDatagram(datagrams.descriptor) }
            if polled[0].revents != 0, let (connection, source) = Self.accepted(listener.descriptor) {
                connections[connection] = source
            }
        }
        for connection in connections.keys { close(connection) }
    }

    private static func accepted(_ listener: Int32) -> (Int32, sockaddr_in6)? {
        let (connection, source) = withSource { accept(listener, $0, $1) }
        return connection < 0 ? nil : (connection, source)
    }

    /// False when the connection has ended.
    private static func echo(_ connection: Int32, from source: sockaddr_in6) -> Bool {
        var number: UInt32 = 0
        guard recv(connection, &number, 4, Int32(MSG_WAITALL)) == 4 else { return false }
        var answer = Answer(number, from: source)
        let size = MemoryLayout<Answer>.size
        return send(connection, &answer, size, Int32(MSG_NOSIGNAL)) == size
    }

    private static func echoDatagram(_ descriptor: Int32) {
        var number: UInt32 = 0
        let (count, source) = withSource { recvfrom(descriptor, &number, 4, Int32(MSG_DONTWAIT), $0, $1) }
        guard count == 4 else { return }
        var answer = Answer(number, from: source)
        _ = Peer(source).withAddress {
            Int32(sendto(descriptor, &answer, MemoryLayout<Answer>.size, 0, $0, $1))
        }
    }

    /// What a call returns, with the source that it tells.
    private static func withSource<Result>(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> (Result, sockaddr_in6) {
        var source = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafeMutablePointer(to: &source) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
        return (result, source)
    }
}

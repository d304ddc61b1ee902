import Glibc
import Synchronization

@testable import Sluice

/// Sends back what comes to a host, over any number of TCP connections and over UDP, from a thread of its own.
final class HostEcho: Sendable {
    static let port: UInt16 = 9091
    private let isStopped = Atomic<Bool>(false)

    init(on host: DemoHost) throws {
        let listener = try HostSocket(on: host, .tcp)
        let datagrams = try HostSocket(on: host, .udp)
        try listener.listen(on: Self.port)
        try datagrams.listen(on: Self.port)
        DetachedThread.start { [self] in serve(listener, datagrams) }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    private func serve(_ listener: HostSocket, _ datagrams: HostSocket) {
        var connections: [Int32] = []
        while !isStopped.load(ordering: .relaxed) {
            var polled = ([listener.descriptor, datagrams.descriptor] + connections).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&polled, nfds_t(polled.count), 100) > 0 else { continue }
            for entry in polled.dropFirst(2) where entry.revents != 0 && !Self.echo(entry.fd) {
                close(entry.fd)
                connections.removeAll { $0 == entry.fd }
            }
            if polled[1].revents != 0 { Self.echoDatagram(datagrams.descriptor) }
            if polled[0].revents != 0 {
                let connection = accept(listener.descriptor, nil, nil)
                if connection >= 0 { connections.append(connection) }
            }
        }
        for connection in connections { close(connection) }
    }

    /// False when the connection has ended.
    private static func echo(_ connection: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = recv(connection, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count > 0 && send(connection, &buffer, count, Int32(MSG_NOSIGNAL)) == count
    }

    private static func echoDatagram(_ descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 64)
        var peer = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let flags = Int32(MSG_DONTWAIT)
                let count = recvfrom(descriptor, &buffer, buffer.count, flags, address, &length)
                if count > 0 { _ = sendto(descriptor, &buffer, count, 0, address, length) }
            }
        }
    }
}

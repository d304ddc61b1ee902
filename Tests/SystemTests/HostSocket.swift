import Addressing
import Glibc
import Netlink

@testable import Sluice

/// A socket in a host's namespace that gives up after five seconds without an answer; closed when it is let go.
final class HostSocket: Sendable {
    enum Kind: String, Sendable {
        case tcp, udp
    }

    let descriptor: Int32

    init(on host: DemoHost, _ kind: Kind) throws {
        let type = kind == .tcp ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue)
        let namespace = try NetworkNamespace.open(named: host.namespace)
        descriptor = try namespace.perform { () throws(NetlinkError) in
            socket(AF_INET, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        }
        guard descriptor >= 0 else { throw SluiceError("socket: \(errorText())") }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    func listen(on port: UInt16) throws {
        guard Self.withAddress(nil, port, { bind(descriptor, $0, $1) }) == 0 else {
            throw SluiceError("bind: \(errorText())")
        }
        _ = Glibc.listen(descriptor, 64)
    }

    func connect(to address: IPv4Address, _ port: UInt16) throws {
        guard Self.withAddress(address, port, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
            throw SluiceError("connect: \(errorText())")
        }
    }

    /// Sends a number.
    func send(_ number: UInt32) throws {
        var number = number
        guard Glibc.send(descriptor, &number, 4, Int32(MSG_NOSIGNAL)) == 4 else {
            throw SluiceError("send: \(errorText())")
        }
    }

    /// The next number that comes; nil when nothing is there and it was not to wait.
    func receive(waits: Bool = true) throws -> UInt32? {
        var number: UInt32 = 0
        let count = recv(descriptor, &number, 4, Int32(waits ? MSG_WAITALL : MSG_DONTWAIT))
        if count == 4 { return number }
        if !waits && count < 0 && errno == EAGAIN { return nil }
        throw SluiceError(count < 0 ? "receive: \(errorText())" : "receive: the connection ended")
    }

    private static func withAddress(
        _ address: IPv4Address?,
        _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
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

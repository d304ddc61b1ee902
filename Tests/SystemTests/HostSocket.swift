import Addressing
import Glibc
import Netlink

@testable import Sluice

/// A socket of both families in a host's namespace that gives up after five seconds without an answer; closed when it
/// is let go.
final class HostSocket: Sendable {
    enum Kind: String, Sendable {
        case tcp, udp
    }

    let descriptor: Int32

    init(on host: DemoHost, _ kind: Kind) throws {
        let type = kind == .tcp ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue)
        let namespace = try NetworkNamespace.open(named: host.namespace)
        descriptor = try namespace.perform { () throws(NetlinkError) in
            socket(AF_INET6, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        }
        guard descriptor >= 0 else { throw SluiceError("socket: \(errorText())") }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var no: Int32 = 0
        setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    func listen(on port: UInt16) throws {
        guard Peer(address: .any(.v6), port: port).withAddress({ bind(descriptor, $0, $1) }) == 0 else {
            throw SluiceError("bind: \(errorText())")
        }
        _ = Glibc.listen(descriptor, 64)
    }

    func connect(to address: IPAddress, _ port: UInt16) throws {
        guard Peer(address: address, port: port).withAddress({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
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

    /// The next echo that comes; nil when nothing is there and it was not to wait.
    func receive(waits: Bool = true) throws -> HostEcho.Answer? {
        var answer = HostEcho.Answer()
        let size = MemoryLayout<HostEcho.Answer>.size
        let count = recv(descriptor, &answer, size, Int32(waits ? MSG_WAITALL : MSG_DONTWAIT))
        if count == size { return answer }
        if !waits && count < 0 && errno == EAGAIN { return nil }
        throw SluiceError(count < 0 ? "receive: \(errorText())" : "receive: the connection ended")
    }
}

/// One end of a conversation.
struct Peer: Hashable, Sendable, CustomStringConvertible {
    var address: IPAddress
    var port: UInt16

    var description: String { "\(address) port \(port)" }

    init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// The end that a socket of both families names.
    init(_ raw: sockaddr_in6) {
        let address = withUnsafeBytes(of: raw.sin6_addr) { IPv6Address(bytes: $0) } ?? .any
        self.address =
            address.isIPv4Mapped
            ? .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: address.low))) : .v6(address)
        port = UInt16(bigEndian: raw.sin6_port)
    }

    /// Lends the end as a socket of both families wants it named.
    func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var raw = sockaddr_in6()
        raw.sin6_family = sa_family_t(AF_INET6)
        raw.sin6_port = port.bigEndian
        let bytes =
            switch address {
            case .v4(let address): IPv6Address(high: 0, low: 0xffff_0000_0000 | UInt64(address.rawValue)).bytes
            case .v6(let address): address.bytes
            }
        withUnsafeMutableBytes(of: &raw.sin6_addr) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
    }
}

internal import Addressing
internal import Glibc
internal import Netlink

/// A TCP server in a host's namespace that tells each client the host's title and the address it sees it come from.
final class DemoServer: Sendable {
    static let port: UInt16 = 8080
    private let listener: Int32

    /// Starts to listen; the thread ends with `stop`.
    init(on host: DemoHost) throws {
        let namespace = try NetworkNamespace.open(named: host.namespace)
        let descriptor = try namespace.perform { () throws(NetlinkError) in
            socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        }
        guard descriptor >= 0, SocketAddress(nil, Self.port).bind(descriptor), listen(descriptor, 16) == 0 else {
            throw SluiceError("\(host.title) cannot listen: \(errorText())")
        }
        listener = descriptor
        let title = host.title
        DetachedThread.start { Self.serve(descriptor, title: title) }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func serve(_ listener: Int32, title: String) {
        while true {
            var peer = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let client = withUnsafeMutablePointer(to: &peer) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(listener, $0, &length) }
            }
            guard client >= 0 else { return }
            var text = "\(title)|\(IPv4Address(bigEndian: peer.sin_addr.s_addr))"
            _ = text.withUTF8 { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            close(client)
        }
    }
}

/// What a client learnt from a `DemoServer`.
struct DemoAnswer: Hashable {
    /// Who answered.
    var server: String
    /// From which address the client came, as the server saw it.
    var clientAddress: String
}

extension DemoHost {
    /// Connects to a server and reads its answer; nil when there is none within the time.
    func ask(_ destination: IPv4Address, within seconds: Int) throws -> DemoAnswer? {
        let space = try NetworkNamespace.open(named: namespace)
        let descriptor = try space.perform { () throws(NetlinkError) in
            socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard SocketAddress(destination, DemoServer.port).connect(descriptor) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = recv(descriptor, &buffer, 128, 0)
        let words = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: "|")
        return words.count == 2 ? DemoAnswer(server: String(words[0]), clientAddress: String(words[1])) : nil
    }
}

/// An IPv4 socket address as the socket calls take it.
private struct SocketAddress {
    var raw = sockaddr_in()

    /// `nil` is any address.
    init(_ address: IPv4Address?, _ port: UInt16) {
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_port = port.bigEndian
        raw.sin_addr.s_addr = address?.bigEndian ?? 0
    }

    func bind(_ descriptor: Int32) -> Bool { call { Glibc.bind(descriptor, $0, $1) } }

    func connect(_ descriptor: Int32) -> Bool { call { Glibc.connect(descriptor, $0, $1) } }

    private func call(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Bool {
        withUnsafePointer(to: raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

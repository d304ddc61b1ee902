internal import Addressing
internal import Glibc
internal import Netlink

/// An Internet socket that was opened inside a scratch namespace, and stays in it.
struct ScratchSocket: ~Copyable, Sendable {
    let descriptor: Int32
    private let version: IPVersion

    init(in namespace: ScratchNamespace, _ transport: Transport, _ version: IPVersion) throws(NetlinkError) {
        let family = version == .v4 ? AF_INET : AF_INET6
        let type =
            switch transport {
            case .tcp: Int32(SOCK_STREAM.rawValue)
            case .udp: Int32(SOCK_DGRAM.rawValue)
            }
        descriptor = try namespace.perform { () throws(NetlinkError) in
            socket(family, type | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        }
        self.version = version
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    init(accepted descriptor: Int32, _ version: IPVersion) {
        self.descriptor = descriptor
        self.version = version
    }

    deinit { close(descriptor) }

    func connect(to address: IPAddress, port: UInt16, within seconds: Double) throws(ScratchError) {
        let result = SocketAddress(address, port: port).withPointer { Glibc.connect(descriptor, $0, $1) }
        if result == 0 { return }
        guard errno == EINPROGRESS, wait(for: POLLOUT, within: seconds) else {
            throw .noAnswer("no connection to \(address) port \(port)")
        }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
        guard failure == 0 else {
            throw .noAnswer("no connection to \(address) port \(port): \(String(cString: strerror(failure)))")
        }
    }

    func send(_ text: String) throws(ScratchError) {
        let bytes = [UInt8](text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw .noAnswer("could not send: \(String(cString: strerror(errno)))")
        }
    }

    func receive(within seconds: Double) throws(ScratchError) -> String {
        guard wait(for: POLLIN, within: seconds) else { throw .noAnswer("silence") }
        var buffer = [UInt8](repeating: 0, count: 2048)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw .noAnswer(count == 0 ? "closed" : String(cString: strerror(errno))) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// Whether the socket is ready in time.
    func wait(for event: Int32, within seconds: Double) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return poll(&entry, 1, Int32(seconds * 1000)) > 0
    }
}

/// An address and port as the kernel's calls want them.
struct SocketAddress {
    private var storage = sockaddr_storage()

    init(_ address: IPAddress, port: UInt16) {
        switch address {
        case .v4(let address):
            var raw = sockaddr_in()
            raw.sin_family = sa_family_t(AF_INET)
            raw.sin_port = port.bigEndian
            raw.sin_addr.s_addr = address.bigEndian
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: raw, as: sockaddr_in.self) }
        case .v6(let address):
            var raw = sockaddr_in6()
            raw.sin6_family = sa_family_t(AF_INET6)
            raw.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &raw.sin6_addr) { $0.copyBytes(from: address.bytes) }
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: raw, as: sockaddr_in6.self) }
        }
    }

    /// What a call that fills in an address wrote; nil when that is not of IP.
    init?(filledInBy call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Bool) {
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let succeeded = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &size) }
        }
        guard succeeded else { return nil }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        let size =
            Int32(storage.ss_family) == AF_INET
            ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        return withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }

    /// The address and port, written as an echo begins.
    var text: String {
        withUnsafeBytes(of: storage) { bytes in
            if Int32(storage.ss_family) == AF_INET {
                let raw = bytes.load(as: sockaddr_in.self)
                return "\(IPv4Address(bigEndian: raw.sin_addr.s_addr)) \(UInt16(bigEndian: raw.sin_port))"
            }
            let raw = bytes.load(as: sockaddr_in6.self)
            let address = withUnsafeBytes(of: raw.sin6_addr) { IPv6Address(bytes: $0) } ?? .any
            return "\(address) \(UInt16(bigEndian: raw.sin6_port))"
        }
    }
}

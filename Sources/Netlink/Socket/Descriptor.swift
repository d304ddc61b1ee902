internal import CLinux
internal import Glibc

/// A file descriptor that is closed when its owner lets it go.
struct Descriptor: ~Copyable {
    let rawValue: Int32

    /// Takes over an open descriptor.
    init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit { close(rawValue) }
}

extension Descriptor {
    /// Opens a file.
    ///
    /// - Throws: `system`.
    init(opening path: String, flags: Int32, mode: mode_t = 0) throws(NetlinkError) {
        let descriptor = open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .system(call: "open", subject: path, .current) }
        self.init(owning: descriptor)
    }

    /// Opens a file below a mount point.
    ///
    /// - Throws: `system`, which names the file as if that were mounted at its usual place.
    init(opening path: String, in mount: borrowing Descriptor, of place: String, flags: Int32) throws(NetlinkError) {
        let descriptor = openat(mount.rawValue, path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(call: "open", subject: "\(place)/\(path)", .current) }
        self.init(owning: descriptor)
    }
}

extension Descriptor {
    /// Opens a netlink socket in the calling thread's network namespace.
    ///
    /// - Throws: `system`.
    init(openingNetlink family: NetlinkSocket.Family) throws(NetlinkError) {
        let number =
            switch family {
            case .route: NETLINK_ROUTE
            case .netfilter: NETLINK_NETFILTER
            }
        let socket = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), number)
        guard socket >= 0 else { throw .system(call: "socket", subject: "netlink \(family)", .current) }
        self.init(owning: socket)
    }

    /// Lets the kernel give the socket an address of its own.
    ///
    /// - Throws: `system`.
    func bindNetlink() throws(NetlinkError) {
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(rawValue, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        guard result == 0 else { throw .system(call: "bind", subject: "netlink socket", .current) }
    }

    /// Sets an option of the socket.
    ///
    /// - Throws: `system`.
    func set(_ level: Int32, _ option: Int32, _ value: some BitwiseCopyable) throws(NetlinkError) {
        let result = withUnsafeBytes(of: value) {
            setsockopt(rawValue, level, option, $0.baseAddress, socklen_t($0.count))
        }
        guard result == 0 else {
            throw .system(call: "setsockopt", subject: "\(level)/\(option)", .current)
        }
    }

    /// The number of bytes that messages on their way may take, as the kernel counts them.
    ///
    /// - Throws: `system`.
    func sendBufferSize() throws(NetlinkError) -> Int {
        var size: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(rawValue, SOL_SOCKET, SO_SNDBUF, &size, &length) == 0 else {
            throw .system(call: "getsockopt", subject: "SO_SNDBUF", .current)
        }
        return Int(size)
    }
}

internal import Glibc

/// A kernel parameter of a network namespace, as in `/proc/sys`.
public struct Sysctl: Hashable, Sendable {
    /// Its path below `/proc/sys`.
    public let path: String

    /// The parameter at this path below `/proc/sys`, such as `net/ipv4/ip_forward`.
    public init(path: String) {
        self.path = path
    }

    /// Whether IPv4 packets are forwarded; a new namespace has it from the first.
    public static let ipv4Forwarding = Sysctl(path: "net/ipv4/ip_forward")
    /// Whether IPv6 packets are forwarded; off in every new namespace.
    public static let ipv6Forwarding = Sysctl(path: "net/ipv6/conf/all/forwarding")
    /// Whether IPv6 is off on interfaces made from now on.
    public static let ipv6DisabledByDefault = Sysctl(path: "net/ipv6/conf/default/disable_ipv6")
    /// Whether TCP packets outside the window are tracked rather than marked invalid.
    public static let conntrackTCPIsLiberal = Sysctl(path: "net/netfilter/nf_conntrack_tcp_be_liberal")
    /// How many connections the namespace's conntrack table holds.
    public static let conntrackCount = Sysctl(path: "net/netfilter/nf_conntrack_count")

    /// Its path below `/proc`.
    fileprivate var file: String { "sys/\(path)" }

    /// The value in the calling thread's namespace, without the final line feed.
    ///
    /// - Throws: `system` with `notFound` when the kernel or the namespace has no such parameter.
    public func read() throws(NetlinkError) -> String {
        try OpenSysctl(self, isWritable: false).read()
    }

    /// Sets the value in the calling thread's namespace; this costs some 30 µs.
    ///
    /// - Throws: `system`.
    public func write(_ value: String) throws(NetlinkError) {
        try OpenSysctl(self).write(value)
    }
}

/// A kernel parameter that is held open: that of the namespace in which it was opened, whichever thread asks.
///
/// To find a parameter takes ten times as long as to read it. It does not keep its namespace alive.
public struct OpenSysctl: ~Copyable, Sendable {
    private let descriptor: Descriptor
    private let file: String

    /// Opens a parameter in the calling thread's namespace.
    ///
    /// - Throws: `system` with `notFound` when the kernel or the namespace has no such parameter.
    public init(_ parameter: Sysctl, isWritable: Bool = true) throws(NetlinkError) {
        file = parameter.file
        descriptor = try ProcMount.open(file, flags: isWritable ? O_RDWR : O_RDONLY)
    }

    /// The value, without the final line feed.
    ///
    /// - Throws: `system`.
    public borrowing func read() throws(NetlinkError) -> String {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 256) { buffer, length in
            count = pread(descriptor.rawValue, buffer.baseAddress, buffer.count, 0)
            length = max(count, 0)
        }
        guard count >= 0 else { throw .system(call: "read", subject: file, .current) }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// Sets the value.
    ///
    /// - Throws: `system`.
    public borrowing func write(_ value: String) throws(NetlinkError) {
        var text = value
        let written = text.withUTF8 { pwrite(descriptor.rawValue, $0.baseAddress, $0.count, 0) }
        guard written >= 0 else { throw .system(call: "write", subject: file, .current) }
    }
}

extension NetworkNamespace {
    /// The value of a parameter in this namespace.
    ///
    /// - Throws: `system`.
    public borrowing func value(of parameter: Sysctl) throws(NetlinkError) -> String {
        try perform { () throws(NetlinkError) in try parameter.read() }
    }

    /// Sets a parameter in this namespace.
    ///
    /// - Throws: `system`.
    public borrowing func set(_ parameter: Sysctl, to value: String) throws(NetlinkError) {
        try perform { () throws(NetlinkError) in try parameter.write(value) }
    }
}

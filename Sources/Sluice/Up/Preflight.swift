internal import Glibc

/// What must hold before a local cluster starts; each failure says what to do.
struct Preflight {
    var settings: ClusterSettings

    func check() throws {
        if settings.hasAgent {
            guard geteuid() == 0 else {
                throw SluiceError("the agent programs the kernel and needs root: use sudo, or --without-agent")
            }
            guard access("/proc/net/netfilter", F_OK) == 0 else {
                throw SluiceError("the kernel has no netfilter: load nf_tables (`modprobe nf_tables nf_conntrack`)")
            }
        }
        try checkPort()
    }

    private func checkPort() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0, let host = IPv4Text(settings.host) else { return }
        defer { close(descriptor) }
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = settings.port.bigEndian
        address.sin_addr = host.address
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let advice = errno == EADDRINUSE ? "choose another with --port" : "choose another with --listen and --port"
            throw SluiceError("cannot listen on \(settings.host):\(settings.port): \(errorText()); \(advice)")
        }
    }
}

/// An IPv4 address as the socket calls take it.
struct IPv4Text {
    var address: in_addr

    init?(_ text: String) {
        var parsed = in_addr()
        guard inet_pton(AF_INET, text, &parsed) == 1 else { return nil }
        address = parsed
    }
}

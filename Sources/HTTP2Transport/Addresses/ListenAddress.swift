internal import NIOCore

/// Where a server accepts connections.
public enum ListenAddress: Sendable, Hashable {
    /// A TCP socket; `host` is a name or an IP literal, port 0 asks the kernel for a free one.
    case tcp(host: String, port: Int)
    /// A unix stream socket; a socket file left behind by an earlier process is replaced.
    case unix(path: String)
}

/// Where a client finds a server.
public enum ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// A TCP socket; `host` is a name (asked for anew at each connect) or an IP literal.
    case tcp(host: String, port: Int)
    /// A unix stream socket.
    case unix(path: String)

    /// The address as gRPC writes it in the `:authority` of a request.
    public var authority: String {
        switch self {
        case .tcp(let host, let port): host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix: "localhost"
        }
    }

    /// The address in a log line.
    public var description: String {
        switch self {
        case .tcp: authority
        case .unix(let path): "unix:\(path)"
        }
    }
}

extension SocketAddress? {
    /// The address as gRPC writes a peer (`ipv4:…`, `ipv6:[…]:…`, `unix:…`).
    var peerDescription: String {
        switch self {
        case .v4(let address): "ipv4:\(address.host.isEmpty ? numeric : address.host):\(self?.port ?? 0)"
        case .v6: "ipv6:[\(numeric)]:\(self?.port ?? 0)"
        case .unixDomainSocket: "unix:\(self?.pathname ?? "")"
        case nil: "unknown"
        }
    }

    private var numeric: String { self?.ipAddress ?? "" }
}

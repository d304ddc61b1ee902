/// What a server shows and asks for; all files are PEM.
public struct HTTP2ServerTLS: Sendable, Hashable {
    /// The server's certificate, then those that lead to its root.
    public var certificateChainPath: String
    /// The key of the first certificate.
    public var privateKeyPath: String
    /// Roots that a client's certificate must lead to; nil asks clients for none.
    public var clientTrustPath: String?
    /// How often the files are looked at; changed ones serve the connections accepted from then on.
    ///
    /// nil never looks.
    public var reloadInterval: Duration?

    /// TLS with these files, mutual if `clientTrustPath` is given.
    public init(
        certificateChainPath: String,
        privateKeyPath: String,
        clientTrustPath: String? = nil,
        reloadInterval: Duration? = .seconds(30)
    ) {
        self.certificateChainPath = certificateChainPath
        self.privateKeyPath = privateKeyPath
        self.clientTrustPath = clientTrustPath
        self.reloadInterval = reloadInterval
    }
}

/// Whom a client trusts and who it is; all files are PEM.
public struct HTTP2ClientTLS: Sendable, Hashable {
    /// Roots that the server's certificate must lead to; nil takes the system's.
    public var trustPath: String?
    /// The client's certificate and key for mutual TLS; nil shows none.
    public var identity: Identity?
    /// The name that the server's certificate must bear; nil takes the address's host.
    public var serverName: String?
    /// How often the files are looked at; changed ones serve the connections made from then on.
    ///
    /// nil never looks.
    public var reloadInterval: Duration?

    /// A certificate chain and the key of its first certificate.
    public struct Identity: Sendable, Hashable {
        /// The client's certificate, then those that lead to its root.
        public var certificateChainPath: String
        /// The key of the first certificate.
        public var privateKeyPath: String

        /// An identity in two files.
        public init(certificateChainPath: String, privateKeyPath: String) {
            self.certificateChainPath = certificateChainPath
            self.privateKeyPath = privateKeyPath
        }
    }

    /// Trust in `trustPath` or the system's roots.
    public init(
        trustPath: String? = nil,
        identity: Identity? = nil,
        serverName: String? = nil,
        reloadInterval: Duration? = .seconds(30)
    ) {
        self.trustPath = trustPath
        self.identity = identity
        self.serverName = serverName
        self.reloadInterval = reloadInterval
    }
}

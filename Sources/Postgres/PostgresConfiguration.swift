/// Where the database is and how it is used.
public struct PostgresConfiguration: Sendable {
    /// How far TLS is asked for.
    ///
    /// Means nothing on a unix socket.
    public enum TLS: String, Sendable, CaseIterable {
        /// Never.
        case disable
        /// When the server offers it; the server's certificate is not checked.
        case prefer
        /// Always; the server's certificate is not checked.
        case require
        /// Always; the certificate must come from `rootCertificate`.
        case verifyAuthority = "verify-ca"
        /// Always; the certificate must come from `rootCertificate` and bear the host's name.
        case verifyFull = "verify-full"
    }

    /// A host name, an address, or the directory of a unix socket (begins with `/`).
    ///
    /// Default `localhost`.
    public var host: String = "localhost"
    /// TCP port, or the unix socket's number.
    ///
    /// 1…65535, default 5432.
    public var port: Int = 5432
    /// The database's name.
    public var database: String
    /// The role to log in as.
    public var user: String
    /// The role's password; never printed.
    public var password: String?
    /// Default `.prefer`.
    public var tls: TLS = .prefer
    /// File with the certificates to trust, in PEM.
    public var rootCertificate: String?
    /// Most connections for transactions.
    ///
    /// 1…1000, default 8.
    public var poolSize: Int = 8
    /// Connections that reads outside transactions share.
    ///
    /// 1…100, default 2.
    public var readConnections: Int = 2
    /// Most connections for reads while slow queries occupy the others.
    ///
    /// Never less than `readConnections`; default 6.
    public var readConnectionsLimit: Int = 6
    /// Most reads under way on one connection at a time.
    ///
    /// Default 256.
    public var readsPerConnection: Int = 256
    /// How long a caller waits for a connection.
    ///
    /// Default 5 s.
    public var acquireTimeout: Duration = .seconds(5)
    /// How long one connection attempt may take.
    ///
    /// Default 5 s.
    public var connectTimeout: Duration = .seconds(5)
    /// The server stops a statement that runs longer.
    ///
    /// Zero: never. Default 30 s.
    public var statementTimeout: Duration = .seconds(30)
    /// The server drops a session whose transaction waits longer for its client.
    ///
    /// Zero: never. Default 30 s.
    public var idleInTransactionTimeout: Duration = .seconds(30)
    /// How the sessions show up in `pg_stat_activity`.
    public var applicationName: String = "sluice"

    /// A database to be reached as a role, everything else at its default.
    public init(database: String, user: String) {
        self.database = database
        self.user = user
    }
}

extension PostgresConfiguration: CustomStringConvertible {
    /// Where the database is, without the password.
    public var description: String {
        host.hasPrefix("/")
            ? "\(user)@\(host):\(port)/\(database) (unix socket)" : "\(user)@\(host):\(port)/\(database)"
    }
}

/// What a connection is for: it decides the session's settings.
enum ConnectionRole: String, Sendable {
    case transactions, reads, signals
}

extension PostgresConfiguration {
    /// libpq's connection parameters for a session with a role.
    ///
    /// Source: PostgreSQL manual, "Parameter Key Words".
    func parameters(for role: ConnectionRole) -> [(name: String, value: String)] {
        var parameters = [
            ("host", host), ("port", String(port)), ("dbname", database), ("user", user),
            ("sslmode", host.hasPrefix("/") ? "disable" : tls.rawValue),
            // Looking for Kerberos tickets would block.
            ("gssencmode", "disable"),
            ("application_name", applicationName), ("client_encoding", "UTF8"),
            // A host that vanished is found out within seconds, not after the system's two hours.
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"),
            ("options", settings(for: role).map { "-c \($0)=\($1)" }.joined(separator: " ")),
        ]
        if let password { parameters.append(("password", password)) }
        if let rootCertificate { parameters.append(("sslrootcert", rootCertificate)) }
        return parameters
    }

    private func settings(for role: ConnectionRole) -> [(String, String)] {
        var settings = [
            ("statement_timeout", "\(statementTimeout.milliseconds)ms"),
            ("idle_in_transaction_session_timeout", "\(idleInTransactionTimeout.milliseconds)ms"),
            ("timezone", "UTC"), ("datestyle", "ISO"), ("intervalstyle", "iso_8601"), ("extra_float_digits", "1"),
            // Compiling a plan costs a short query more than it ever saves.
            ("jit", "off"),
            // What is asked for is little and mostly in memory: an index leads there sooner than the planner expects, which
            // has a disk with a moving arm in mind.
            ("random_page_cost", "1.1"),
        ]
        if role == .reads { settings.append(("default_transaction_read_only", "on")) }
        // A notification has nothing to keep on disk, but waits for it as everything that commits does.
        if role == .signals { settings.append(("synchronous_commit", "off")) }
        return settings
    }
}

public import Configuration
internal import Glibc

/// Where a service's database is and as whom to log in.
public struct DatabaseSettings: Sendable, Hashable {
    /// A host name, or the directory of a unix socket (it begins with `/`).
    public var host: String
    /// The server's port, also of a unix socket.
    public var port: Int
    /// The database.
    public var name: String
    /// The role.
    public var user: String
    /// The role's password; empty is none.
    public var password: String
    /// Connections at most.
    public var poolSize: Int

    /// Reads `database.host` (127.0.0.1), `database.port` (5432), `database.name`, `database.user` (both the given name),
    /// `database.password` (empty), `database.password-file` (a file that holds it), `database.pool-size` (8, 1…500).
    ///
    /// - Throws: A value out of its range, or a password file that cannot be read.
    public init(reader: ConfigReader, defaultName: String) throws(ConfigurationError) {
        host = reader.string(forKey: "database.host", default: "127.0.0.1")
        port = reader.int(forKey: "database.port", default: 5432)
        name = reader.string(forKey: "database.name", default: defaultName)
        user = reader.string(forKey: "database.user", default: defaultName)
        password = reader.string(forKey: "database.password", isSecret: true, default: "")
        poolSize = reader.int(forKey: "database.pool-size", default: 8)
        guard (1...65535).contains(port) else { throw ConfigurationError("database.port", "\(port) is no port") }
        guard (1...500).contains(poolSize) else {
            throw ConfigurationError("database.pool-size", "\(poolSize) is not in 1…500")
        }
        if let path = reader.string(forKey: "database.password-file") {
            password = try Self.firstLine(ofFile: path)
        }
    }

    /// The settings for `--help`.
    public static func settings(defaultName: String) -> [Setting] {
        [
            Setting(
                "database.host",
                type: "host|directory",
                default: "127.0.0.1",
                help: "PostgreSQL's host, or the directory of its unix socket."
            ),
            Setting("database.port", type: "port", default: "5432", help: "PostgreSQL's port."),
            Setting("database.name", type: "name", default: defaultName, help: "The database."),
            Setting("database.user", type: "name", default: defaultName, help: "The role to log in as."),
            Setting("database.password", type: "text", default: "", help: "The role's password."),
            Setting("database.password-file", type: "path", default: "", help: "A file that holds the password."),
            Setting("database.pool-size", type: "count", default: "8", help: "Connections at most, 1…500."),
        ]
    }

    private static func firstLine(ofFile path: String) throws(ConfigurationError) -> String {
        guard let file = fopen(path, "r") else {
            throw ConfigurationError(
                "database.password-file",
                "cannot read \(path): \(String(cString: strerror(errno)))"
            )
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF, byte != Int32(UInt8(ascii: "\n")) {
            bytes.append(UInt8(truncatingIfNeeded: byte))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

internal import Glibc
public import Testing

/// Where PostgreSQL's server programs are on this machine.
public enum PostgresTools {
    /// The directory with `initdb` and `postgres`: of the search path, or the newest of a distribution's.
    public static let directory: String? = {
        let path = (environment("PATH") ?? "").split(separator: ":").map(String.init)
        let versions = (15...30).reversed().map { "/usr/lib/postgresql/\($0)/bin" }
        return (path + versions).first { isExecutable("\($0)/initdb") && isExecutable("\($0)/postgres") }
    }()

    /// Whether tests that need a server are to run: where they cannot, they are skipped, but fail when `CI` is `true`.
    public static var arePresent: Bool { directory != nil || environment("CI") == "true" }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    /// What to put before a command so that it does not run as root, which the server refuses.
    static var unprivileged: [String] {
        guard getuid() == 0 else { return [] }
        let user = getpwnam("postgres") != nil ? "postgres" : "nobody"
        return ["setpriv", "--reuid", user, "--regid", "\(group(of: user))", "--clear-groups", "--"]
    }

    static func owner() -> (user: uid_t, group: gid_t)? {
        guard getuid() == 0 else { return nil }
        guard let entry = getpwnam("postgres") ?? getpwnam("nobody") else { return nil }
        return (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    private static func group(of user: String) -> gid_t {
        getpwnam(user)?.pointee.pw_gid ?? 65534
    }
}

extension Trait where Self == ConditionTrait {
    /// The suite or test talks to a real PostgreSQL.
    public static var needsPostgres: Self {
        .enabled(if: PostgresTools.arePresent, "PostgreSQL's server programs are not installed")
    }
}

extension Tag {
    /// Talks to a real PostgreSQL.
    @Tag public static var postgres: Self
}

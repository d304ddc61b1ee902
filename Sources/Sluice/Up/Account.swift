internal import Glibc

/// A system account that programs run as.
struct Account: Sendable {
    var name: String
    var userID: uid_t
    var groupID: gid_t

    /// The account that owns the data: for root `postgres` or `nobody` (PostgreSQL refuses to run as root), else oneself.
    static func ofData() throws -> Account {
        guard geteuid() == 0 else { return Account(name: "", userID: geteuid(), groupID: getegid()) }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return Account(name: name, userID: entry.pointee.pw_uid, groupID: entry.pointee.pw_gid)
            }
        }
        throw SluiceError("no account `postgres` or `nobody` to run PostgreSQL as")
    }

    /// The command line that runs a program as this account, which keeps the process's pid.
    ///
    /// `setpriv` changes the account after the exec: between fork and exec of a process with threads, the C library's
    /// `setuid` may wait for threads that the child does not have, for ever.
    func command(_ executable: String, _ arguments: [String]) -> (executable: String, arguments: [String]) {
        guard geteuid() == 0, userID != 0 else { return (executable, arguments) }
        let options = ["--reuid", "\(userID)", "--regid", "\(groupID)", "--clear-groups", "--"]
        return ("/usr/bin/setpriv", options + [executable] + arguments)
    }
}

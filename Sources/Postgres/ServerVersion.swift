/// The server's version as libpq numbers it: 150020 is 15.20.
struct ServerVersion: Hashable, Sendable {
    let number: Int

    static let oldestUsable = 15

    /// - Throws: ``PostgresError/tooOld(_:)`` below version 15.
    func check() throws(PostgresError) {
        let major = number / 10_000
        guard major < Self.oldestUsable else { return }
        throw .tooOld("PostgreSQL \(major) is too old: \(Self.oldestUsable) or newer is needed")
    }
}

internal import Glibc
internal import Subprocess
internal import SystemPackage

/// The PostgreSQL programs of the host.
struct PostgresTools: Sendable {
    /// The folder that has `initdb` and `postgres`.
    var folder: String

    /// Debian keeps them apart from the PATH, a folder a version; the newest is taken.
    ///
    /// - Throws: There are none.
    static func find() throws -> PostgresTools {
        let versions = (15...30).reversed().map { "/usr/lib/postgresql/\($0)/bin" }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let folders = versions + path.split(separator: ":").map(String.init)
        for folder in folders where access("\(folder)/initdb", X_OK) == 0 && access("\(folder)/postgres", X_OK) == 0 {
            return PostgresTools(folder: folder)
        }
        throw SluiceError("PostgreSQL 15 or newer is not installed: `make setup`, or `apt-get install postgresql`")
    }

    /// Checks that the programs are of a version that Sluice can use.
    ///
    /// - Throws: They are older than 15.
    func checkVersion() async throws {
        let result = try await run(
            .path(FilePath("\(folder)/postgres")),
            arguments: ["--version"],
            output: .string(limit: 200)
        )
        let text = result.standardOutput
        let major = text.split(separator: " ").compactMap { Int($0.prefix { $0.isNumber }) }.first ?? 0
        guard major >= 15 else {
            throw SluiceError("\(folder) has PostgreSQL \(major): 15 or newer is needed")
        }
    }
}

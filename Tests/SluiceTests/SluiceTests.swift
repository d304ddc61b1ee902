import Glibc
import Testing

@testable import Sluice

@Suite struct PreflightTests {
    private func settings(port: UInt16) -> ClusterSettings {
        ClusterSettings(
            data: "/tmp/none",
            host: "127.0.0.1",
            port: port,
            externalBridge: "br-ex",
            nodeNamespace: nil,
            nodeName: nil,
            hasAgent: false
        )
    }

    @Test func `a port that is taken is named with what to do`() throws {
        let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(taken) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(taken, $0, length) == 0 && listen(taken, 1) == 0 && getsockname(taken, $0, &length) == 0
            }
        }
        try #require(bound)
        let port = UInt16(bigEndian: address.sin_port)
        let error = #expect(throws: SluiceError.self) { try Preflight(settings: settings(port: port)).check() }
        #expect(error?.description.contains("\(port)") == true)
        #expect(error?.description.contains("--port") == true)
    }

    @Test func `a free port passes`() throws {
        try Preflight(settings: settings(port: try FreePort.find())).check()
    }
}

@Suite struct RunFolderTests {
    private func temporary() -> RunFolder {
        RunFolder(path: "/tmp/sluice-test-\(getpid())-\(UInt32.random(in: 0...9999))")
    }

    private var owner: Account { Account(name: "", userID: geteuid(), groupID: getegid()) }

    @Test func `a second cluster on the same data is refused`() throws {
        let folder = temporary()
        defer { FolderRemoval.remove(folder.path) }
        try folder.make(owner: owner)
        try folder.lock()
        #expect(throws: SluiceError.self) { try folder.lock() }
    }

    @Test func `a path too long for unix sockets is refused`() {
        let folder = RunFolder(path: "/tmp/" + String(repeating: "x", count: 100))
        #expect(throws: SluiceError.self) { try folder.make(owner: owner) }
    }

    @Test func `the database's folders are closed to others`() throws {
        let folder = temporary()
        defer { FolderRemoval.remove(folder.path) }
        try folder.make(owner: owner)
        for path in [folder.database, folder.databaseSocket] {
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
        }
    }

    @Test func `a pid file of a process that is not ours ends nothing`() async throws {
        let folder = temporary()
        defer { FolderRemoval.remove(folder.path) }
        try folder.make(owner: owner)
        let file = try #require(fopen(folder.pidFile("network"), "w"))
        fputs("\(getpid())\n", file)
        fclose(file)
        #expect(Leftovers(folder: folder).pid(of: "network") == getpid())
        await Leftovers(folder: folder).end([("network", "/nowhere/NetworkService", SIGKILL)])
    }
}

@Suite struct JSONValueTests {
    @Test func `members and items that are not there are null`() {
        let value: JSONValue = ["a": [1, "x"], "b": true]
        #expect(value["a"][1].text == "x")
        #expect(value["a"][2] == .null)
        #expect(value["c"]["d"] == .null)
        #expect(value["b"] == .bool(true))
    }
}

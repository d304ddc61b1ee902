import Testing

/// The rules over made-up files: each of them can fail, and leaves alone what is right.
@Suite struct RuleTests {
    private func source(_ path: String, _ text: String) -> SourceFile {
        SourceFile(path: "Sources/\(path)", text: text)
    }

    @Test(arguments: [
        ("RouterService/RouterRegistry.swift", "import FloatingIPService"), ("Gateway/A.swift", "import Postgres"),
        ("AgentService/A.swift", "internal import Postgres"), ("RouterService/A.swift", "public import Nftables"),
        ("Addressing/A.swift", "import FoundationEssentials"), ("Netlink/A.swift", "import Foundation"),
        ("Postgres/A.swift", "@preconcurrency public import struct NIOCore.ByteBuffer"),
        ("ChangeFeed/A.swift", "@_spi(Rows) import Contracts"), ("Cellar/A.swift", ""),
        ("Executables/GatewayMain/main.swift", "import RouterService"),
    ])
    func `an import against the arrows is found`(path: String, text: String) {
        #expect(strayImports(in: source(path, text)).count == 1)
    }

    @Test(arguments: [
        ("RouterService/A.swift", "import Addressing\npublic import ChangeFeed\nimport Listing\n// import Nftables"),
        ("Netlink/A.swift", "internal import CLinux\nimport Glibc\nlet text = \"\"\"\nimport Postgres\n\"\"\""),
        ("Executables/GatewayMain/main.swift", "import Gateway\nimport ServiceRuntime"),
        ("Executables/SluiceMain/main.swift", "import Sluice"),
    ])
    func `imports along the arrows pass`(path: String, text: String) {
        #expect(strayImports(in: source(path, text)).isEmpty)
    }

    @Test func `a domain that knows more than values is found`() {
        let file = source(
            "RouterService/Domain/Router.swift",
            "import Addressing\nimport ResourceModel\nimport Postgres"
        )
        #expect(
            impureDomain(in: file).map(\.description) == [
                "Sources/RouterService/Domain/Router.swift:3: Domain/ may not import Postgres"
            ]
        )
        #expect(impureDomain(in: source("RouterService/Storage/A.swift", "import Postgres")).isEmpty)
    }

    @Test(arguments: [
        ("RouterService/RouterRegistry.swift", 1), ("AgentService/Reconcile/Reconciler.swift", 1),
        ("Gateway/Routes/RouterRoutes.swift", 1), ("RouterService/Transport/RouterEndpoint.swift", 0),
        ("AgentService/Watch/RouterWatch.swift", 0), ("AgentService/Reconcile/StatusReporter.swift", 0),
        ("Gateway/Transcoding/Transcoder.swift", 0), ("RouterService/RouterServiceProgram.swift", 0),
        ("ServiceRuntime/Health.swift", 0),
    ])
    func `generated types away from the rim are found`(path: String, count: Int) {
        #expect(strayContracts(in: source(path, "import Contracts")).count == count)
        #expect(strayContracts(in: source(path, "import Logging")).isEmpty)
    }

    @Test(arguments: [
        "\"SELECT id FROM routers\"", "\"\"\"\n    select id,\n      name\n    from routers\n    \"\"\"",
        "\"select pg_notify(\\(channel), '')\"", "#\"INSERT INTO routers (id) VALUES (1)\"#",
        "\"UPDATE \\(table) SET name = 'x'\"", "\"DELETE FROM routers\"", "\"with gone as (delete from a) select 1\"",
        "\"create table routers (id uuid)\"", "\"LISTEN changes\"",
    ])
    func `SQL outside Storage is found`(literal: String) {
        #expect(straySQL(in: source("RouterService/RouterRegistry.swift", "let a = \(literal)")).count == 1)
        #expect(straySQL(in: source("RouterService/Storage/RouterStore.swift", "let a = \(literal)")).isEmpty)
        #expect(straySQL(in: source("Postgres/Migrator.swift", "let a = \(literal)")).isEmpty)
        #expect(straySQL(in: source("RouterService/RouterRegistry.swift", "// let a = \(literal)")).isEmpty)
    }

    @Test(arguments: [
        "update the router first", "select a network", "delete", "with a gateway", "listen on all addresses",
    ])
    func `words that begin a sentence are no SQL`(text: String) {
        #expect(straySQL(in: source("Gateway/A.swift", "let a = \"\(text)\"")).isEmpty)
    }

    @Test(arguments: [
        "Task { await run() }", "let a = Task(priority: .low) { 1 }", "Task.detached { }", "Task<Void, Never> { }",
        "let a = \"\\(Task { 1 })\"",
    ])
    func `a task without a scope is found`(text: String) {
        #expect(unstructuredTasks(in: source("RouterService/A.swift", text)).map(\.line) == [1])
        #expect(unstructuredTasks(in: source("RouterService/RouterServiceProgram.swift", text)).isEmpty)
        #expect(unstructuredTasks(in: source("Postgres/A.swift", text)).isEmpty)
    }

    @Test(arguments: ["group.addTask { }", "try await Task.sleep(for: .seconds(1))", "// Task { }", "\"Task { }\""])
    func `other uses of the word are not`(text: String) {
        #expect(unstructuredTasks(in: source("RouterService/A.swift", text)).isEmpty)
    }

    @Test func `a printing library is found`() {
        let text = "log.print(1)\n  print(\"a\")\nlet fingerprint = footprint(1) // print(1)\nif x {debugPrint(x)}"
        #expect(strayPrints(in: source("Netlink/A.swift", text)).map(\.line) == [2, 4])
        #expect(strayPrints(in: source("Sluice/A.swift", text)).isEmpty)
    }

    @Test func `an unchecked Sendable without proof is found`() {
        let text = """
            final class A: @unchecked Sendable {}
            // Every field is behind the lock.
            final class B: @unchecked Sendable {}
            struct C: @unchecked Sendable {}  // immutable
            let a = 1  // about a
            struct D: @unchecked Sendable {}
            """
        #expect(unprovenSendability(in: source("Postgres/A.swift", text)).map(\.line) == [1, 6])
    }

    @Test func `what is left unfinished is found`() {
        #expect(unfinished(in: source("A/A.sql", "-- one\n-- TODO: two\n/* FIXME */")).map(\.line) == [2, 3])
        #expect(unfinished(in: source("A/A.swift", "let autodoc = mastodon")).isEmpty)
    }

    @Test func `a type with its module's name is found`() {
        let text = "struct PostgresError {}\n// enum Postgres\npublic enum Postgres {}"
        #expect(typesNamedAsTheirRoom(in: source("Postgres/A.swift", text)).map(\.line) == [3])
        #expect(typesNamedAsTheirRoom(in: source("ChangeFeed/A.swift", text)).isEmpty)
    }

    @Test(arguments: [
        "StringUtils", "TestHelpers", "Common", "RouterManager", "PortDirectoryImpl", "String+Extensions",
    ])
    func `a drawer is found`(name: String) {
        #expect(drawers(in: source("Gateway/\(name).swift", "")).count == 1)
        #expect(drawers(in: source("Gateway/\(name)Page.swift", "")).isEmpty)
    }

    @Test func `a file of 401 lines is found`() {
        #expect(overlongFiles(in: source("A/A.swift", String(repeating: "\n", count: 401))).count == 1)
        #expect(overlongFiles(in: source("A/A.swift", String(repeating: "\n", count: 400))).isEmpty)
    }

    @Test func `a migration that is unlisted, misnamed or out of order is found`() {
        let listing = source("A/Storage/Migrations.swift", "[\"0001_create_routers\",\n \"0003_add_zones\"]")
        let listed = source("A/Storage/0001_create_routers.sql", "")
        #expect(migrationsOutOfOrder(in: [listing, listed]).map(\.line) == [2])
        let unlisted = source("A/Storage/0002_add_leases.sql", "")
        #expect(migrationsOutOfOrder(in: [listing, listed, unlisted]).count == 2)
        let complete = source("A/Storage/Migrations.swift", "[\"0001_create_routers\", \"0002_add_leases\"]")
        #expect(migrationsOutOfOrder(in: [complete, listed, unlisted]).isEmpty)
        #expect(migrationsOutOfOrder(in: [source("A/Storage/routers.sql", "")]).count == 1)
        let elsewhere = source("B/Storage/Migrations.swift", complete.text)
        #expect(migrationsOutOfOrder(in: [elsewhere, listed]).count == 1)
    }

    @Test func `a README without the commands, or a Makefile that does not know them, is found`() {
        let readme = SourceFile(path: "README.md", text: "Run `make demo`, then `make test`.")
        let makefile = SourceFile(path: "Makefile", text: "demo: build\n\ttrue\ntest:\n\ttrue\n")
        #expect(missingCommands(readme: readme, makefile: makefile).isEmpty)
        let empty = SourceFile(path: "README.md", text: "")
        #expect(missingCommands(readme: empty, makefile: empty).count == 4)
    }
}

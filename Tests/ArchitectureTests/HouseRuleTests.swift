import FoundationEssentials
import Testing

/// The rules of ARCHITECTURE.md and CONTRIBUTING.md that a machine can hold, over the tree as it is.
@Suite struct HouseRuleTests {
    private let swiftSources = SourceTree.sources.filter(\.isSwift)
    private let swiftTests = SourceTree.tests.filter(\.isSwift)

    @Test func `the tree is found`() {
        #expect(SourceTree.sources.contains { $0.path == "Sources/Addressing/CIDR.swift" })
        #expect(SourceTree.tests.contains { $0.path == "Tests/ArchitectureTests/HouseRuleTests.swift" })
    }

    @Test func `each room imports what the map allows`() {
        expectNone(swiftSources.flatMap(strayImports))
    }

    @Test func `the domain imports level 1 alone`() {
        expectNone(swiftSources.flatMap(impureDomain))
    }

    @Test func `generated types are named at the rim alone`() {
        expectNone(swiftSources.flatMap(strayContracts))
    }

    @Test func `SQL stands in Storage and in the rooms about PostgreSQL`() {
        expectNone(swiftSources.flatMap(straySQL))
    }

    @Test func `no task is started outside a program's or a driver's scope`() {
        expectNone(swiftSources.flatMap(unstructuredTasks))
    }

    @Test func `libraries do not print`() {
        expectNone(swiftSources.flatMap(strayPrints))
    }

    @Test func `every unchecked Sendable carries its proof`() {
        expectNone((swiftSources + swiftTests).flatMap(unprovenSendability))
    }

    @Test func `no type bears its module's name`() {
        expectNone((swiftSources + swiftTests).flatMap(typesNamedAsTheirRoom))
    }

    @Test func `no file is a drawer`() {
        expectNone((SourceTree.sources + SourceTree.tests).flatMap(drawers))
    }

    @Test func `no Swift file is longer than 400 lines`() {
        expectNone((swiftSources + swiftTests).flatMap(overlongFiles))
    }

    @Test func `nothing is left unfinished`() {
        let others = ["Benchmarks/Sources", "proto", "compose", ".ci"].flatMap(SourceTree.files)
        // These tests have to name the marks they look for.
        let tests = SourceTree.tests.filter { $0.room != "ArchitectureTests" }
        expectNone((SourceTree.sources + tests + others).flatMap(unfinished))
    }

    @Test func `every migration is listed in order`() {
        for room in Set(SourceTree.sources.map(\.room)) {
            expectNone(migrationsOutOfOrder(in: SourceTree.sources.filter { $0.room == room }))
        }
    }

    @Test(.enabled(if: SourceTree.file("README.md") != nil || ProcessInfo.processInfo.environment["CI"] == "true"))
    func `the README names the two commands`() throws {
        let readme = try #require(SourceTree.file("README.md"))
        expectNone(missingCommands(readme: readme, makefile: try #require(SourceTree.file("Makefile"))))
    }

    /// Records each violation as a failure of its own, by file and line.
    private func expectNone(_ violations: [Violation]) {
        for violation in violations { Issue.record("\(violation.description)") }
    }
}

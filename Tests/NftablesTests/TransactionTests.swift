import Addressing
import Glibc
import KernelTestSupport
import Netlink
import Nftables
import Testing

@Suite(.needsKernel, .tags(.kernel)) struct TransactionTests {
    private let table = RouterRuleset.table
    private let map = RouterRuleset.destinations

    private func element(_ number: Int, value: Int = 0) -> Element {
        Element(
            RegisterValue(IPv4Address(203, 0, 0, 0) + number),
            value: RegisterValue(IPv4Address(10, 0, 0, 0) + value)
        )
    }

    /// A table with one map in it.
    private func withMap(_ body: (inout TableOwner) throws -> Void) throws {
        try withTables { tables in
            try tables.commit { [table, map] in
                $0.add(table)
                $0.add(map, to: table)
            }
            try body(&tables)
        }
    }

    @Test func `one refused step undoes all others`() throws {
        try withMap { tables in
            let error = #expect(throws: NftablesError.self) {
                try tables.commit {
                    $0.add([element(1)], to: map, in: table)
                    $0.delete([element(77)], from: map, in: table)
                    $0.add([element(2)], to: map, in: table)
                }
            }
            #expect(refusals(error).map(\.error) == [.notFound])
            #expect(refusals(error).map(\.index) == [1])
            #expect(refusals(error).first?.request == "delete 1 elements of fip_dnat in table ip sluice")
            let elements = try tables.read().elements[map.name]
            #expect(elements == [])
        }
    }

    @Test func `a transaction on a generation that is past is refused`() throws {
        try withMap { tables in
            var late = NftablesTransaction(on: try tables.socket.generation())
            late.add([element(1)], to: map, in: table)
            try tables.namespace.run("nft", "add", "table", "ip", "foreign")
            let before = try tables.socket.generation()
            let error = tables.failure(of: late)
            #expect(error == .generationChanged)
            #expect(try tables.socket.generation() == before)
            #expect(try tables.read().elements[map.name] == [])
        }
    }

    @Test func `each transaction makes the next generation`() throws {
        try withMap { tables in
            let before = try tables.socket.generation()
            let after = try tables.commit { $0.add([element(1)], to: map, in: table) }
            #expect(after == before.next)
            #expect(try tables.socket.generation() == after)
        }
    }

    @Test func `a transaction without steps does nothing`() throws {
        try withMap { tables in
            let before = try tables.socket.generation()
            #expect(try tables.commit { _ in } == before)
            #expect(try tables.socket.generation() == before)
        }
    }

    @Test func `adding the same table, chain, map and element again succeeds`() throws {
        try withMap { tables in
            for _ in 0..<2 {
                try tables.commit {
                    $0.add(table)
                    $0.add(map, to: table)
                    $0.add(Chain("prerouting", .init(.nat, .prerouting, priority: -100)), to: table)
                    $0.add([element(1)], to: map, in: table)
                }
            }
            #expect(try tables.read().elements[map.name] == [element(1)])
        }
    }

    @Test func `another value for a key is refused, and replaced in one transaction`() throws {
        try withMap { tables in
            try tables.commit { $0.add([element(1, value: 1)], to: map, in: table) }
            let error = #expect(throws: NftablesError.self) {
                try tables.commit { $0.add([element(1, value: 2)], to: map, in: table) }
            }
            #expect(error?.number == .exists)
            let changes = ElementChanges(from: [element(1, value: 1)], to: [element(1, value: 2)])
            try tables.commit { $0.apply(changes, to: map, in: table) }
            let elements = try tables.read().elements[map.name]
            #expect(elements == [element(1, value: 2)])
        }
    }

    @Test func `ten thousand floating addresses are added in one transaction`() throws {
        try withMap { tables in
            let sources = RouterRuleset.sources
            let wanted = (0..<10_000).map { element($0, value: $0) }
            let back = wanted.map { Element($0.value ?? $0.key, value: $0.key, comment: "id \($0.key)") }
            let before = try tables.socket.generation()
            try tables.commit {
                $0.add(sources, to: table)
                $0.add(wanted, to: map, in: table)
                $0.add(back, to: sources, in: table)
            }
            let observed = try tables.read()
            #expect(observed.generation == before.next)
            #expect(observed.elements[map.name] == wanted)
            #expect(observed.elements[sources.name] == back)
            try tables.commit { $0.delete(wanted, from: map, in: table) }
            let rest = try tables.read().elements[map.name]
            #expect(rest == [])
        }
    }

    @Test func `a table that others change meanwhile is read in one piece`() throws {
        try withMap { tables in
            let sources = RouterRuleset.sources
            try tables.commit { $0.add(sources, to: table) }
            let namespace = tables.namespace
            let writer = WriterThread { [table, map] in
                var socket = try namespace.perform { () throws(NetlinkError) in try NftablesSocket() }
                for number in 0..<40 {
                    var transaction = NftablesTransaction(on: try socket.generation())
                    transaction.add([element(number)], to: map, in: table)
                    transaction.add([element(number)], to: sources, in: table)
                    try socket.commit(transaction)
                    usleep(20_000)
                }
            }
            var last = 0
            while last < 40 {
                let observed = try tables.read()
                let count = observed.elements[map.name]?.count ?? 0
                #expect(observed.elements[sources.name]?.count == count)
                try #require(count >= last && writer.error == nil)
                last = count
            }
        }
    }

    @Test func `a map with a capacity refuses one element more`() throws {
        try withMap { tables in
            let small = NamedSet.map("small", from: .ipv4Address, to: .ipv4Address, capacity: 4)
            try tables.commit { $0.add(small, to: table) }
            try tables.commit { $0.add((0..<4).map { element($0) }, to: small, in: table) }
            let error = #expect(throws: NftablesError.self) {
                try tables.commit { $0.add([element(4)], to: small, in: table) }
            }
            #expect(error?.number?.description == "ENFILE")
            let observed = try tables.read()
            #expect(observed.sets.contains(small))
            #expect(observed.elements["small"]?.count == 4)
        }
    }

    @Test func `emptying a map and a chain keeps both`() throws {
        try withMap { tables in
            try tables.commit {
                $0.add(Chain("side"), to: table)
                $0.add(Rule(in: "side", [.verdict(.accept)]), to: table)
                $0.add([element(1)], to: map, in: table)
            }
            try tables.commit {
                $0.deleteRules(of: "side", from: table)
                $0.deleteElements(of: map, in: table)
            }
            let observed = try tables.read()
            #expect(observed.chains == [Chain("side")])
            #expect(observed.rules.isEmpty)
            #expect(observed.elements[map.name] == [])
        }
    }

    @Test func `one rule of several is deleted by its listing`() throws {
        try withMap { tables in
            let rules = [Rule(in: "side", [.counter]), Rule(in: "side", [.verdict(.accept)], comment: "second")]
            try tables.commit {
                $0.add(Chain("side"), to: table)
                for rule in rules { $0.add(rule, to: table) }
            }
            let first = try #require(try tables.read().rules.first)
            try tables.commit { $0.delete(first, from: table) }
            #expect(try tables.read().rules.map(\.rule) == [rules[1]])
        }
    }

    @Test func `maps, chains and helpers are deleted one by one`() throws {
        try withMap { tables in
            try tables.commit { $0.add(Chain("side"), to: table) }
            try tables.commit {
                $0.delete(Chain("side"), from: table)
                $0.delete(map, from: table)
            }
            let observed = try tables.read()
            #expect(observed.chains.isEmpty)
            #expect(observed.sets.isEmpty)
        }
    }

    @Test func `deleting a table that is not there succeeds`() throws {
        try withMap { tables in
            for _ in 0..<2 { try tables.commit { $0.delete(table) } }
            #expect(try tables.socket.read(table) == nil)
            #expect(try tables.namespace.run("nft", "list", "ruleset") == "")
        }
    }

    @Test func `a name that the kernel does not know is named in the refusal`() throws {
        try withTables { tables in
            let error = #expect(throws: NftablesError.self) {
                try tables.commit {
                    $0.add(table)
                    $0.add(Chain("prerouting", .init(.nat, .prerouting, priority: -100)), to: table)
                    $0.add(Rule(in: "prerouting", [.lookup("nowhere", key: .first)]), to: table)
                }
            }
            #expect(error?.number == .notFound)
            #expect(refusals(error).first?.request == "add rule in chain prerouting of table ip sluice")
            let left = try tables.socket.tables()
            #expect(left.isEmpty)
        }
    }
}

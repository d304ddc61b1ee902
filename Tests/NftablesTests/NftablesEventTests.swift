import KernelTestSupport
import Netlink
import Nftables
import Testing

@Suite(.needsKernel, .tags(.kernel)) struct NftablesEventTests {
    private func commits(_ events: inout NftablesEvents) throws -> [NftablesEvents.Commit] {
        for _ in 0..<50 {
            guard case .commits(let commits) = try events.next(within: 100), !commits.isEmpty else { continue }
            return commits
        }
        return []
    }

    @Test func `a transaction of someone else is heard with who made it`() throws {
        try withTables { tables in
            var events = try tables.namespace.perform { () throws(NetlinkError) in try NftablesEvents() }
            try tables.namespace.run("nft", "add", "table", "ip", "foreign")
            let commit = try #require(try commits(&events).first)
            #expect(commit.generation == (try tables.socket.generation()))
            #expect(commit.processName == "nft")
            #expect(commit.process > 1)
            #expect(commit.namespace == nil)
        }
    }

    @Test func `one listener hears of the namespaces that a veth pair ties to its own`() throws {
        try ScratchNetwork.with { network in
            let node = try network.namespace("node")
            let router = try network.namespace("router")
            try network.connect(node, "tap-1", [], to: router, "qr-1", [])
            let id = try router.withNamespace { (namespace) throws(NetlinkError) in
                try node.withRoute { (route) throws(NetlinkError) in try route.id(of: namespace) }
            }
            var events = try node.perform { () throws(NetlinkError) in try NftablesEvents(fromAllNamespaces: true) }
            try router.run("nft", "add", "table", "ip", "foreign")
            let commit = try #require(try commits(&events).first)
            #expect(commit.namespace == id)
            #expect(id != nil)
        }
    }
}

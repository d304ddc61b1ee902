import Addressing
import KernelTestSupport
import Netlink
import Nftables
import ResourceModel
import Testing

@testable import AgentService

@Suite(.needsKernel, .tags(.kernel)) struct TranslationTableTests {
    private var plan: TranslationPlan {
        var forwarding = Samples.floating(2, "203.0.113.11", to: "10.1.0.11")
        forwarding.use = .forwardings([
            ForwardingRule(
                id: Samples.id(7),
                transport: .tcp,
                externalPorts: 8080...8081,
                internalAddress: Samples.address("10.1.0.11"),
                internalPorts: 80...81
            )
        ])
        let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
        return Samples.plan(Samples.desired(Samples.specification, floating, forwarding))?.translation ?? .init()
    }

    @Test func `the kernel lists the table as nft writes it`() throws {
        try ScratchNetwork.with { network in
            let host = try network.namespace("table")
            var table = TableSocket(try host.perform { () throws(NetlinkError) in try NftablesSocket() })
            try table.commit(.table(plan))
            expectGolden(try host.run("nft", "list", "table", "ip", "sluice"), "table.nft")
        }
    }

    @Test func `what was written is read back`() throws {
        try ScratchNetwork.with { network in
            let host = try network.namespace("table")
            var table = TableSocket(try host.perform { () throws(NetlinkError) in try NftablesSocket() })
            #expect(try table.read() == .missing)
            try table.commit(.table(plan))
            #expect(try table.read() == .current(plan))
            var changed = plan
            changed.destinations[Samples.address("203.0.113.10")]?.fixed = Samples.address("10.2.0.20")
            changed.gatewaySources = [:]
            try table.commit(.elements(TranslationChange(from: plan, to: changed)))
            #expect(try table.read() == .current(changed))
        }
    }

    /// Those that the kernel has of some, so that the tests hold where it has none.
    private func helpers(_ ports: UInt16...) throws -> Set<HelperRule> {
        let rules = Set(ports.map { Samples.helper($0 == 69 ? "tftp" : "ftp", $0, over: $0 == 69 ? .udp : .tcp) })
        let missing = try HelperModules().missing(of: Set(rules.map(\.module)))
        return rules.filter { !missing.contains($0.module) }
    }

    @Test func `the kernel lists helpers as nft writes them`() throws {
        let rules = try helpers(2121, 21, 69)
        guard rules.count == 3 else { return }
        try ScratchNetwork.with { network in
            let host = try network.namespace("table")
            var table = TableSocket(try host.perform { () throws(NetlinkError) in try NftablesSocket() })
            try table.commit(.table(TranslationPlan(helpers: rules)))
            expectGolden(try host.run("nft", "list", "chain", "ip", "sluice", "ct_helpers"), "ct_helpers.nft")
            expectGolden(try host.run("nft", "list", "ct", "helpers", "table", "ip", "sluice"), "ct_objects.nft")
        }
    }

    @Test func `helpers come, change and go in place, with elements or without`() throws {
        try ScratchNetwork.with { network in
            let host = try network.namespace("table")
            var table = TableSocket(try host.perform { () throws(NetlinkError) in try NftablesSocket() })
            var present = TranslationPlan()
            try table.commit(.table(present))
            let steps = [
                try helpers(21), try helpers(21, 2121, 69), try helpers(69), [], try helpers(21, 69), try helpers(21),
            ]
            for (number, helpers) in steps.enumerated() {
                var next = plan
                if number % 2 == 0 { next.gatewaySources = [:] }
                next.helpers = helpers
                try table.commit(.elements(TranslationChange(from: present, to: next)))
                #expect(try table.read() == .current(next))
                present = next
            }
        }
    }

    @Test func `a helper's rule or object that someone changed makes the table foreign`() throws {
        let rules = try helpers(21, 2121)
        guard rules.count == 2 else { return }
        try ScratchNetwork.with { network in
            let host = try network.namespace("table")
            var table = TableSocket(try host.perform { () throws(NetlinkError) in try NftablesSocket() })
            try table.commit(.table(TranslationPlan(helpers: rules)))
            try host.run("nft", "flush", "chain", "ip", "sluice", "ct_helpers")
            #expect(try table.read() == .foreign)
            try table.commit(.table(TranslationPlan(helpers: rules)))
            #expect(try table.read() == .current(TranslationPlan(helpers: rules)))
            try host.run("nft", "add", "rule", "ip", "sluice", "ct_helpers", "udp", "dport", "21", "accept")
            #expect(try table.read() == .foreign)
        }
    }

    @Test func `a helper that no kernel has is missing, and the others are not`() throws {
        let modules: Set = [
            HelperModule(name: "no-such", transport: .tcp), HelperModule(name: "a b", transport: .udp),
            HelperModule(name: "much-longer-than-any", transport: .tcp),
        ]
        let known = HelperModules()
        #expect(try known.missing(of: modules) == modules)
        #expect(try known.missing(of: modules) == modules)
        #expect(try known.missing(of: []) == [])
    }

    @Test func `a table that is not of our form is foreign`() throws {
        try ScratchNetwork.with { network in
            let host = try network.namespace("table")
            var table = TableSocket(try host.perform { () throws(NetlinkError) in try NftablesSocket() })
            try host.run("nft", "add", "table", "ip", "sluice")
            #expect(try table.read() == .foreign)
        }
    }

    @Test func `a change for a ruleset that someone else changed is refused`() throws {
        try ScratchNetwork.with { network in
            let host = try network.namespace("table")
            var table = TableSocket(try host.perform { () throws(NetlinkError) in try NftablesSocket() })
            _ = try table.read()
            try host.run("nft", "add", "table", "ip", "other")
            #expect(throws: AgentError.table(.generationChanged)) { try table.commit(.table(plan)) }
        }
    }
}

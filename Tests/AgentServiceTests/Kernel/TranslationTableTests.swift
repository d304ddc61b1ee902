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

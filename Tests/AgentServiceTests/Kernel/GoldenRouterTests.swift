import KernelTestSupport
import Netlink
import ResourceModel
import Testing

@testable import AgentService

/// Every shape of router as the kernel's own tools list it.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct GoldenRouterTests {
    private let router = RouterID.random()

    @Test(arguments: GoldenRouter.allCases)
    func `the kernel lists a router as it was meant`(shape: GoldenRouter) async throws {
        let desired = shape.desired(router)
        let modules = Set(desired.specification?.helpers.map(\.module) ?? [])
        // One that no kernel has is part of the shape, others are not.
        guard try HelperModules().missing(of: modules).allSatisfy({ $0.name == "no-such" }) else { return }
        try await ScratchNode.with(routers: [router]) { node in
            let outcome = node.kernel.settle(desired)
            #expect(outcome.changes > 0)
            let problems = outcome.complaint.map { "# left out: \($0)\n" } ?? ""
            expectGolden(problems + (try listing(on: node)), "\(shape.rawValue).txt")
            let again = try node.restarted().settle(desired)
            #expect(again.changes == 0)
        }
    }

    @Test func `of a router that is switched off the kernel lists nothing`() async throws {
        try await ScratchNode.with(routers: [router]) { node in
            var desired = GoldenRouter.bothFamilies.desired(router)
            node.settle(desired)
            desired.specification?.isUp = false
            node.settle(desired)
            let names = try NetworkNamespace.names()
            #expect(!names.contains(KernelNames.namespace(of: router)))
            try await eventually("the devices are gone with their namespace") {
                try !node.node.run("ip", "-o", "link", "show").contains("tap")
            }
        }
    }

    /// The ruleset, addresses, rules of routing, routes and what is answered for.
    private func listing(on node: ScratchNode) throws -> String {
        let parts = [
            "nft list ruleset", "ip -o address show | awk '$2 != \"lo\" {print $2, $3, $4}'", "ip rule show",
            "ip route show table main", "ip route show table local proto 83",
            "ip route show table all proto 83 | grep 'table 83'", "ip -6 route show table main",
            "ip -6 neigh show proxy", "sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding",
        ]
        return try parts.map { command in
            let text = try node.run(router, "\(command) || true")
            return "# \(command)\n" + abridged(text.replacing(" linkdown", with: ""))
        }.joined()
    }

    /// Of many lines in a row that begin alike the first ones, how many, and the last.
    private func abridged(_ text: String) -> String {
        var runs: [[Substring]] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if runs.last?.last?.prefix(12) == line.prefix(12) {
                runs[runs.count - 1].append(line)
            } else {
                runs.append([line])
            }
        }
        return runs.flatMap { run in
            run.count < 20 ? run[...] : run[..<2] + ["… \(run.count - 3) more …"] + run[(run.count - 1)...]
        }.joined(separator: "\n")
    }
}

import KernelTestSupport
import Testing

@testable import Netlink

@Suite struct RoutingRuleWireTests {
    private let rule = RoutingRule(priority: 16602, mark: 8301, table: .init(rawValue: 8301))

    @Test func `a rule is made once`() {
        let fixture: Fixture = """
            3c 00 00 00  // length 60
            20 00  // RTM_NEWRULE
            01 06  // NLM_F_REQUEST, CREATE, EXCL
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00 00 00 00 01 00 00 00 00  // struct fib_rule_hdr: family 2, action 1 (to a table)
            08 00 06 00 da 40 00 00  // FRA_PRIORITY 16602
            08 00 0a 00 6d 20 00 00  // FRA_FWMARK 8301
            08 00 0f 00 6d 20 00 00  // FRA_TABLE 8301
            05 00 15 00 53 00 00 00  // FRA_PROTOCOL 83
            """
        #expect(Fixture { RouteRequest.replaceRule(rule).write(to: &$0) } == fixture)
    }

    @Test func `a rule that passes over default routes is deleted by what it is`() {
        let fixture: Fixture = """
            44 00 00 00  // length 68
            21 00  // RTM_DELRULE
            01 00  // NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00 00 00 00 01 00 00 00 00  // struct fib_rule_hdr: family 2, action 1 (to a table)
            08 00 06 00 d9 40 00 00  // FRA_PRIORITY 16601
            08 00 0a 00 6d 20 00 00  // FRA_FWMARK 8301
            08 00 0f 00 fe 00 00 00  // FRA_TABLE main
            08 00 0e 00 00 00 00 00  // FRA_SUPPRESS_PREFIXLEN 0
            05 00 15 00 53 00 00 00  // FRA_PROTOCOL 83
            """
        let rule = RoutingRule(priority: 16601, mark: 8301, table: .main, skipsDefaultRoutes: true)
        #expect(Fixture { RouteRequest.deleteRule(rule).write(to: &$0) } == fixture)
    }

    @Test func `a rule is read as it was written, one without a mark is none of these`() throws {
        func read(mark: String) throws -> RoutingRule? {
            let fixture = Fixture(
                stringLiteral: """
                    44 00 00 00 20 00 02 00  // length 68, RTM_NEWRULE, NLM_F_MULTI
                    07 00 00 00 00 00 00 00  // sequence 7, port 0
                    02 00 00 00 fc 00 00 01 00 00 00 00  // struct fib_rule_hdr: a table beyond a byte
                    08 00 06 00 da 40 00 00  // FRA_PRIORITY 16602
                    08 00 0a 00 \(mark) 00 00  // FRA_FWMARK
                    08 00 0e 00 ff ff ff ff  // FRA_SUPPRESS_PREFIXLEN: nothing
                    08 00 0f 00 6d 20 00 00  // FRA_TABLE 8301
                    05 00 15 00 53 00 00 00  // FRA_PROTOCOL 83
                    """
            )
            return try fixture.body { (body) throws(NetlinkError) in try RoutingRule(message: body) } ?? nil
        }
        #expect(try read(mark: "6d 20") == rule)
        #expect(try read(mark: "00 00") == nil)
    }
}

@Suite(.needsKernel, .tags(.kernel)) struct RoutingRuleKernelTests {
    @Test func `rules are made once, listed by their origin and deleted`() throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            let rules = [
                RoutingRule(priority: 16601, mark: 8301, table: .main, skipsDefaultRoutes: true),
                RoutingRule(priority: 16602, mark: 8301, table: .init(rawValue: 8301)),
            ]
            try router.run("ip", "rule", "add", "priority", "5", "fwmark", "7", "lookup", "9")
            try router.withRoute { (route) throws(NetlinkError) in
                try route.apply((rules + rules).map { .replaceRule($0) })
            }
            var listed = try router.withRoute { (route) throws(NetlinkError) in try route.rules(from: .sluice) }
            #expect(listed == rules)
            try router.withRoute { (route) throws(NetlinkError) in
                try route.apply((rules + rules).map { .deleteRule($0) })
            }
            listed = try router.withRoute { (route) throws(NetlinkError) in try route.rules(from: .sluice) }
            #expect(listed == [])
            #expect(try router.run("ip", "rule", "show").contains("fwmark 0x7 lookup 9"))
        }
    }
}

import Addressing
import KernelTestSupport
import Testing

@testable import Netlink

@Suite struct NamespaceSettingsTests {
    @Test func `the settings of all interfaces are read`() throws {
        let fixture: Fixture = """
            34 00 00 00  // length 52
            50 00  // RTM_NEWNETCONF
            00 00  // no flags
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00  // struct netconfmsg: family 2, padded
            08 00 01 00 ff ff ff ff  // NETCONFA_IFINDEX -1, all
            08 00 02 00 01 00 00 00  // NETCONFA_FORWARDING 1
            08 00 03 00 02 00 00 00  // NETCONFA_RP_FILTER 2
            08 00 05 00 00 00 00 00  // NETCONFA_PROXY_NEIGH 0
            """
        let settings = try #require(
            try fixture.body { (body) throws(NetlinkError) in try NamespaceSettings(message: body) }
        )
        #expect(settings.forwarding)
        #expect(settings.reversePathFilter == 2)
    }

    @Test(.needsKernel, .tags(.kernel)) func `netlink tells what proc tells`() throws {
        try ScratchNetwork.with { network in
            let scratch = try network.namespace("settings")
            func sysctl(_ path: String, _ value: Int) throws {
                try scratch.run("sysctl", "-q", "-w", "net.\(path)=\(value)")
            }
            for value in 0...1 {
                try sysctl("ipv4.ip_forward", value)
                try sysctl("ipv4.conf.all.rp_filter", 2 - value)
                try sysctl("ipv6.conf.all.forwarding", 1 - value)
                let (four, six) = try scratch.withNamespace { (namespace) throws(NetlinkError) in
                    var route = try namespace.perform { () throws(NetlinkError) in try RouteSocket() }
                    return (try route.namespaceSettings(.v4), try route.namespaceSettings(.v6))
                }
                #expect(four?.forwarding == (value == 1))
                #expect(four?.reversePathFilter == 2 - value)
                #expect(six?.forwarding == (value == 0))
            }
        }
    }
}

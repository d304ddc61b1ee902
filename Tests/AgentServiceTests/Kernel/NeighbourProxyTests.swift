import Addressing
import KernelTestSupport
import Netlink
import ResourceModel
import Testing

@testable import AgentService

/// Internal IPv6 addresses that hosts outside reach because the router answers for them.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct NeighbourProxyTests {
    private let story = Story()
    private let inside = Samples.ip("2001:db8:1::10")
    private let other = Samples.ip("2001:db8:1::11")

    private func withNode(_ body: (ScratchNode) async throws -> Void) async throws {
        try await ScratchNode.with(routers: [story.router], body)
    }

    /// What is wanted of a router between an internal and an external IPv6 subnet that answers for these.
    private func desired(
        _ proxies: [IPAddress],
        _ change: (inout RouterSpecification) -> Void = { _ in }
    ) -> DesiredRouter {
        var desired = story.desired { specification in
            specification.proxiesNeighbours = true
            specification.gateways[0].port.addresses.append(
                PortAddress(address: Samples.cidr("2001:db8:e::5/64"), subnetGateway: Samples.ip("2001:db8:e::1"))
            )
            specification.interfaces[0].addresses.append(
                PortAddress(address: Samples.cidr("2001:db8:1::1/64"), subnetGateway: nil)
            )
            change(&specification)
        }
        for case .v6(let address) in proxies { desired.neighbourProxies.insert(address) }
        return desired
    }

    /// VMs at both internal addresses, and a host outside that takes them for its neighbours.
    private func plugIn(_ node: ScratchNode) throws {
        for number in [10, 11] {
            let vm = try node.vm("red\(number)", on: story.red, "10.1.0.\(number)/24", gateway: "10.1.0.1")
            try vm.configure("eth0", [Samples.cidr("2001:db8:1::\(number)/64")])
            try vm.setDefaultRoute(via: Samples.ip("2001:db8:1::1"))
        }
        try node.outside.configure("eth0", [Samples.cidr("2001:db8:e::1/64")])
        try node.outside.run("ip", "-6", "route", "add", "2001:db8:1::/64", "dev", "eth0")
    }

    /// Whether the host outside reaches an address, knowing nothing of earlier answers.
    private func reaches(_ address: IPAddress, _ node: ScratchNode) throws -> Bool {
        try node.outside.run("ip", "-6", "neigh", "flush", "to", "2001:db8:1::/64", "dev", "eth0")
        return node.outside.pings(address)
    }

    /// What the router answers for, as `ip` shows it.
    private func listing(_ node: ScratchNode) throws -> String {
        let entries = try node.run(story.router, "ip -6 neigh show proxy | sort")
        let setting = try node.run(story.router, "cat /proc/sys/net/ipv6/conf/\(story.gatewayDevice)/proxy_ndp")
        return entries.replacing(story.gatewayDevice, with: "GATEWAY") + "proxy_ndp: " + setting
    }

    @Test func `a host outside reaches an address that is answered for, and no other, and no more once it is not`()
        async throws
    {
        try await withNode { node in
            node.settle(desired([]))
            try plugIn(node)
            var isReached = try reaches(inside, node)
            #expect(!isReached)
            node.settle(desired([inside]))
            isReached = try reaches(inside, node)
            #expect(isReached)
            isReached = try reaches(other, node)
            #expect(!isReached)
            node.settle(desired([]))
            isReached = try reaches(inside, node)
            #expect(!isReached)
        }
    }

    @Test func `a router that answers for nothing at all leaves the entries out`() async throws {
        try await withNode { node in
            node.settle(desired([inside]))
            try plugIn(node)
            var isReached = try reaches(inside, node)
            #expect(isReached)
            node.settle(desired([inside]) { $0.proxiesNeighbours = false })
            isReached = try reaches(inside, node)
            #expect(!isReached)
            let left = try listing(node)
            #expect(left == "proxy_ndp: 0\n")
        }
    }

    @Test func `the kernel lists what is answered for at the gateway alone`() async throws {
        try await withNode { node in
            node.settle(desired([inside, other, Samples.ip("2001:db8:9::10")]))
            expectGolden(try listing(node), "neighbour_proxies.txt")
        }
    }

    @Test func `a restarted agent adopts the entries, and takes away those that left meanwhile`() async throws {
        try await withNode { node in
            node.settle(desired([inside, other]))
            #expect(node.settle(desired([inside, other])).changes == 0)
            for (proxies, changes) in [([inside, other], 0), ([other], 1), ([other], 0)] {
                let outcome = try node.restarted().settle(desired(proxies))
                #expect(outcome.changes == changes)
            }
        }
    }

    @Test(arguments: [
        "ip -6 neigh del proxy 2001:db8:1::10 dev GATEWAY", "ip -6 neigh add proxy 2001:db8:1::99 dev GATEWAY",
        "sysctl -q -w net.ipv6.conf.GATEWAY.proxy_ndp=0", "ip link set GATEWAY down", "ip link del GATEWAY",
    ])
    func `what someone breaks is put right and said`(command: String) async throws {
        try await withNode { node in
            node.settle(desired([inside]))
            try plugIn(node)
            let before = try listing(node)
            _ = try node.run(story.router, command.replacing("GATEWAY", with: story.gatewayDevice))
            let outcome = node.kernel.verify(desired([inside]))
            #expect(outcome.complaint == nil && !outcome.repairs.isEmpty)
            #expect(node.kernel.verify(desired([inside])).changes == 0)
            let after = try listing(node)
            #expect(after == before)
            let isReached = try reaches(inside, node)
            #expect(isReached)
        }
    }

    @Test func `a cable that is out for a moment takes no entry along`() async throws {
        try await withNode { node in
            node.settle(desired([inside]))
            let before = try listing(node)
            let end = KernelNames.hostEnd(story.gatewayPort)
            try node.node.run("ip", "link", "set", end, "down")
            try node.node.run("ip", "link", "set", end, "up")
            let after = try listing(node)
            #expect(after == before)
        }
    }

    @Test func `neighbours learn at once that an address is answered for elsewhere`() async throws {
        let twin = Story(gatewayHost: 6)
        try await ScratchNode.with(routers: [story.router, twin.router]) { node in
            node.settle(desired([inside]))
            try plugIn(node)
            let isReached = try reaches(inside, node)
            #expect(isReached)
            var moved = twin.desired { specification in
                specification.proxiesNeighbours = true
                let address = PortAddress(address: Samples.cidr("2001:db8:1::2/64"), subnetGateway: nil)
                specification.interfaces[0].addresses.append(address)
            }
            if case .v6(let address) = inside { moved.neighbourProxies = [address] }
            node.settle(desired([]))
            node.settle(moved)
            let mac = twin.specification.gateways[0].port.mac
            try await eventually("the neighbour's entry names the other router") {
                try node.outside.withRoute { (route) throws(NetlinkError) in try route.neighbours(.v6) }
                    .contains { $0.address == inside && $0.mac == mac }
            }
        }
    }
}

import Addressing
import ResourceModel
import Testing

@testable import NetworkService

@Suite struct SubnetRulesTests {
    private func cidr(_ text: String) throws -> CIDR { try #require(CIDR(text)) }
    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    private func draft(_ prefix: String, _ adjust: (inout Subnet.Draft) throws -> Void = { _ in }) throws
        -> Subnet.Draft
    {
        let prefix = try cidr(prefix)
        var draft = Subnet.Draft(networkID: .random(), version: prefix.version, prefix: prefix)
        try adjust(&draft)
        return draft
    }

    private func subnet(_ prefix: String, _ adjust: (inout Subnet.Draft) throws -> Void = { _ in }) throws -> Subnet {
        try Subnet(draft(prefix, adjust), by: .member)
    }

    private func refusal(_ prefix: String, _ adjust: (inout Subnet.Draft) throws -> Void = { _ in }) throws
        -> ErrorReason?
    {
        let draft = try draft(prefix, adjust)
        do throws(NetworkError) {
            _ = try Subnet(draft, by: .member)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: [
        ("10.0.0.0/24", "10.0.0.1", "10.0.0.2-10.0.0.254"),
        ("10.0.0.77/24", "10.0.0.1", "10.0.0.2-10.0.0.254"),
        ("10.0.0.0/30", "10.0.0.1", "10.0.0.2-10.0.0.2"),
        ("2001:db8::/64", "2001:db8::", "2001:db8::1-2001:db8::ffff:ffff:ffff:ffff"),
    ])
    func `gateway and pools follow from the block`(prefix: String, gateway: String, pool: String) throws {
        let subnet = try subnet(prefix)
        #expect(subnet.gateway == (try address(gateway)))
        #expect(subnet.pools.map(\.description) == [pool])
    }

    @Test(arguments: [
        ("10.0.0.0/31", "10.0.0.0", ["10.0.0.1-10.0.0.1"]),
        ("2001:db8::/127", "2001:db8::", ["2001:db8::1-2001:db8::1"]),
    ])
    func `a point-to-point block without DHCP uses both of its addresses`(
        prefix: String,
        gateway: String,
        pools: [String]
    ) throws {
        let subnet = try subnet(prefix) { $0.isDHCPEnabled = false }
        #expect(subnet.gateway == (try address(gateway)))
        #expect(subnet.pools.map(\.description) == pools)
    }

    @Test func `a block of one address has it to give and no gateway`() throws {
        let subnet = try subnet("10.0.0.9/32") { $0.isDHCPEnabled = false }
        #expect(subnet.gateway == nil)
        #expect(subnet.pools.map(\.description) == ["10.0.0.9-10.0.0.9"])
    }

    @Test func `the pools go around a gateway in the middle`() throws {
        let subnet = try subnet("10.0.0.0/29") { $0.gateway = .address(try address("10.0.0.3")) }
        #expect(subnet.pools.map(\.description) == ["10.0.0.1-10.0.0.2", "10.0.0.4-10.0.0.6"])
    }

    @Test func `without a gateway the pools hold every host`() throws {
        let subnet = try subnet("10.0.0.0/29") { $0.gateway = .none }
        #expect(subnet.gateway == nil)
        #expect(subnet.pools.map(\.description) == ["10.0.0.1-10.0.0.6"])
    }

    @Test(arguments: ["10.0.0.0", "10.0.0.255", "2001:db8::1"])
    func `a gateway that no host can be is refused`(gateway: String) throws {
        #expect(try refusal("10.0.0.0/24") { $0.gateway = .address(try address(gateway)) } == .invalidInput)
    }

    @Test func `a gateway outside of the block is the caller's to know`() throws {
        #expect(try refusal("10.0.0.0/24") { $0.gateway = .address(try address("192.0.2.1")) } == nil)
    }

    @Test(arguments: [
        ([("10.0.0.9", "10.0.0.5")], ErrorReason.invalidAllocationPool),
        ([("10.0.0.9", "2001:db8::")], .invalidAllocationPool),
        ([("10.0.0.200", "10.0.1.5")], .outOfBoundsAllocationPool),
        ([("10.0.0.200", "10.0.0.255")], .outOfBoundsAllocationPool),
        ([("10.0.0.10", "10.0.0.20"), ("10.0.0.20", "10.0.0.30")], .overlappingAllocationPools),
        ([("10.0.0.1", "10.0.0.20")], .gatewayConflictWithAllocationPools),
    ])
    func `pools that cannot be are refused`(pools: [(String, String)], reason: ErrorReason) throws {
        let refusal = try refusal("10.0.0.0/24") {
            $0.pools = try pools.map { Subnet.PoolWish(start: try address($0), end: try address($1)) }
        }
        #expect(refusal == reason)
    }

    @Test(arguments: ["10.0.0.0/31", "10.0.0.0/32", "224.0.0.0/24", "0.0.0.0/8", "127.0.0.0/8", "2001:db8::/127"])
    func `blocks that DHCP cannot serve are refused`(prefix: String) throws {
        #expect(try refusal(prefix) == .invalidInput)
    }

    @Test func `the family of the block must be the one that was named`() throws {
        #expect(try refusal("10.0.0.0/24") { $0.version = .v6 } == .invalidInput)
    }

    @Test func `a subnet without a block is refused where none was taken of a pool`() throws {
        #expect(try refusal("10.0.0.0/24") { $0.prefix = nil } == .badRequest)
    }

    @Test func `IPv6 modes are for IPv6, agree, and want DHCP and a 64-bit prefix`() throws {
        #expect(try refusal("10.0.0.0/24") { $0.ipv6RAMode = .slaac } == .invalidInput)
        #expect(
            try refusal("2001:db8::/64") {
                $0.ipv6RAMode = .slaac
                $0.ipv6AddressMode = .stateful
            } == .invalidInput
        )
        #expect(
            try refusal("2001:db8::/64") {
                $0.ipv6RAMode = .slaac
                $0.isDHCPEnabled = false
            } == .invalidInput
        )
        #expect(try refusal("2001:db8::/56") { $0.ipv6AddressMode = .stateless } == .invalidInput)
        #expect(try refusal("2001:db8::/56") { $0.ipv6AddressMode = .stateful } == nil)
    }

    @Test func `name servers and host routes have their limits`() throws {
        let servers = try (1...6).map { try address("10.9.0.\($0)") }
        #expect(try refusal("10.0.0.0/24") { $0.nameServers = servers } == .dnsNameServersExhausted)
        #expect(try refusal("10.0.0.0/24") { $0.nameServers = [servers[0], servers[0]] } == .invalidInput)
        let routes = try (1...21).map { HostRoute(destination: try cidr("10.\($0).0.0/16"), nextHop: servers[0]) }
        #expect(try refusal("10.0.0.0/24") { $0.hostRoutes = routes } == .hostRoutesExhausted)
        let crooked = HostRoute(destination: try cidr("10.1.0.1/16"), nextHop: servers[0])
        #expect(try refusal("10.0.0.0/24") { $0.hostRoutes = [crooked] } == .invalidInput)
    }

    @Test func `service types are for administrators and have known beginnings`() throws {
        #expect(try refusal("10.0.0.0/24") { $0.serviceTypes = ["network:floatingip"] } == .notAuthorized)
        let draft = try draft("10.0.0.0/24") { $0.serviceTypes = ["storage:disk"] }
        #expect { try Subnet(draft, by: .admin) } throws: {
            ($0 as? NetworkError)?.reason == .invalidSubnetServiceType
        }
    }

    @Test func `a new gateway must lie outside of the pools that stay`() throws {
        let subnet = try subnet("10.0.0.0/24")
        let change = Subnet.Change(gateway: .address(try address("10.0.0.9")))
        #expect { try subnet.applying(change, by: .member) } throws: {
            ($0 as? NetworkError)?.reason == .gatewayConflictWithAllocationPools
        }
    }

    @Test(arguments: [("10.0.0.0/25", true), ("10.0.0.128/25", true), ("10.0.0.0/16", true), ("10.0.1.0/24", false)])
    func `blocks of one network do not share addresses`(other: String, overlaps: Bool) throws {
        let subnet = try subnet("10.0.0.0/24")
        let others = [(id: SubnetID.random(), prefix: try cidr(other))]
        #expect(((try? subnet.requireApart(from: others)) == nil) == overlaps)
    }
}

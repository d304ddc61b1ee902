import Addressing
import ResourceModel
import Testing

@testable import FloatingIPService

@Suite struct AssociationRulesTests {
    private static let subnet = SubnetID.random()

    private func port(_ addresses: String..., project: String = "acme", owner: String = "compute:nova") throws -> Port {
        var port = Port(
            id: .random(),
            projectID: project,
            networkID: .random(),
            macAddress: try #require(MACAddress("fa:16:3e:00:00:01"))
        )
        port.deviceOwner = owner
        port.addresses = try addresses.map {
            PortAddress(subnetID: Self.subnet, address: try #require(IPAddress($0)))
        }
        return port
    }

    private func target(
        _ port: Port,
        _ fixed: String? = nil,
        project: String = "acme",
        as who: RequestContext = .member
    ) throws -> FloatingIP.Target {
        let request = AssociationRequest(
            portID: port.id,
            fixedAddress: try fixed.map { try #require(IPAddress($0)) }
        )
        return try port.target(for: request, ofProject: project, as: who)
    }

    private func expectBadRequest(
        at location: SourceLocation = #_sourceLocation,
        _ body: () throws -> FloatingIP.Target
    ) {
        let error = #expect(throws: FloatingIPError.self, sourceLocation: location) { try body() }
        #expect(error?.reason == .badRequest, sourceLocation: location)
    }

    @Test func `the only IPv4 address of a port is chosen`() throws {
        let port = try port("2001:db8::5", "10.0.0.5")
        let chosen = try target(port)
        #expect(chosen == .init(portID: port.id, address: IPv4Address(10, 0, 0, 5), subnetID: Self.subnet))
    }

    @Test func `of several IPv4 addresses one must be named`() throws {
        let port = try port("10.0.0.5", "10.0.0.6")
        expectBadRequest { try target(port) }
        #expect(try target(port, "10.0.0.6").address == IPv4Address(10, 0, 0, 6))
    }

    @Test func `a port without an IPv4 address is refused`() throws {
        let (without, onlyV6) = (try port(), try port("2001:db8::5"))
        expectBadRequest { try target(without) }
        expectBadRequest { try target(onlyV6) }
    }

    @Test func `an address that is not the port's, or not IPv4, is refused`() throws {
        let port = try port("10.0.0.5", "2001:db8::5")
        expectBadRequest { try target(port, "10.0.0.6") }
        expectBadRequest { try target(port, "2001:db8::5") }
    }

    @Test func `a port of another project is for administrators only`() throws {
        let port = try port("10.0.0.5", project: "rival")
        expectBadRequest { try target(port) }
        #expect(try target(port, as: .admin).portID == port.id)
    }

    @Test func `a DHCP port is refused, but a router's own port may be a target`() throws {
        let (dhcp, router) = (
            try port("10.0.0.2", owner: "network:dhcp"), try port("10.0.0.1", owner: "network:router_interface")
        )
        expectBadRequest { try target(dhcp) }
        #expect(try target(router).portID == router.id)
    }

    @Test func `whose the port is comes before what it is for, and that before its addresses`() throws {
        let port = try port(project: "rival", owner: "network:dhcp")
        let foreign = #expect(throws: FloatingIPError.self) { try target(port) }
        #expect(foreign?.message.contains("another project") == true)
        let dhcp = #expect(throws: FloatingIPError.self) { try target(port, as: .admin) }
        #expect(dhcp?.message.contains("DHCP") == true)
    }

    @Test(arguments: [
        (RequestContext.member, "acme", true), (.member, "rival", false), (.admin, "rival", true),
        (.program, "acme", true), (.program, "rival", false),
    ])
    func `a floating IP that an administrator bound to another's port stays with it`(
        who: RequestContext,
        owner: String,
        mayGo: Bool
    ) {
        let floatingIP = FloatingIP(id: .random(), projectID: owner, networkID: .random(), address: .any)
        #expect(floatingIP.mayLetGo(ofPortOwnedBy: "acme", as: who) == mayGo)
    }
}

@Suite struct NetworkRulesTests {
    private let network = Network(id: .random(), isExternal: true)

    private func subnet(_ cidr: String, on other: NetworkID? = nil) throws -> Subnet {
        Subnet(id: .random(), networkID: other ?? network.id, cidr: try #require(CIDR(cidr)))
    }

    @Test func `an external network with an IPv4 subnet gives floating IPs`() throws {
        let subnets = [try subnet("2001:db8::/64"), try subnet("203.0.113.0/24")]
        try network.requireFloating(subnets: subnets, wanted: nil)
        try network.requireFloating(subnets: subnets, wanted: subnets[1])
    }

    @Test func `a network that is not external, or has no IPv4 subnet, is refused`() throws {
        let (v4, v6) = (try subnet("203.0.113.0/24"), try subnet("2001:db8::/64"))
        var inner = network
        inner.isExternal = false
        for (network, subnets) in [(inner, [v4]), (network, [v6]), (network, [])] {
            let error = #expect(throws: FloatingIPError.self) {
                try network.requireFloating(subnets: subnets, wanted: nil)
            }
            #expect(error?.reason == .badRequest)
        }
    }

    @Test func `a subnet of another network, or for IPv6, is refused`() throws {
        let (v4, v6) = (try subnet("203.0.113.0/24"), try subnet("2001:db8::/64"))
        let foreign = try subnet("198.51.100.0/24", on: .random())
        for wanted in [v6, foreign] {
            let error = #expect(throws: FloatingIPError.self) {
                try network.requireFloating(subnets: [v4, v6], wanted: wanted)
            }
            #expect(error?.reason == .invalidInput)
        }
    }
}

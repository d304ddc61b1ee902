import Addressing
import ResourceModel
import Testing

@testable import RouterService

/// A router with attached subnets, as a value.
private struct Sketch {
    var topology = Topology(router: Router(id: .random(), projectID: "acme"))

    @discardableResult
    mutating func attach(
        _ cidr: String,
        _ role: RouterPort.Role = .interface,
        network: NetworkID = .random(),
        at address: String? = nil
    ) throws -> Subnet {
        let prefix = try #require(CIDR(cidr))
        var subnet = Subnet(id: .random(), networkID: network, projectID: "acme", cidr: prefix)
        subnet.gatewayIP = prefix.first.advanced(by: 1)
        let own = try #require(address.map { IPAddress($0) } ?? subnet.gatewayIP)
        var port = Port(id: .random(), networkID: network, macAddress: try #require(MACAddress("fa:16:3e:00:00:01")))
        port.addresses = [PortAddress(subnetID: subnet.id, address: own)]
        topology.put(RouterPort(port, role: role), subnets: [subnet])
        return subnet
    }

    static func subnet(_ cidr: String, network: NetworkID = .random()) throws -> Subnet {
        var subnet = Subnet(id: .random(), networkID: network, projectID: "acme", cidr: try #require(CIDR(cidr)))
        subnet.gatewayIP = subnet.cidr.first.advanced(by: 1)
        return subnet
    }
}

@Suite struct OverlapRuleTests {
    @Test(arguments: ["10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/8", "0.0.0.0/0"])
    func `a subnet that overlaps an attached one is refused`(cidr: String) throws {
        var sketch = Sketch()
        try sketch.attach("10.0.0.0/24")
        let subnet = try Sketch.subnet(cidr)
        #expect(throws: RouterError.self) { try sketch.topology.requireRoom(for: subnet) }
    }

    @Test(arguments: ["10.0.1.0/24", "fd00::/64"])
    func `a subnet beside an attached one has room`(cidr: String) throws {
        var sketch = Sketch()
        try sketch.attach("10.0.0.0/24")
        try sketch.topology.requireRoom(for: Sketch.subnet(cidr))
    }

    @Test func `a subnet that overlaps any subnet of the gateway's network is refused`() throws {
        var sketch = Sketch()
        let external = NetworkID.random()
        try sketch.attach("203.0.113.0/24", .gateway, network: external, at: "203.0.113.9")
        let other = try Sketch.subnet("198.51.100.0/24", network: external)
        sketch.topology.subnets[other.id] = other
        let subnet = try Sketch.subnet("198.51.100.128/25")
        #expect(throws: RouterError.self) { try sketch.topology.requireRoom(for: subnet) }
    }

    @Test func `a gateway network that overlaps an attached subnet is refused`() throws {
        var sketch = Sketch()
        try sketch.attach("10.0.0.0/24")
        let external = try [Sketch.subnet("203.0.113.0/24"), Sketch.subnet("10.0.0.0/16")]
        #expect(throws: RouterError.self) { try sketch.topology.requireRoom(forGatewayOn: external) }
    }
}

@Suite struct RouteRuleTests {
    @Test(arguments: [
        ("192.168.0.0/24", "10.0.0.5"), ("0.0.0.0/0", "10.0.0.5"), ("10.0.0.0/24", "10.0.0.5"),
        ("fd01::/64", "10.0.0.5"),
    ])
    func `a route via an attached subnet is accepted`(destination: String, nexthop: String) throws {
        var sketch = Sketch()
        try sketch.attach("10.0.0.0/24")
        try sketch.topology.requireValid([ExtraRoute(destination: destination, nexthop: nexthop)])
    }

    @Test(arguments: ["10.0.1.5", "10.0.0.1", "fd00::1"])
    func `a next hop off the attached subnets, or the router itself, is refused`(nexthop: String) throws {
        var sketch = Sketch()
        try sketch.attach("10.0.0.0/24")
        let route = try ExtraRoute(destination: "192.168.0.0/24", nexthop: nexthop)
        let error = #expect(throws: RouterError.self) { try sketch.topology.requireValid([route]) }
        #expect(error?.reason == .invalidRoutes)
    }

    @Test(arguments: [
        ("192.168.0.1/24", "10.0.0.5"), ("192.168.0.0", "10.0.0.5"), ("nonsense/24", "10.0.0.5"),
        ("192.168.0.0/24", "nonsense"), ("192.168.0.0/33", "10.0.0.5"),
    ])
    func `a route that is not written as one is refused`(destination: String, nexthop: String) {
        let error = #expect(throws: RouterError.self) {
            try ExtraRoute(destination: destination, nexthop: nexthop)
        }
        #expect(error?.reason == .invalidInput)
    }

    @Test func `one destination may have several next hops, but no route stands twice`() throws {
        let one = try ExtraRoute(destination: "192.168.0.0/24", nexthop: "10.0.0.5")
        let two = try ExtraRoute(destination: "192.168.0.0/24", nexthop: "10.0.0.6")
        try RouteRules.requireDistinct([one, two])
        #expect(throws: RouterError.self) { try RouteRules.requireDistinct([one, two, one]) }
        #expect(RouteRules.union([one], [two, one]) == [one, two])
        #expect(RouteRules.difference([one, two], [two]) == [one])
    }
}

@Suite struct PlacementPlanTests {
    @Test func `routers go to the agent with the fewest, counting those placed before`() {
        let (busy, idle) = (AgentID.random(), AgentID.random())
        let requests = (0..<5).map { _ in PlacementRequest(routerID: .random()) }
        let plan = PlacementPlan(
            requests,
            on: [PlacementCandidate(id: busy, routers: 3), PlacementCandidate(id: idle, routers: 0)]
        )
        #expect(plan.assignments.values.filter { $0 == idle }.count == 4)
        #expect(plan.assignments.values.filter { $0 == busy }.count == 1)
    }

    @Test func `a zone hint is kept to, and without an agent there the router has no place`() {
        let (east, west) = (AgentID.random(), AgentID.random())
        let candidates = [
            PlacementCandidate(id: east, availabilityZone: "east", routers: 9),
            PlacementCandidate(id: west, availabilityZone: "west"),
        ]
        let (eastern, lost) = (RouterID.random(), RouterID.random())
        let plan = PlacementPlan(
            [
                PlacementRequest(routerID: eastern, zones: ["east"]),
                PlacementRequest(routerID: lost, zones: ["north"]),
            ],
            on: candidates
        )
        #expect(plan.assignments == [eastern: east])
    }

    @Test func `equally loaded agents share routers that are placed without knowing of one another`() {
        let candidates = (0..<4).map { _ in PlacementCandidate(id: .random()) }
        var chosen: [AgentID: Int] = [:]
        for _ in 0..<400 {
            let router = RouterID.random()
            let plan = PlacementPlan([PlacementRequest(routerID: router)], on: candidates)
            if let agent = plan.assignments[router] { chosen[agent, default: 0] += 1 }
        }
        #expect(chosen.count == 4)
        #expect(chosen.values.allSatisfy { $0 > 40 })
    }

    @Test func `an agent's id is its host's for ever`() {
        #expect(AgentID.agent(on: "node-1") == AgentID.agent(on: "node-1"))
        #expect(AgentID.agent(on: "node-1") != AgentID.agent(on: "node-2"))
        // Stored in databases: this very value may not change.
        #expect(AgentID.agent(on: "node-1").description == "e605f474-7908-8894-b55f-10b52b925130")
    }
}

@Suite struct BindingPreferenceTests {
    @Test func `the router that is the subnet's gateway comes first`() throws {
        let gateway = try #require(IPAddress("10.0.0.1"))
        let other = try #require(IPAddress("10.0.0.7"))
        let (first, second) = (RouterID(high: 1, low: 0), RouterID(high: 2, low: 0))
        let candidates = [
            BindingCandidate(routerID: first, interfaceAddress: other),
            BindingCandidate(routerID: second, interfaceAddress: gateway),
        ]
        #expect(BindingCandidate.preferred(candidates, gatewayIP: gateway).map(\.routerID) == [second, first])
        #expect(BindingCandidate.preferred(candidates, gatewayIP: nil).map(\.routerID) == [first, second])
    }
}

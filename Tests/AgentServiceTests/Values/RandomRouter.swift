import Addressing
import ResourceModel

@testable import AgentService

extension DesiredRouter {
    /// A router of which every piece that there is may be there or not.
    static func random(using random: inout SplitMix) -> DesiredRouter {
        guard !random.chance(12) else { return Samples.desired(nil) }
        var desired = Samples.desired(.random(using: &random))
        // Of two networks, one of which is the router's at times.
        for address in ["2001:db8::10", "2001:db8::11", "2001:db8:9::10"] where random.chance(2) {
            desired.neighbourProxies.insert(Samples.address6(address))
        }
        for number in 1...7 as ClosedRange<UInt64> where random.chance(2) {
            let floating = FloatingAddress.random(number, using: &random)
            desired.addresses[floating.id] = floating
        }
        if random.chance(40) { desired.addCrowd() }
        return desired
    }

    /// As many floating IPs as make them routes.
    private mutating func addCrowd() {
        for number in 0...UInt32(RouterPlan.addressLimit) {
            var floating = Samples.floating(UInt64(number) + 100, "198.18.0.0", to: "10.1.0.10")
            floating.address = floating.address + Int(number)
            floating.use = .fixed(Samples.address("10.3.0.0") + Int(number))
            addresses[floating.id] = floating
        }
    }
}

extension FloatingAddress {
    /// The floating IP of this number, at a network and for a use that chance decides.
    static func random(_ number: UInt64, using random: inout SplitMix) -> FloatingAddress {
        let fixed = "10.1.0.\(Int.random(in: 10...20, using: &random))"
        // An address that changes hands has two holders for a moment.
        let host = number == 7 && random.chance(3) ? 11 : 10 + number
        var floating = Samples.floating(number, "203.0.113.\(host)", to: fixed)
        if number == 5 || number == 6 { floating.network = Samples.further }
        if number == 4, random.chance(2) { floating.network = Samples.id(0xe2) }
        if random.chance(3) { floating.use = .forwardings(ForwardingRule.random(to: fixed, using: &random)) }
        return floating
    }
}

extension ForwardingRule {
    /// Up to three forwardings of one address: of single ports, of ranges to ranges and of ranges to one port.
    fileprivate static func random(to fixed: String, using random: inout SplitMix) -> [ForwardingRule] {
        (0..<UInt16.random(in: 0...3, using: &random)).map { number in
            let first = 10000 * (number + 1)
            let count: UInt16 = random.chance(3) ? .random(in: 2...6, using: &random) : random.chance(20) ? 1025 : 1
            let ports = first...(first + count - 1)
            let inner = random.chance(2) ? ports : first...first
            return ForwardingRule(
                id: Samples.id(UInt64(number) + 70),
                transport: TransportProtocol.allCases.randomElement(using: &random) ?? .tcp,
                externalPorts: ports,
                internalAddress: Samples.address(fixed),
                internalPorts: inner
            )
        }
    }
}

extension RouterSpecification {
    fileprivate static func random(using random: inout SplitMix) -> RouterSpecification {
        var specification = Samples.specification
        specification.isUp = !random.chance(10)
        specification.gateways = randomGateways(using: &random)
        specification.interfaces = randomInterfaces(using: &random)
        for (destination, nexthop) in [
            ("192.168.7.0/24", "10.1.0.20"), ("192.168.7.0/24", "10.1.0.21"), ("192.168.8.0/24", "10.2.0.20"),
            ("192.168.9.0/24", "203.0.113.77"), ("2001:db8:7::/48", "2001:db8::20"),
            ("2001:db8:7::/48", "2001:db8::21"), ("2001:db8:8::/48", "2001:db8:2::20"),
        ] where random.chance(3) {
            specification.routes.append(.init(destination: Samples.cidr(destination), nexthop: Samples.ip(nexthop)))
        }
        // Before a gateway's own, and in vain before the router's own networks.
        for destination in ["0.0.0.0/0", "::/0", "10.2.0.0/24"] where random.chance(8) {
            let nexthop = destination == "::/0" ? "2001:db8::30" : "10.1.0.30"
            specification.routes.append(.init(destination: Samples.cidr(destination), nexthop: Samples.ip(nexthop)))
        }
        for (name, port) in [("ftp", UInt16(21)), ("ftp", 2121), ("sip", 5060)] where random.chance(3) {
            specification.helpers.insert(Samples.helper(name, port))
        }
        if random.chance(3) { specification.helpers.insert(Samples.helper("tftp", 69, over: .udp)) }
        specification.proxiesNeighbours = !random.chance(3)
        return specification
    }

    /// None to three, in any order, which decides the one for what names none.
    private static func randomGateways(using random: inout SplitMix) -> [GatewaySpecification] {
        guard !random.chance(4) else { return [] }
        var first = Samples.gateway
        if random.chance(3) { first.translatesSources = false }
        if random.chance(3) { first.port.addresses[0].address = Samples.cidr("203.0.113.6/24") }
        if random.chance(6) { first.port.addresses[0].subnetGateway = Samples.ip("198.51.100.9") }
        if random.chance(3) { first.onLinkNetworks = [Samples.cidr("198.51.100.0/24")] }
        if random.chance(3) { first.port.addresses.append(Samples.outerIPv6) }
        if random.chance(10) { first.port.addresses.removeFirst() }
        if random.chance(5) { first.port.mtu = 1400 }
        var gateways = [first]
        if !random.chance(3) {
            var further = Samples.furtherGateway
            if random.chance(3) { further.onLinkNetworks = [Samples.cidr("198.18.7.0/24")] }
            if random.chance(6) { further.port.addresses[0].subnetGateway = nil }
            if random.chance(3) { further.translatesSources = false }
            gateways.append(further)
        }
        if random.chance(3) { gateways.append(Samples.thirdGateway) }
        return random.chance(3) ? gateways.shuffled(using: &random) : gateways
    }

    private static func randomInterfaces(using random: inout SplitMix) -> [PortSpecification] {
        var interfaces = Samples.specification.interfaces
        if random.chance(3) { interfaces[0].mtu = 1400 }
        if random.chance(8) { interfaces[0].mac = Samples.mac(0xabc) }
        if random.chance(8) { interfaces[0].network = Samples.id(0xb3) }
        if random.chance(4) {
            interfaces[0].addresses.append(.init(address: Samples.cidr("10.1.0.2/24"), subnetGateway: nil))
        }
        for (number, prefix) in ["2001:db8::1/64", "2001:db8:2::1/64"].enumerated() where random.chance(2) {
            var address = PortAddress(address: Samples.cidr(prefix), subnetGateway: nil)
            if random.chance(2) { address.hostSetup = HostSetup.allCases.randomElement(using: &random) }
            if random.chance(2) { address.nameServers = [Samples.ip("2001:db8::53"), Samples.ip("10.1.0.53")] }
            interfaces[number].addresses.append(address)
        }
        if random.chance(8) { interfaces[1].addresses.removeFirst() }
        if random.chance(3) { interfaces.removeLast() }
        if random.chance(8) { interfaces = [] }
        return interfaces
    }
}

extension Samples {
    fileprivate static var outerIPv6: PortAddress {
        PortAddress(address: cidr("2001:db8:e::5/64"), subnetGateway: ip("2001:db8:e::1"))
    }

    /// A third gateway, on an external network of its own that has IPv6 only at times.
    fileprivate static var thirdGateway: GatewaySpecification {
        GatewaySpecification(
            port: port(id(0x905), on: id(0xe2), "198.51.100.130/25", gateway: "198.51.100.129"),
            translatesSources: true,
            onLinkNetworks: []
        )
    }
}

/// A small generator whose sequence a seed decides.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// True once in so many times.
    mutating func chance(_ parts: Int) -> Bool { Int.random(in: 0..<parts, using: &self) == 0 }
}

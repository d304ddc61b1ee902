import Addressing
import ResourceModel
import Testing

@testable import AgentService

/// Random sequences of desired states: whatever the way, the end is what a fresh build of the last state gives.
@Suite struct RouterDiffPropertyTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `any way leads to the state of a fresh build`(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var kernel = ModelKernel()
        for _ in 0..<25 {
            let desired = DesiredRouter.random(using: &random)
            let plan = Samples.plan(desired, bridges: UInt8.random(in: 0..<8, using: &random) == 0 ? [] : ["br-ex"])
            kernel.apply(RouterDiff(from: kernel.router, to: plan).changes)

            var fresh = ModelKernel()
            fresh.apply(RouterDiff(from: nil, to: plan).changes)
            #expect(kernel.router?.withoutRemains == fresh.router?.withoutRemains)
            #expect(RouterDiff(from: kernel.router, to: plan).isEmpty)
            if UInt8.random(in: 0..<6, using: &random) == 0 { kernel.damage(using: &random) }
        }
    }
}

extension ObservedRouter {
    /// Parameters that were set once stay; nothing asks for their old value.
    fileprivate var withoutRemains: ObservedRouter {
        var router = self
        router.parameters[.ipv6Forwarding] = nil
        return router
    }
}

extension ModelKernel {
    /// Someone else changes something of ours.
    fileprivate mutating func damage(using random: inout SplitMix) {
        guard let router, let name = router.devices.keys.sorted().randomElement(using: &random) else { return }
        switch UInt8.random(in: 0..<9, using: &random) {
        case 8: for number in router.exits.keys { loseRules(ofExit: number) }
        case 7: apply([.setNeighbourProxying(UInt8.random(in: 0..<2, using: &random) == 0, device: name)])
        case 6: apply((router.devices[name]?.neighbourProxies ?? []).map { .removeNeighbourProxy($0, device: name) })
        case 5: loseHelpers()
        case 4: loseHostEnd(of: name)
        case 0: apply([.removeDevice(name)])
        case 1: apply([.replaceTable(TranslationPlan())])
        case 2: apply(router.routes.values.map { .removeRoute($0) })
        default:
            guard let address = router.devices[name]?.addresses.sorted().randomElement(using: &random) else { return }
            apply([.removeAddress(address, device: name)])
        }
    }
}

extension DesiredRouter {
    static func random(using random: inout SplitMix) -> DesiredRouter {
        func chance(_ parts: Int) -> Bool { Int.random(in: 0..<parts, using: &random) == 0 }
        var specification = Samples.specification
        specification.isUp = !chance(10)
        if chance(4) { specification.gateways = [] }
        if !specification.gateways.isEmpty {
            if chance(3) { specification.gateways[0].translatesSources = false }
            if chance(3) { specification.gateways[0].port.addresses[0].address = Samples.cidr("203.0.113.6/24") }
            if chance(3) { specification.gateways[0].onLinkNetworks = [Samples.cidr("198.51.100.0/24")] }
        }
        if !chance(3), !specification.gateways.isEmpty {
            specification.gateways.append(Samples.furtherGateway)
            if chance(3) { specification.gateways.swapAt(0, 1) }
            if chance(3) { specification.gateways[1].onLinkNetworks = [Samples.cidr("198.18.7.0/24")] }
        }
        if chance(3) { specification.interfaces.removeLast() }
        if chance(3) { specification.interfaces[0].mtu = 1400 }
        if chance(4) {
            specification.interfaces[0].addresses.append(
                PortAddress(address: Samples.cidr("10.1.0.2/24"), subnetGateway: nil)
            )
        }
        if chance(4) {
            specification.interfaces[0].addresses.append(
                PortAddress(address: Samples.cidr("2001:db8::1/64"), subnetGateway: nil)
            )
        }
        for nexthop in ["10.1.0.20", "10.1.0.21"] where chance(3) {
            specification.routes.append(
                StaticRoute(destination: Samples.cidr("192.168.7.0/24"), nexthop: Samples.ip(nexthop))
            )
        }
        for (name, port) in [("ftp", UInt16(21)), ("ftp", 2121), ("sip", 5060)] where chance(3) {
            specification.helpers.insert(Samples.helper(name, port))
        }
        specification.proxiesNeighbours = !chance(3)
        var desired = Samples.desired(chance(12) ? nil : specification)
        // Of two networks, one of which is the router's at times.
        for address in ["2001:db8::10", "2001:db8::11", "2001:db8:9::10"] where chance(2) {
            desired.neighbourProxies.insert(Samples.address6(address))
        }
        for number in 1...6 as ClosedRange<UInt64> where chance(2) {
            var floating = Samples.floating(
                number,
                "203.0.113.\(10 + number)",
                to: "10.1.0.\(UInt64.random(in: 10...20, using: &random))"
            )
            if number > 4 { floating.network = Samples.further }
            desired.addresses[floating.id] = floating
        }
        return desired
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
}

import Addressing
import ResourceModel
import Testing

@testable import AgentService

/// Random sequences of desired states: whatever the way, the end is what a fresh build of the last state gives.
@Suite struct RouterDiffPropertyTests {
    @Test(arguments: seeds(40))
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
    var withoutRemains: ObservedRouter {
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

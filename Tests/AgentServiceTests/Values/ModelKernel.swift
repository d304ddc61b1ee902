import Addressing
import ResourceModel
import Testing

@testable import AgentService

/// A router's part of the kernel as a value: what the changes make of it, with the kernel's habits that matter.
struct ModelKernel {
    private(set) var router: ObservedRouter?

    mutating func apply(_ changes: [KernelChange]) {
        for change in changes { apply(change) }
    }

    /// Someone takes the end of a device on the node away.
    mutating func loseHostEnd(of device: String) { router?.devices[device]?.hostEnd = nil }

    /// Someone deletes an exit's rules.
    mutating func loseRules(ofExit number: UInt32) { router?.exits[number]?.hasRules = false }

    /// Someone empties the chain of helpers, which makes the table another's.
    mutating func loseHelpers() {
        if case .current(let table) = router?.table, !table.helpers.isEmpty { router?.table = .foreign }
    }

    private mutating func apply(_ change: KernelChange) {
        switch change {
        case .createNamespace: router = ObservedRouter()
        case .removeNamespace: router = nil
        case .markNamespace: router?.isMarked = true
        case .setParameters(let values): router?.parameters.merge(values) { $1 }
        case .replaceTable(let plan): router?.table = .current(plan)
        case .changeTable(let change): changeTable(change)
        case .removeDevice(let name):
            router?.devices[name] = nil
            dropRoutes(by: name)
        case .createDevice(let plan):
            router?.devices[plan.name] = ObservedDevice(
                settings: DeviceSettings(mac: plan.mac, mtu: plan.mtu, isUp: false, forwards: false, arpIgnore: 0),
                hostEnd: plan.hostEndSettings
            )
        case .configureDevice(let name, let settings): router?.devices[name]?.settings = settings
        case .configureHostEnd(let plan): router?.devices[plan.name]?.hostEnd = plan.hostEndSettings
        case .addAddress(let address, let name): router?.devices[name]?.addresses.insert(address)
        case .removeAddress(let address, let name): remove(address, from: name)
        case .addLocalAddress(let address, let name): router?.devices[name]?.localAddresses.insert(address)
        case .removeLocalAddress(let address, let name): router?.devices[name]?.localAddresses.remove(address)
        case .setNeighbourProxying(let isOn, let name): router?.devices[name]?.proxiesNeighbours = isOn
        case .addNeighbourProxy(let address, let name): router?.devices[name]?.neighbourProxies.insert(address)
        case .removeNeighbourProxy(let address, let name): router?.devices[name]?.neighbourProxies.remove(address)
        case .setRoute(let route): router?.routes[route.destination] = route
        case .removeRoute(let route): router?.routes[route.destination] = nil
        case .setExit(let exit): router?.exits[exit.number] = ObservedExit(hop: exit.hop)
        case .removeExit(let number, _): router?.exits[number] = nil
        }
    }

    /// The kernel drops the other addresses of the same network along, and the routes that lead by the device.
    private mutating func remove(_ address: CIDR, from device: String) {
        guard let addresses = router?.devices[device]?.addresses else { return }
        let left = addresses.filter { $0.network != address.network }
        router?.devices[device]?.addresses = left
        if address.prefixLength < address.version.bitWidth || left.isEmpty { dropRoutes(by: device) }
    }

    private mutating func dropRoutes(by device: String) {
        guard let routes = router?.routes else { return }
        router?.routes = routes.filter { !$0.value.hops.contains { $0.device == device } }
        for (number, exit) in router?.exits ?? [:] where exit.hop?.device == device {
            router?.exits[number]?.hop = nil
        }
    }

    private mutating func changeTable(_ change: TranslationChange) {
        guard case .current(var table) = router?.table else { return }
        // What to remove is there; an element with the same key and another value is refused.
        for element in change.removed where !table.remove(element) { Issue.record("\(element) is not there") }
        for element in change.added where !table.add(element) { Issue.record("\(element) is in the way") }
        if let exits = change.exits, exits.old == table.exits { table.exits = exits.new }
        // A rule to delete that is not there is refused.
        if let helpers = change.helpers, helpers.old == table.helpers { table.helpers = helpers.new }
        router?.table = .current(table)
    }
}

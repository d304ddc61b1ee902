extension KernelChange: CustomStringConvertible {
    /// The change in words, as an order.
    var description: String {
        switch self {
        case .createNamespace: "make the namespace"
        case .removeNamespace: "remove the namespace and all that is in it"
        case .markNamespace: "mark the namespace as this node's"
        case .setParameters(let values):
            "set "
                + values.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue)=\($0.value)" }
                .joined(separator: ", ")
        case .replaceTable(let plan): "make table \(KernelNames.table) anew with \(plan.elementCount) elements"
        case .changeTable(let change): "in table \(KernelNames.table) \(change.words)"
        case .removeDevice(let name): "remove device \(name)"
        case .createDevice(let plan): "make device \(plan.name) with its end \(plan.hostEnd) in \(plan.bridge.name)"
        case .configureDevice(let name, let settings):
            "set up device \(name): \(settings.mac), MTU \(settings.mtu), \(settings.isUp ? "up" : "down")"
        case .configureHostEnd(let plan): "set up \(plan.hostEnd): in \(plan.bridge.name), MTU \(plan.mtu), up"
        case .addAddress(let address, let device): "add address \(address) to \(device)"
        case .removeAddress(let address, let device): "remove address \(address) from \(device)"
        case .addLocalAddress(let address, let device): "add a local route to \(address) on \(device)"
        case .removeLocalAddress(let address, let device): "remove the local route to \(address) on \(device)"
        case .setNeighbourProxying(let isOn, let device):
            isOn ? "let \(device) answer for internal addresses" : "let \(device) answer for nothing but its own"
        case .addNeighbourProxy(let address, let device): "answer for \(address) on \(device)"
        case .removeNeighbourProxy(let address, let device): "answer no more for \(address) on \(device)"
        case .setRoute(let route): "route \(route.destination) \(route)"
        case .setExit(let exit): "let exit \(exit.number) lead \(ObservedExit(hop: exit.hop))"
        case .removeExit(let number, _): "remove exit \(number)"
        case .removeRoute(let route): "remove the route to \(route.destination)"
        }
    }
}

extension TranslationPlan {
    /// How many elements the maps have.
    fileprivate var elementCount: Int {
        destinations.count + sources.count + forwardings.count + gatewaySources.count + hairpinSources.count
            + exitSources.count
    }
}

extension TranslationChange {
    fileprivate var words: String {
        let counts = [("remove", removed.count), ("add", added.count)].filter { $0.1 > 0 }
        var parts = counts.map { "\($0.0) \($0.1) elements" }
        if let helpers { parts.append("make it \(helpers.new.count) conntrack helpers") }
        if let exits { parts.append("make it \(exits.new.count) networks of further gateways") }
        return parts.joined(separator: " and ")
    }
}

/// One thing of a router that is not as planned: what it is, what was expected there and what was found.
struct Finding: Hashable, Sendable {
    var kind: Kind
    /// What it is about, such as `address 203.0.113.10/32 on qg-0a1b2c3d-4e`.
    var subject: String
    var expected = "present"
    var found = "missing"

    /// What kinds of things there are; the raw value is the label of a metric.
    enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The namespace, or its name.
        case namespace
        /// The note that says which node the namespace belongs to.
        case mark
        case parameter
        /// The nftables table as a whole.
        case table
        /// An element of one of the table's maps.
        case element
        /// A conntrack helper at a port.
        case helper
        case device
        /// How a device is set up.
        case setting
        /// A device's end on the node.
        case hostEnd = "host_end"
        case address
        /// An internal address that is answered for outside.
        case neighbourProxy = "neighbour_proxy"
        case route
    }
}

extension Finding: CustomStringConvertible {
    /// The finding in one line.
    var description: String { "\(subject): expected \(expected), found \(found)" }

    /// The namespace is there and has lost its name.
    static func nameMissing(_ name: String) -> Finding { Finding(kind: .namespace, subject: "name \(name)") }
}

extension Finding {
    /// All differences of what was observed from the plan; nil stands for nothing being there, or being planned.
    static func all(in observed: ObservedRouter?, against plan: RouterPlan?) -> [Finding] {
        guard let plan else {
            return observed == nil
                ? [] : [Finding(kind: .namespace, subject: "router", expected: "none", found: "present")]
        }
        guard let observed else { return [Finding(kind: .namespace, subject: "router")] }
        var search = FindingSearch()
        if !observed.isMarked { search.findings.append(Finding(kind: .mark, subject: "mark of the node")) }
        for (parameter, value) in plan.parameters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            search.compare(.parameter, parameter.rawValue, value, observed.parameters[parameter] ?? "none")
        }
        search.compare(observed.table, plan.translation)
        search.compare(observed.devices, plan.devices)
        search.compare(.route, observed.exits, plan.exits.mapValues { ObservedExit(hop: $0) }) { "exit \($0)" }
        search.compare(.route, observed.routes, plan.routes) { "route to \($0)" }
        return search.findings
    }
}

/// The differences found so far.
private struct FindingSearch {
    var findings: [Finding] = []

    mutating func compare<Value: Equatable>(
        _ kind: Finding.Kind,
        _ subject: String,
        _ expected: Value,
        _ found: Value
    ) {
        guard expected != found else { return }
        findings.append(Finding(kind: kind, subject: subject, expected: "\(expected)", found: "\(found)"))
    }

    /// Compares two tables by key.
    mutating func compare<Key: Hashable, Value: Equatable>(
        _ kind: Finding.Kind,
        _ observed: [Key: Value],
        _ planned: [Key: Value],
        name: (Key) -> String
    ) {
        var found: [Finding] = []
        for (key, value) in planned where observed[key] != value {
            found.append(
                Finding(
                    kind: kind,
                    subject: name(key),
                    expected: "\(value)",
                    found: observed[key].map { "\($0)" } ?? "missing"
                )
            )
        }
        for (key, value) in observed where planned[key] == nil {
            found.append(Finding(kind: kind, subject: name(key), expected: "none", found: "\(value)"))
        }
        findings += found.sorted { $0.subject < $1.subject }
    }

    mutating func compare(_ observed: ObservedTranslation, _ plan: TranslationPlan) {
        switch observed {
        case .missing: findings.append(Finding(kind: .table, subject: "table \(KernelNames.table)"))
        case .foreign:
            let subject = "chains, rules and maps of table \(KernelNames.table)"
            findings.append(Finding(kind: .table, subject: subject, expected: "ours", found: "others"))
        case .current(let table):
            compare(.element, table.destinations, plan.destinations) { "floating IP \($0)" }
            compare(.element, table.sources, plan.sources) { "source \($0)" }
            compare(.element, table.forwardings, plan.forwardings) {
                "port \($0.address):\($0.port)/\($0.transport)"
            }
            compare(.element, table.gatewaySources, plan.gatewaySources) { "source of all that leaves by \($0)" }
            compare(.element, table.hairpinSources, plan.hairpinSources) { "source of what turns round to \($0)" }
            compare(.helper, table.helpers, plan.helpers) { "conntrack helper \($0)" }
            compare(.element, table.exitSources, plan.exitSources) { "exit of source \($0)" }
            compare(.element, table.exits, plan.exits) { "floating IPs of \($0.network) by exit \($0.number)" }
        }
    }

    mutating func compare(_ observed: [String: ObservedDevice], _ plan: [String: DevicePlan]) {
        for name in observed.keys.sorted() where plan[name] == nil {
            findings.append(Finding(kind: .device, subject: "device \(name)", expected: "none", found: "present"))
        }
        for (name, planned) in plan.sorted(by: { $0.key < $1.key }) {
            guard let device = observed[name] else {
                findings.append(Finding(kind: .device, subject: "device \(name)"))
                continue
            }
            compare(device, planned)
        }
    }

    private mutating func compare(_ device: ObservedDevice, _ plan: DevicePlan) {
        let (found, wanted) = (device.settings, plan.settings)
        let name = plan.name
        compare(.setting, "state of \(name)", wanted.isUp ? "up" : "down", found.isUp ? "up" : "down")
        compare(.setting, "hardware address of \(name)", wanted.mac, found.mac)
        compare(.setting, "MTU of \(name)", wanted.mtu, found.mtu)
        compare(.setting, "forwarding on \(name)", wanted.forwards, found.forwards)
        compare(.setting, "arp_ignore of \(name)", wanted.arpIgnore, found.arpIgnore)
        compare(.setting, "arp_announce of \(name)", wanted.arpAnnounce, found.arpAnnounce)
        compare(.setting, "rp_filter of \(name)", wanted.reversePathFilter, found.reversePathFilter)
        compare(.setting, "own IPv6 addresses on \(name)", wanted.makesIPv6Addresses, found.makesIPv6Addresses)
        if let end = device.hostEnd {
            let wanted = plan.hostEndSettings
            compare(.hostEnd, "bridge of \(plan.hostEnd)", wanted.bridge ?? "none", end.bridge ?? "none")
            compare(.hostEnd, "MTU of \(plan.hostEnd)", wanted.mtu, end.mtu)
            compare(.hostEnd, "state of \(plan.hostEnd)", wanted.isUp ? "up" : "down", end.isUp ? "up" : "down")
            compare(.hostEnd, "state of \(plan.bridge.name)", "up", end.isBridgeUp ? "up" : "down")
        } else {
            findings.append(Finding(kind: .hostEnd, subject: "other end \(plan.hostEnd) of \(name)"))
        }
        compare(.address, device.addresses, plan.addresses) { "address \($0) on \(name)" }
        compare(.address, device.localAddresses, plan.localAddresses) { "local route to \($0) on \(name)" }
        compare(.setting, "neighbour proxying on \(name)", plan.proxiesNeighbours, device.proxiesNeighbours)
        compare(.neighbourProxy, device.neighbourProxies, plan.neighbourProxies) { "answer for \($0) on \(name)" }
    }

    private mutating func compare<Item: Comparable>(
        _ kind: Finding.Kind,
        _ observed: Set<Item>,
        _ planned: Set<Item>,
        name: (Item) -> String
    ) {
        for item in planned.subtracting(observed).sorted() {
            findings.append(Finding(kind: kind, subject: name(item)))
        }
        for item in observed.subtracting(planned).sorted() {
            findings.append(Finding(kind: kind, subject: name(item), expected: "none", found: "present"))
        }
    }
}

extension FloatingTarget: CustomStringConvertible {
    /// The fixed address.
    var description: String { "\(fixed)" }
}

extension Endpoint: CustomStringConvertible {
    /// The address and the port.
    var description: String { "\(address):\(port)" }
}

extension RoutePlan: CustomStringConvertible {
    /// The ways of the route.
    var description: String {
        let ways = hops.map { hop in (hop.gateway.map { "via \($0) " } ?? "") + "by \(hop.device)" }
        return ways.isEmpty ? "to nowhere" : ways.sorted().joined(separator: ", ")
    }
}

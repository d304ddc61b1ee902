internal import Addressing

/// What turns the kernel's state of a router into the planned one.
///
/// The order matters: the table comes before the devices, so that no packet is ever forwarded untranslated; what is
/// removed comes before what is added, since an address or a name may have moved.
struct RouterDiff: Hashable, Sendable {
    private(set) var changes: [KernelChange] = []
    /// The addresses that are new on their devices.
    private(set) var announcements: [DeviceAddress] = []
    /// The addresses that have left, which must not be announced any more.
    private(set) var withdrawals: [IPAddress] = []
    /// The connections that must not go on.
    private(set) var flushes: Set<ConntrackFlush> = []

    /// Whether the kernel is as planned.
    var isEmpty: Bool { changes.isEmpty }

    /// Whether a device goes, after which its bridge may be without a port.
    var removesDevices: Bool {
        changes.contains { if case .removeDevice = $0 { true } else { false } }
    }

    /// The difference; nil stands for a router of which nothing is there, or nothing is to be there.
    init(from observed: ObservedRouter?, to plan: RouterPlan?) {
        if let plan {
            compare(observed ?? ObservedRouter(), plan, isNew: observed == nil)
        } else if observed != nil {
            changes = [.removeNamespace]
        }
    }

    /// The difference; with `isNew`, the namespace was not there before, or was made just now.
    init(from observed: ObservedRouter, to plan: RouterPlan, isNew: Bool) {
        compare(observed, plan, isNew: isNew)
    }

    private mutating func compare(_ observed: ObservedRouter, _ plan: RouterPlan, isNew: Bool) {
        if isNew { changes.append(.createNamespace) }
        if !observed.isMarked { changes.append(.markNamespace) }
        compareParameters(observed, plan)
        compareTable(observed.table, plan.translation)
        let suspects = compareDevices(observed.devices, plan.devices)
        compareRoutes(observed.routes.filter { _, route in !route.uses(suspects) }, observed.routes, plan.routes)
        compareExits(observed.exits, plan.exits, suspects)
    }

    /// The difference that floating IPs make by themselves, before their addresses.
    init(_ translated: TranslationChange) {
        if !translated.isEmpty { change(translated) }
    }

    /// A floating IP's address leaves a gateway's device.
    mutating func remove(_ carried: CarriedAddress, isRoute: Bool) {
        let (device, address) = (carried.device, carried.address)
        changes.append(
            isRoute
                ? .removeLocalAddress(address, device: device)
                : .removeAddress(CIDR(host: .v4(address)), device: device)
        )
        flushes.insert(.address(address))
        withdrawals.append(.v4(address))
    }

    /// A floating IP's address comes to a gateway's device.
    mutating func add(_ carried: CarriedAddress, isRoute: Bool) {
        let (device, address) = (carried.device, carried.address)
        changes.append(
            isRoute
                ? .addLocalAddress(address, device: device)
                : .addAddress(CIDR(host: .v4(address)), device: device)
        )
        announcements.append(DeviceAddress(device: device, address: .v4(address)))
    }

    private mutating func compareParameters(_ observed: ObservedRouter, _ plan: RouterPlan) {
        let wrong = plan.parameters.filter { observed.parameters[$0.key] != $0.value }
        if !wrong.isEmpty { changes.append(.setParameters(wrong)) }
    }

    private mutating func compareTable(_ observed: ObservedTranslation, _ plan: TranslationPlan) {
        guard case .current(let translation) = observed else {
            changes.append(.replaceTable(plan))
            return
        }
        let change = TranslationChange(from: translation, to: plan)
        if !change.isEmpty { self.change(change) }
    }

    private mutating func change(_ change: TranslationChange) {
        changes.append(.changeTable(change))
        for element in change.removed {
            switch element {
            case .destination(let address, _): flushes.insert(.address(address))
            case .forwarding(let port, _): flushes.insert(.port(port))
            case .source, .gatewaySource, .hairpinSource, .exitSource: break
            }
        }
    }
}

extension RouterDiff {
    /// Returns the devices whose routes the kernel drops, or may drop, by these changes.
    private mutating func compareDevices(
        _ observed: [String: ObservedDevice],
        _ plan: [String: DevicePlan]
    ) -> Set<String> {
        var suspects: Set<String> = []
        var kept: [(ObservedDevice, DevicePlan)] = []
        for (name, device) in observed.sorted(by: { $0.key < $1.key }) {
            if device.hostEnd != nil, let wanted = plan[name] {
                kept.append((device, wanted))
                continue
            }
            changes.append(.removeDevice(name))
            withdrawals.append(contentsOf: device.addresses.map(\.address))
            withdrawals.append(contentsOf: device.localAddresses.map { .v4($0) })
            withdrawals.append(contentsOf: device.neighbourProxies.map { .v6($0) })
            suspects.insert(name)
            let stays = plan[name]
            for address in device.externalAddresses(name) where stays?.holds(address) != true {
                flushes.insert(.address(address))
            }
        }
        let created = plan.values.filter { observed[$0.name]?.hostEnd == nil }.sorted { $0.name < $1.name }
        for device in created {
            changes.append(.createDevice(device))
            changes.append(.configureDevice(device.name, device.settings))
        }
        for (device, wanted) in kept {
            configure(device, wanted)
            removeNeighbourProxies(device, wanted)
            if removeAddresses(device, wanted) { suspects.insert(wanted.name) }
        }
        for device in created {
            add(device.addresses, device.localAddresses, on: device.name)
            addNeighbourProxies(to: device, having: [], isOn: false)
        }
        for (device, wanted) in kept {
            addAddresses(device, wanted)
            addNeighbourProxies(to: wanted, having: device.neighbourProxies, isOn: device.proxiesNeighbours)
        }
        return suspects
    }

    private mutating func configure(_ device: ObservedDevice, _ wanted: DevicePlan) {
        if device.hostEnd != wanted.hostEndSettings { changes.append(.configureHostEnd(wanted)) }
        if device.settings != wanted.settings { changes.append(.configureDevice(wanted.name, wanted.settings)) }
    }

    private mutating func removeNeighbourProxies(_ device: ObservedDevice, _ wanted: DevicePlan) {
        for address in device.neighbourProxies.subtracting(wanted.neighbourProxies).sorted() {
            changes.append(.removeNeighbourProxy(address, device: wanted.name))
            withdrawals.append(.v6(address))
        }
        if device.proxiesNeighbours, !wanted.proxiesNeighbours {
            changes.append(.setNeighbourProxying(false, device: wanted.name))
        }
    }

    private mutating func addNeighbourProxies(to wanted: DevicePlan, having present: Set<IPv6Address>, isOn: Bool) {
        if wanted.proxiesNeighbours, !isOn { changes.append(.setNeighbourProxying(true, device: wanted.name)) }
        for address in wanted.neighbourProxies.subtracting(present).sorted() {
            changes.append(.addNeighbourProxy(address, device: wanted.name))
            announcements.append(DeviceAddress(device: wanted.name, address: .v6(address)))
        }
    }

    /// Returns whether the kernel drops routes with an address that goes.
    private mutating func removeAddresses(_ device: ObservedDevice, _ wanted: DevicePlan) -> Bool {
        let removed = device.addresses.subtracting(wanted.addresses).sorted()
        for address in removed {
            changes.append(.removeAddress(address, device: wanted.name))
            withdrawals.append(address.address)
        }
        let removedLocal = device.localAddresses.subtracting(wanted.localAddresses).sorted()
        for address in removedLocal {
            changes.append(.removeLocalAddress(address, device: wanted.name))
            withdrawals.append(.v4(address))
        }
        for address in device.externalAddresses(wanted.name) where !wanted.holds(address) {
            flushes.insert(.address(address))
        }
        // With a network's last address go its routes, and with the device's last address all.
        return removed.contains { $0.prefixLength < $0.version.bitWidth }
            || (!removed.isEmpty && device.addresses.subtracting(removed).isEmpty)
    }

    private mutating func addAddresses(_ device: ObservedDevice, _ wanted: DevicePlan) {
        let removedNetworks = Set(device.addresses.subtracting(wanted.addresses).map(\.network))
        let missing = wanted.addresses.filter { address in
            // Together with the first address of a network the kernel removes the others of that network.
            !device.addresses.contains(address) || removedNetworks.contains(address.network)
        }
        add(missing, wanted.localAddresses.subtracting(device.localAddresses), on: wanted.name)
    }

    private mutating func add(_ addresses: Set<CIDR>, _ localAddresses: Set<IPv4Address>, on device: String) {
        for address in addresses.sorted() {
            changes.append(.addAddress(address, device: device))
            announcements.append(DeviceAddress(device: device, address: address.address))
        }
        for address in localAddresses.sorted() {
            changes.append(.addLocalAddress(address, device: device))
            announcements.append(DeviceAddress(device: device, address: .v4(address)))
        }
    }

    private mutating func compareExits(
        _ observed: [UInt32: ObservedExit],
        _ plan: [UInt32: RoutePlan.Hop],
        _ suspects: Set<String>
    ) {
        for (number, exit) in observed.sorted(by: { $0.key < $1.key }) where plan[number] == nil {
            changes.append(.removeExit(number, exit.hop))
        }
        for (number, hop) in plan.sorted(by: { $0.key < $1.key })
        where observed[number] != ObservedExit(hop: hop) || suspects.contains(hop.device) {
            changes.append(.setExit(GatewayExit(number: number, hop: hop)))
        }
    }

    /// `surviving` are those of the observed routes that the changes of devices leave alone for sure.
    private mutating func compareRoutes(
        _ surviving: [CIDR: RoutePlan],
        _ observed: [CIDR: RoutePlan],
        _ plan: [CIDR: RoutePlan]
    ) {
        let removed = observed.values.filter { plan[$0.destination] == nil }
        for route in removed.sorted(by: { $1.isNeededBefore($0) }) { changes.append(.removeRoute(route)) }
        let missing = plan.values.filter { surviving[$0.destination] != $0 }
        for route in missing.sorted(by: { $0.isNeededBefore($1) }) { changes.append(.setRoute(route)) }
    }
}

extension RoutePlan {
    fileprivate func uses(_ devices: Set<String>) -> Bool { hops.contains { devices.contains($0.device) } }

    /// Whether the next hops of the other may be reached by this one; routes of one kind go by their destination.
    fileprivate func isNeededBefore(_ other: RoutePlan) -> Bool {
        let isOnLink = hops.allSatisfy { $0.gateway == nil }
        let isOtherOnLink = other.hops.allSatisfy { $0.gateway == nil }
        return isOnLink != isOtherOnLink ? isOnLink : destination < other.destination
    }
}

extension ObservedDevice {
    /// The addresses that connections may have been translated to, if this is a gateway's device.
    fileprivate func externalAddresses(_ name: String) -> Set<IPv4Address> {
        guard KernelNames.isGatewayDevice(name) else { return [] }
        return localAddresses.union(
            addresses.compactMap { if case .v4(let address) = $0.address { address } else { nil } }
        )
    }
}

extension DevicePlan {
    /// Whether the address is the router's on this device, in whichever way.
    fileprivate func holds(_ address: IPv4Address) -> Bool {
        localAddresses.contains(address) || addresses.contains { $0.address == .v4(address) }
    }
}

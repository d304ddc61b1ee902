internal import Addressing
internal import ResourceModel

extension RouterPlan {
    /// Changes the plan to hold these floating IPs as they are now, and returns the difference to what it was.
    ///
    /// It costs as much as what changes. Nil: more than these floating IPs is concerned, or the plan does not hold them
    /// as the changes say; the plan is then no longer to be used, and the whole must be planned anew.
    mutating func adjust(_ changes: some Sequence<AddressChange>) -> RouterDiff? {
        guard !isContested, problems.isEmpty, addressProblems.isEmpty else { return nil }
        var old = AddressPart()
        var new = AddressPart()
        for change in changes {
            if let before = change.before, !old.add(before, gateways, exits) { return nil }
            if let after = change.after, !new.add(after, gateways, exits) { return nil }
        }
        guard let elements = ListDifference(from: old.elements, to: new.elements),
            let moves = ListDifference(from: old.carried, to: new.carried)
        else { return nil }
        for element in elements.removed where !translation.remove(element) { return nil }
        for element in elements.added where !translation.add(element) { return nil }
        var diff = RouterDiff(TranslationChange(removing: elements.removed, adding: elements.added))
        // All leave before any comes: it is their number at the end that counts.
        for carried in moves.removed {
            guard let isRoute = devices[carried.device]?.drop(carried.address) else { return nil }
            diff.remove(carried, isRoute: isRoute)
        }
        for carried in moves.added {
            guard let isRoute = devices[carried.device]?.carry(carried.address) else { return nil }
            diff.add(carried, isRoute: isRoute)
        }
        for carried in moves.removed where devices[carried.device]?.isCarriedAsCounted != true { return nil }
        for carried in moves.added where devices[carried.device]?.isCarriedAsCounted != true { return nil }
        return diff
    }
}

extension DevicePlan {
    /// Whether the device carries its floating IPs in the way that goes with their number.
    fileprivate var isCarriedAsCounted: Bool { carriesRoutes == (floatingCount > RouterPlan.addressLimit) }

    /// Takes a floating IP's address away and tells whether it was a local route; nil when it was not there.
    fileprivate mutating func drop(_ address: IPv4Address) -> Bool? {
        floatingCount -= 1
        let isRoute = carriesRoutes
        let wasThere =
            isRoute
            ? localAddresses.remove(address) != nil : addresses.remove(CIDR(host: .v4(address))) != nil
        return wasThere ? isRoute : nil
    }

    /// Adds a floating IP's address and tells whether it is a local route; nil when it was there.
    fileprivate mutating func carry(_ address: IPv4Address) -> Bool? {
        floatingCount += 1
        let isRoute = carriesRoutes
        let isNew =
            isRoute
            ? localAddresses.insert(address).inserted : addresses.insert(CIDR(host: .v4(address))).inserted
        return isNew ? isRoute : nil
    }
}

/// A floating IP's address on the gateway's device that carries it.
struct CarriedAddress: Hashable, Sendable {
    var device: String
    var address: IPv4Address
}

/// What two short lists do not have in common.
private struct ListDifference<Item: Hashable> {
    var removed: [Item]
    var added: [Item]

    /// What makes the second of the first; nil when both have items and one of them has an item twice.
    init?(from old: [Item], to new: [Item]) {
        (removed, added) = (old, new)
        guard !old.isEmpty, !new.isEmpty else { return }
        let (before, after) = (Set(old), Set(new))
        guard before.count == old.count, after.count == new.count else { return nil }
        removed.removeAll(where: after.contains)
        added.removeAll(where: before.contains)
    }
}

/// What some floating IPs are in a plan.
private struct AddressPart {
    var elements: [TranslationElement] = []
    var carried: [CarriedAddress] = []

    /// Adds a floating IP; false when it cannot be planned without the others.
    mutating func add(
        _ address: FloatingAddress,
        _ gateways: [NetworkID: String],
        _ exits: [UInt32: RoutePlan.Hop]
    ) -> Bool {
        guard let device = gateways[address.network] else { return false }
        carried.append(CarriedAddress(device: device, address: address.address))
        switch address.use {
        case .fixed(let fixed):
            elements.append(.destination(address.address, FloatingTarget(fixed: fixed, id: address.id)))
            elements.append(.source(fixed, address.address))
            if let exit = exits.number(of: device) { elements.append(.exitSource(fixed, exit)) }
        case .forwardings(let rules):
            var ports = TranslationPlan()
            guard (try? ports.forward(rules, from: address.address)) != nil else { return false }
            elements += ports.forwardings.map { .forwarding($0, $1) }
        }
        return true
    }
}

internal import Addressing
internal import ResourceModel

extension RouterPlan {
    /// Changes the plan to hold these floating IPs as they are now, and returns the difference to what it was.
    ///
    /// It costs as much as what changes. Nil: more than these floating IPs is concerned, or the plan does not hold them
    /// as the changes say; the plan is then no longer to be used, and the whole must be planned anew.
    mutating func adjust(_ changes: some Collection<AddressChange>) -> RouterDiff? {
        guard !isContested, problems.isEmpty, addressProblems.isEmpty else { return nil }
        var old = AddressPart()
        var new = AddressPart()
        for change in changes {
            if let before = change.before, !old.add(before, gateways, exits) { return nil }
            if let after = change.after, !new.add(after, gateways, exits) { return nil }
        }
        let translated = TranslationChange(from: old.translation, to: new.translation)
        let removed = new.carried.isEmpty ? old.carried : old.carried.subtracting(new.carried)
        let added = old.carried.isEmpty ? new.carried : new.carried.subtracting(old.carried)
        guard translation.apply(translated) else { return nil }
        var diff = RouterDiff(translated)
        // All leave before any comes: it is their number at the end that counts.
        for carried in removed {
            guard let isRoute = devices[carried.device]?.drop(carried.address) else { return nil }
            diff.remove(carried, isRoute: isRoute)
        }
        for carried in added {
            guard let isRoute = devices[carried.device]?.carry(carried.address) else { return nil }
            diff.add(carried, isRoute: isRoute)
        }
        for carried in removed where devices[carried.device]?.isCarriedAsCounted != true { return nil }
        for carried in added where devices[carried.device]?.isCarriedAsCounted != true { return nil }
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

/// What some floating IPs are in a plan.
private struct AddressPart {
    var translation = TranslationPlan()
    var carried: Set<CarriedAddress> = []

    /// Adds a floating IP; false when it cannot be planned without the others.
    mutating func add(
        _ address: FloatingAddress,
        _ gateways: [NetworkID: String],
        _ exits: [UInt32: RoutePlan.Hop]
    ) -> Bool {
        guard let device = gateways[address.network],
            carried.insert(CarriedAddress(device: device, address: address.address)).inserted
        else { return false }
        switch address.use {
        case .fixed(let fixed):
            translation.destinations[address.address] = FloatingTarget(fixed: fixed, id: address.id)
            translation.exitSources[fixed] = exits.number(of: device)
            return translation.sources.updateValue(address.address, forKey: fixed) == nil
        case .forwardings(let rules):
            return (try? translation.forward(rules, from: address.address)) != nil
        }
    }
}

extension TranslationPlan {
    /// Takes in a change; false when what it removes is not there as it says, or what it adds is there already.
    fileprivate mutating func apply(_ change: TranslationChange) -> Bool {
        Self.apply(change.removed.destinations, change.added.destinations, to: &destinations)
            && Self.apply(change.removed.sources, change.added.sources, to: &sources)
            && Self.apply(change.removed.exitSources, change.added.exitSources, to: &exitSources)
            && Self.apply(change.removed.forwardings, change.added.forwardings, to: &forwardings)
    }

    private static func apply<Key, Value: Equatable>(
        _ removed: [Key: Value],
        _ added: [Key: Value],
        to map: inout [Key: Value]
    ) -> Bool {
        for (key, value) in removed where map.removeValue(forKey: key) != value { return false }
        for (key, value) in added where map.updateValue(value, forKey: key) != nil { return false }
        return true
    }
}

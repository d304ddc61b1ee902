internal import Addressing

/// How a port's addresses become others: which stay, which go, which are looked for.
struct AddressUpdate: Hashable, Sendable {
    /// In the order of the wish: an address that the port has and keeps, or a choice.
    enum Place: Hashable, Sendable {
        case kept(FixedAddress)
        case chosen(AddressChoice)
    }

    var places: [Place]
    var lost: [FixedAddress]

    /// Matches what a port has with what is wanted; an address is only taken away when nothing wants it.
    ///
    /// A certain address is matched first, so that a wish for "any of the subnet" beside it keeps another one.
    init(from present: [FixedAddress], to choices: [AddressChoice], derived: (AddressChoice) -> FixedAddress?) {
        var left = present
        var places = choices.map(Place.chosen)
        for (index, choice) in choices.enumerated() {
            let wanted: FixedAddress? = if case .exact(let fixed) = choice { fixed } else { derived(choice) }
            guard let wanted, let position = left.firstIndex(of: wanted) else { continue }
            places[index] = .kept(left.remove(at: position))
        }
        for (index, choice) in choices.enumerated() {
            guard case .any(let subnets) = choice,
                let position = left.firstIndex(where: { subnets.contains($0.subnetID) })
            else { continue }
            places[index] = .kept(left.remove(at: position))
        }
        self.places = places
        lost = left
    }
}

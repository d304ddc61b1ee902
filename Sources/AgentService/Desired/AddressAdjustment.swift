internal import ResourceModel

/// Floating IPs of one router that changed since it was last brought to what is wanted, and nothing else of it.
///
/// It holds no more than what changed: its cost must not grow with the router.
struct AddressAdjustment: Hashable, Sendable {
    var router: RouterID
    var changes: AddressChanges

    /// This adjustment and a newer one of the same router, as one.
    func followed(by newer: AddressAdjustment) -> AddressAdjustment {
        var whole = self
        for (id, change) in newer.changes { whole.changes.add(change, of: id) }
        return whole
    }
}

/// What became of one floating IP.
struct AddressChange: Hashable, Sendable {
    /// As the kernel was told last; nil when it was not there.
    var before: FloatingAddress?
    /// As it is wanted now; nil when it is gone.
    var after: FloatingAddress?
    /// The revision that says that it is gone.
    var departure: Revision?

    /// This change and a newer one of the same floating IP, as one.
    func followed(by newer: AddressChange) -> AddressChange {
        AddressChange(before: before, after: newer.after, departure: newer.departure)
    }
}

/// What became of some floating IPs, at least one; mostly one, which takes no memory of its own.
struct AddressChanges: Hashable, Sendable {
    private let firstID: FloatingIPID
    private var first: AddressChange
    private var others: [FloatingIPID: AddressChange] = [:]

    /// What became of one.
    init(_ change: AddressChange, of id: FloatingIPID) {
        firstID = id
        first = change
    }

    /// Takes in what became of one afterwards.
    mutating func add(_ change: AddressChange, of id: FloatingIPID) {
        if id == firstID {
            first = first.followed(by: change)
        } else {
            others[id] = others[id]?.followed(by: change) ?? change
        }
    }
}

extension AddressChanges: Sequence {
    typealias Element = (id: FloatingIPID, change: AddressChange)

    /// One after another, in no order.
    struct Iterator: IteratorProtocol {
        fileprivate var first: Element?
        fileprivate var others: Dictionary<FloatingIPID, AddressChange>.Iterator

        mutating func next() -> Element? { first.take() ?? others.next().map { ($0.key, $0.value) } }
    }

    func makeIterator() -> Iterator { Iterator(first: (firstID, first), others: others.makeIterator()) }
}

extension DesiredRouter {
    /// What is wanted after an adjustment.
    func adjusted(by adjustment: AddressAdjustment) -> DesiredRouter {
        var router = self
        for (id, change) in adjustment.changes {
            router.addresses[id] = change.after
            router.departed[id] = change.after == nil ? change.departure : nil
        }
        return router
    }
}

internal import ResourceModel

/// Floating IPs of one router that changed since it was last brought to what is wanted, and nothing else of it.
///
/// It holds no more than what changed: its cost must not grow with the router.
struct AddressAdjustment: Hashable, Sendable {
    var router: RouterID
    var changes: [FloatingIPID: AddressChange]

    /// This adjustment and a newer one of the same router, as one.
    func followed(by newer: AddressAdjustment) -> AddressAdjustment {
        var whole = self
        whole.changes.merge(newer.changes) { old, new in
            AddressChange(before: old.before, after: new.after, departure: new.departure)
        }
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

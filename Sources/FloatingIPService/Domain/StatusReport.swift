internal import ResourceModel

/// What a node made of a floating IP.
struct StatusReport: Hashable, Sendable {
    let id: FloatingIPID
    /// The revision that was applied, or whose application failed.
    let revision: Revision
    let outcome: Outcome

    /// What became of it.
    enum Outcome: Hashable, Sendable {
        case active
        case failed(reason: String)
        case removed
    }

    /// The reports that count of a batch: one for each floating IP, the newest, of equally new ones the last.
    static func newest(_ reports: [StatusReport]) -> [FloatingIPID: StatusReport] {
        Dictionary(reports.map { ($0.id, $0) }) { first, second in second.revision >= first.revision ? second : first }
    }
}

extension FloatingIP {
    /// The floating IP by what a node says; nil when that is not about what is wanted now.
    ///
    /// A report about an older mapping, or older than what is known, says nothing any more. That the address is gone
    /// from a node matters only when it is wanted nowhere: while it is on a router, another node may have it.
    func accepting(_ report: StatusReport) -> FloatingIP? {
        guard report.revision >= max(mappingRevision, appliedRevision), report.revision <= revision else { return nil }
        var accepted = self
        switch report.outcome {
        case .active where routerID != nil: (accepted.status, accepted.statusReason) = (.active, "")
        case .failed(let reason) where routerID != nil: (accepted.status, accepted.statusReason) = (.error, reason)
        case .removed where routerID == nil: (accepted.status, accepted.statusReason) = (.down, "")
        case .active, .failed, .removed: return nil
        }
        accepted.appliedRevision = report.revision
        return accepted
    }
}

internal import ResourceModel

/// What came of an attempt to settle a router.
struct RouterOutcome: Hashable, Sendable {
    /// What was wanted at that time.
    var desired: DesiredRouter
    var result: Result
    /// What others had changed and is put right.
    var repairs: [Finding] = []

    /// How it went.
    enum Result: Hashable, Sendable {
        /// The kernel is as planned, but for what cannot be; nil: nothing of the router is there, as wanted.
        case settled(problems: Problems?, changes: Int, removedDevices: Bool)
        /// The kernel is in no certain state.
        case failed(reason: String)
    }

    /// What of a plan cannot be on this node.
    struct Problems: Hashable, Sendable {
        var router: [PlanProblem]
        var addresses: [FloatingIPID: PlanProblem]
        /// What is said on the node and keeps nobody from calling the router active.
        var helpers: [PlanProblem] = []

        /// Whether nothing is wrong but for helpers, which each verification tries again anyway.
        var isEmpty: Bool { router.isEmpty && addresses.isEmpty }

        /// All of them, in words.
        var words: [String] {
            (router + helpers + addresses.sorted { $0.key < $1.key }.map(\.value)).map(\.description)
        }
    }

    /// Whether there is nothing left to try.
    var isComplete: Bool {
        switch result {
        case .settled(let problems, _, _): problems?.isEmpty ?? true
        case .failed: false
        }
    }

    /// Why not all is as wanted; nil when it is.
    var complaint: String? {
        switch result {
        case .settled(let problems?, _, _) where !problems.words.isEmpty: problems.words.joined(separator: "; ")
        case .settled: nil
        case .failed(let reason): reason
        }
    }

    /// What the owner of routers is told.
    var routerReport: ObjectReport? {
        guard let revision = desired.specification?.revision ?? desired.departedRevision else { return nil }
        let state: ObjectReport.State =
            switch result {
            case .settled(nil, _, _): .removed
            case .settled(let problems?, _, _) where !problems.router.isEmpty:
                .failed(problems.router.map(\.description).joined(separator: "; "))
            case .settled: .active
            case .failed(let reason): .failed(reason)
            }
        return ObjectReport(id: desired.id, revision: revision, state: state)
    }

    /// What the owner of floating IPs is told.
    var addressReports: [ObjectReport] {
        let present = desired.addresses.values.map { address in
            ObjectReport(id: address.id, revision: address.revision, state: state(of: address.id))
        }
        guard case .settled = result else { return present }
        let departed = desired.departed.filter { desired.addresses[$0.key] == nil }
        return present
            + departed.map { ObjectReport(id: $0.key, revision: $0.value, state: .removed) }
    }

    private func state(of id: FloatingIPID) -> ObjectReport.State {
        switch result {
        case .settled(nil, _, _): .removed
        case .settled(let problems?, _, _): problems.addresses[id].map { .failed($0.description) } ?? .active
        case .failed(let reason): .failed(reason)
        }
    }
}

extension RouterOutcome.Problems {
    /// Those of a plan.
    init(_ plan: RouterPlan) {
        self.init(router: plan.problems, addresses: plan.addressProblems, helpers: plan.helperProblems)
    }
}

/// What came of an attempt to bring the kernel to what is wanted of some floating IPs of a router.
struct AdjustmentOutcome: Hashable, Sendable {
    var adjustment: AddressAdjustment
    /// False: the router must be settled as a whole, since more than these floating IPs is concerned, or what the
    /// kernel holds is not certain.
    var isDone: Bool

    /// What the owner of floating IPs is told of one that was carried out.
    var addressReports: [ObjectReport] {
        adjustment.changes.compactMap { id, change in
            if let after = change.after {
                return ObjectReport(id: id, revision: after.revision, state: .active)
            }
            return change.departure.map { ObjectReport(id: id, revision: $0, state: .removed) }
        }
    }
}

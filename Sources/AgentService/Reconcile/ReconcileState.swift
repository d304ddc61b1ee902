internal import ResourceModel

/// One thing that the reconciliation learns of.
enum Occurrence: Sendable {
    case told(WatchEvent)
    indirect case settled(RouterOutcome)
    case adjusted(AdjustmentOutcome)
    /// A sweep found routers in the kernel that nobody wanted when it began, or must be repeated.
    case swept(SweepFinding)
    /// The kernel tells of a change of a router that nobody here asked for.
    case heard(RouterID, HeardChange)
    /// The kernel told of more than could be taken in.
    case heardTooMuch
    /// It is time to look whether all is still as it should be.
    case repairDue
}

/// The whole decision of what to do when: a fold of occurrences into wanted state and work.
struct ReconcileState: Sendable {
    private var desired = DesiredState()
    private let layout: NodeLayout
    /// What is wrong with which router, so that it is said once.
    private var complaints: [RouterID: String] = [:]

    init(layout: NodeLayout) {
        self.layout = layout
    }

    /// What is to be done.
    enum Action: Hashable, Sendable {
        case watch(Subscriptions.Change)
        case work(Job)
        /// What may have changed by then is asked for anew, so that no old list of what is wanted is acted upon.
        case workLater(Job)
        /// Others may have changed the router: it is read anew and settled, at once or when more news had time to come.
        indirect case doubt(DesiredRouter, atOnce: Bool = false)
        case reportRouters([ObjectReport])
        case reportAddresses([ObjectReport])
        /// The node's load is this now.
        case load(NodeLoad)
        /// The router cannot be as wanted, for this reason.
        case complain(RouterID, String)
        /// The router's trouble is over.
        case relief(RouterID)
        /// Everything is known: the agent is at work.
        case ready
    }

    /// Takes in an occurrence and tells what to do.
    mutating func handle(_ occurrence: Occurrence) -> [Action] {
        switch occurrence {
        case .told(let event): told(event)
        case .settled(let outcome): settled(outcome)
        case .adjusted(let outcome): adjusted(outcome)
        case .swept(let finding): swept(finding)
        case .heard(let id, let change): heard(id, change)
        case .heardTooMuch: known.map { .doubt($0) }
        case .repairDue: known.map { .doubt($0, atOnce: true) }
        }
    }

    private mutating func told(_ event: WatchEvent) -> [Action] {
        let load = desired.load
        let wasSynced = desired.isSynced
        var actions = desired.apply(event).map { effect -> Action in
            switch effect {
            case .subscribe(let id): .watch(.subscribe(id))
            case .unsubscribe(let id): .watch(.unsubscribe(id))
            case .settle(let id): .work(.settle(desired.router(id)))
            case .adjust(let adjustment): .work(.adjust(adjustment))
            case .sweep: sweep
            }
        }
        if desired.load != load { actions.append(.load(desired.load)) }
        if desired.isSynced, !wasSynced { actions.append(.ready) }
        switch event {
        case .routers(.rejected(let id, let revision, let reason)):
            actions.append(.reportRouters([report(id, revision, reason)]))
        case .addresses(_, .rejected(let id, let revision, let reason)):
            actions.append(.reportAddresses([report(id, revision, reason)]))
        case .proxies(let router, .rejected(let id, _, let reason)):
            // Nobody is told what becomes of these.
            actions.append(.complain(router, "NDP proxy \(id) is not understood: \(reason)"))
        default:
            break
        }
        return actions
    }

    private func report<Kind>(_ id: ID<Kind>, _ revision: Revision, _ reason: String) -> ObjectReport {
        ObjectReport(id: id, revision: revision, state: .failed("not understood: \(reason)"))
    }

    private mutating func settled(_ outcome: RouterOutcome) -> [Action] {
        var actions: [Action] = []
        if let report = outcome.routerReport { actions.append(.reportRouters([report])) }
        let addresses = outcome.addressReports
        if !addresses.isEmpty { actions.append(.reportAddresses(addresses)) }
        if case .settled(_, _, let removedDevices) = outcome.result {
            desired.settled(outcome.desired)
            if removedDevices { actions.append(sweep) }
        }
        let id = outcome.desired.id
        if let complaint = outcome.complaint {
            if complaints.updateValue(complaint, forKey: id) != complaint { actions.append(.complain(id, complaint)) }
        } else if complaints.removeValue(forKey: id) != nil {
            actions.append(.relief(id))
        }
        return actions
    }

    private mutating func adjusted(_ outcome: AdjustmentOutcome) -> [Action] {
        let id = outcome.adjustment.router
        // It may have become unknown, or unwanted, meanwhile: then a later event asks for it.
        guard outcome.isDone else { return desired.isKnown(id) ? [.work(.settle(desired.router(id)))] : [] }
        desired.adjusted(outcome.adjustment)
        return [.reportAddresses(outcome.addressReports)]
    }

    private func heard(_ id: RouterID, _ change: HeardChange) -> [Action] {
        guard desired.isKnown(id) else { return [] }
        let router = desired.router(id)
        guard let specification = router.specification, specification.isUp, specification.isDoubtful(after: change)
        else { return [] }
        return [.doubt(router)]
    }

    /// The routers of which all is known that is wanted.
    private var known: [DesiredRouter] { desired.ids.sorted().filter(desired.isKnown).map(desired.router) }

    private func swept(_ finding: SweepFinding) -> [Action] {
        let unwanted = finding.routers.filter { !desired.ids.contains($0) }.sorted()
        return unwanted.map { .work(.settle(desired.router($0))) } + (finding.isComplete ? [] : [.workLater(sweepJob)])
    }

    private var sweep: Action { .work(sweepJob) }

    private var sweepJob: Job { .sweep(.init(routers: desired.ids, bridges: desired.networkBridges(layout))) }
}

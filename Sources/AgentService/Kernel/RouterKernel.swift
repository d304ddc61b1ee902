internal import Netlink
internal import ResourceModel
internal import Synchronization

/// The kernel of this node: brings it to what is wanted of a router, and finds what nobody wants.
///
/// Different routers may be worked on by several threads at once, one router by one at a time. What is right already
/// is not written.
final class RouterKernel: Sendable {
    private let host: NodeHost
    private let layout: NodeLayout
    private let makesOperatorsBridges: Bool
    /// The mark of this node on its routers' namespaces.
    private let nodeNote: String
    private let reader: RouterReader
    private let held = Mutex<[RouterID: RouterNamespace]>([:])
    /// Since when there are namespaces of which it is not clear whose they are.
    private let unclear = Mutex<[NetworkNamespace.Identity: ContinuousClock.Instant]>([:])
    private let announcer: Announcer
    private let aftermath: Aftermath
    private let changeCount = Atomic(0)

    init(
        host: NodeHost,
        layout: NodeLayout,
        makesOperatorsBridges: Bool = false,
        node: String,
        announcer: Announcer,
        aftermath: Aftermath
    ) {
        self.host = host
        self.layout = layout
        self.makesOperatorsBridges = makesOperatorsBridges
        self.announcer = announcer
        self.aftermath = aftermath
        nodeNote = KernelNames.note(ofNode: node)
        reader = RouterReader(host: host, nodeNote: nodeNote)
    }

    /// How many changes were made since the start: what a restart must not raise.
    var changesMade: Int { changeCount.load(ordering: .relaxed) }

    /// Brings the kernel to what is wanted of a router, and tells what came of it.
    func settle(_ desired: DesiredRouter) -> RouterOutcome {
        do throws(AgentError) {
            return RouterOutcome(desired: desired, result: try attempt(desired))
        } catch {
            // What the kernel holds is not certain any more; the sockets may be of a namespace that has ended.
            release(desired.id)
            return RouterOutcome(desired: desired, result: .failed(reason: error.description))
        }
    }

    private func attempt(_ desired: DesiredRouter) throws(AgentError) -> RouterOutcome.Result {
        if makesOperatorsBridges, desired.isWanted { try host.make(layout.operatorsBridges) }
        let bridges = try host.existing(layout.operatorsBridges)
        guard let plan = RouterPlan(desired, layout: layout, operatorsBridges: bridges) else {
            let isRemoved = try remove(desired.id)
            return .settled(problems: nil, changes: isRemoved ? 1 : 0, removedDevices: isRemoved)
        }
        let problems = RouterOutcome.Problems(router: plan.problems, addresses: plan.addressProblems)
        let found = try find(desired.id)
        var reading = RouterReading(observed: ObservedRouter(), indices: [:])
        if let found { reading = try reader.read(found) }
        let diff = RouterDiff(from: found == nil ? nil : reading.observed, to: plan)
        guard !diff.isEmpty else { return .settled(problems: problems, changes: 0, removedDevices: false) }
        let router = if let found { found } else { try create(desired.id) }
        changeCount.add(diff.changes.count, ordering: .relaxed)
        var writer = RouterWriter(
            host: host,
            router: router,
            nodeNote: nodeNote,
            routerNote: KernelNames.note(ofHostEndIn: desired.id),
            indices: reading.indices
        )
        try writer.apply(diff.changes)
        announcer.announce(diff.announcements, of: router)
        aftermath.endConnections(diff.flushes, of: router)
        return .settled(problems: problems, changes: diff.changes.count, removedDevices: diff.removesDevices)
    }
}

extension RouterKernel {
    /// The router's namespace as it is now; nil when there is none.
    private func find(_ id: RouterID) throws(AgentError) -> RouterNamespace? {
        let known = held.withLock { $0[id] }
        do throws(NetlinkError) {
            let namespace = try NetworkNamespace.open(named: KernelNames.namespace(of: id))
            if let known, try namespace.identity() == known.identity { return known }
            // Another namespace bears the name, as after someone deleted ours and made one.
            release(id)
            return hold(try RouterNamespace(name: KernelNames.namespace(of: id), namespace), id)
        } catch  where error.number == .notFound || error.number == .invalid {
            release(id)
            return nil
        } catch {
            throw .kernel(error)
        }
    }

    private func create(_ id: RouterID) throws(AgentError) -> RouterNamespace {
        let name = KernelNames.namespace(of: id)
        // Made from a thread in the node's namespace, whose settings it inherits.
        do throws(NetlinkError) {
            let namespace = try host.namespace.perform { () throws(NetlinkError) in
                try NetworkNamespace.create(named: name)
            }
            return hold(try RouterNamespace(name: name, namespace), id)
        } catch {
            throw .kernel(error)
        }
    }

    private func hold(_ router: RouterNamespace, _ id: RouterID) -> RouterNamespace {
        held.withLock { $0[id] = router }
        return router
    }

    private func release(_ id: RouterID) {
        if let router = held.withLock({ $0.removeValue(forKey: id) }) { aftermath.release(router) }
    }

    /// Takes a router out of the kernel; false when nothing of it is there that is ours.
    private func remove(_ id: RouterID) throws(AgentError) -> Bool {
        let name = KernelNames.namespace(of: id)
        if let router = try find(id) {
            let links = try router.contents(of: host.namespace).links
            guard isRemovable(router, links) == true else { return false }
            // Down first: a process of someone else's could keep the namespace, and with it the traffic, alive. The rest
            // is the kernel's: it ends many namespaces at a time, while each device deleted by hand costs 20 ms.
            try router.apply(links.devices.map { .configureLink($0.index, LinkSettings(isUp: false)) })
        } else if try !names().contains(name) {
            return false
        }
        changeCount.add(1, ordering: .relaxed)
        try withKernel { () throws(NetlinkError) in try NetworkNamespace.delete(named: name) }
        release(id)
        return true
    }

    private func names() throws(AgentError) -> Set<String> {
        try withKernel { () throws(NetlinkError) in Set(try NetworkNamespace.names()) }
    }

    /// Removes the bridges and devices on the node that nobody wants, and finds the routers that nobody wants.
    func sweep(sparing wanted: Job.Wanted) throws(AgentError) -> SweepFinding {
        var unwanted: Set<RouterID> = []
        var isComplete = true
        for name in try names() {
            guard let id = KernelNames.router(ofNamespace: name), !wanted.routers.contains(id) else { continue }
            let isKnown = held.withLock { $0[id] != nil }
            // What is no namespace yet, another node of this machine may be about to make.
            guard let router = try find(id) else { continue }
            let isRemovable = isRemovable(router, try router.contents(of: host.namespace).links)
            if isRemovable == true {
                unwanted.insert(id)
            } else if !isKnown {
                release(id)
            }
            if isRemovable == nil { isComplete = false }
        }
        // The devices of those go with them: they tell whose the namespaces are.
        var spared = wanted
        spared.routers.formUnion(unwanted)
        let swept = try host.sweep(sparing: spared)
        changeCount.add(swept.removed, ordering: .relaxed)
        return SweepFinding(routers: unwanted, isComplete: isComplete && swept.lingering == 0)
    }

    /// Whether a namespace may be removed; nil: that is to be seen later.
    private func isRemovable(_ router: RouterNamespace, _ links: RouterLinks) -> Bool? {
        switch links.ownership(by: nodeNote) {
        case .own: return true
        case .foreign: return false
        case .unclear:
            let now = ContinuousClock.now
            let seen = unclear.withLock { unclear in
                unclear = unclear.filter { now - $0.value < Self.patience * 4 }
                if let seen = unclear[router.identity] { return seen }
                unclear[router.identity] = now
                return now
            }
            return now - seen > Self.patience ? true : nil
        }
    }

    /// How long someone may take to make a namespace known as his.
    private static var patience: Duration { .seconds(5) }
}

/// What a sweep found.
struct SweepFinding: Hashable, Sendable {
    /// The routers in the kernel that nobody wants.
    var routers: Set<RouterID>
    /// False: devices of routers that were removed are still on their way out, and with them their bridges.
    var isComplete: Bool
}

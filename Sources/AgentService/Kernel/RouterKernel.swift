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
    private let held: HeldRouters
    private let attendants: Attendants
    private let helperModules = HelperModules()
    private let changeCount = Atomic(0)
    private let settlementCount = Atomic(0)
    /// What was found different in routers that are not put right yet.
    private let untold = Mutex<[RouterID: [Finding]]>([:])

    init(
        host: NodeHost,
        layout: NodeLayout,
        makesOperatorsBridges: Bool = false,
        node: String,
        attendants: Attendants
    ) {
        self.host = host
        self.layout = layout
        self.makesOperatorsBridges = makesOperatorsBridges
        self.attendants = attendants
        nodeNote = KernelNames.note(ofNode: node)
        reader = RouterReader(host: host, nodeNote: nodeNote)
        held = HeldRouters(host: host, nodeNote: nodeNote, aftermath: attendants.aftermath)
    }

    /// How many changes were made since the start: what a restart must not raise.
    var changesMade: Int { changeCount.load(ordering: .relaxed) }

    /// How often a router, or some floating IPs of one, were brought to what was wanted.
    var settlements: Int { settlementCount.load(ordering: .relaxed) }

    /// Brings the kernel to what is wanted of a router, and tells what came of it.
    ///
    /// What the kernel holds is read back, unless memory is to be trusted and there is one.
    func settle(_ desired: DesiredRouter, trustingMemory: Bool = false) -> RouterOutcome {
        outcome(of: desired, trustingMemory: trustingMemory, notingRepairs: false)
    }

    /// The same for a router that was settled before: what was different is told as repaired.
    func verify(_ desired: DesiredRouter) -> RouterOutcome {
        outcome(of: desired, trustingMemory: false, notingRepairs: true)
    }

    private func outcome(of desired: DesiredRouter, trustingMemory: Bool, notingRepairs: Bool) -> RouterOutcome {
        do throws(AgentError) {
            return try attempt(desired, trustingMemory: trustingMemory, notingRepairs: notingRepairs)
        } catch {
            // What the kernel holds is not certain any more; the sockets may be of a namespace that has ended.
            held.release(desired.id)
            helperModules.doubt()
            return RouterOutcome(desired: desired, result: .failed(reason: error.description))
        }
    }

    private func attempt(
        _ desired: DesiredRouter,
        trustingMemory: Bool,
        notingRepairs: Bool
    ) throws(AgentError) -> RouterOutcome {
        if makesOperatorsBridges, desired.isWanted { try host.make(layout.operatorsBridges) }
        guard let plan = try plan(desired, makingBridges: false) else {
            let isRemoved = try remove(desired.id, isHostedHere: desired.specification != nil)
            settlementCount.add(1, ordering: .releasing)
            let changes = isRemoved ? 1 : 0
            return RouterOutcome(
                desired: desired,
                result: .settled(problems: nil, changes: changes, removedDevices: isRemoved)
            )
        }
        let problems = RouterOutcome.Problems(plan)
        if trustingMemory, let diff = carryOutFromMemory(plan) {
            let result = RouterOutcome.Result.settled(
                problems: problems,
                changes: diff.changes.count,
                removedDevices: diff.removesDevices
            )
            return RouterOutcome(desired: desired, result: result)
        }
        let (found, isRenamed) = try held.findOrRename(desired.id)
        let renaming = isRenamed ? [Finding.nameMissing(KernelNames.namespace(of: desired.id))] : []
        changeCount.add(renaming.count, ordering: .relaxed)
        let (diff, repairs) = try carryOut(plan, on: found, notingRepairs: notingRepairs)
        return RouterOutcome(
            desired: desired,
            result: .settled(
                problems: problems,
                changes: renaming.count + diff.changes.count,
                removedDevices: diff.removesDevices
            ),
            repairs: renaming + repairs
        )
    }

    /// With `makingBridges`, those of the operator's bridges that are missing count as made.
    private func plan(_ desired: DesiredRouter, makingBridges: Bool) throws(AgentError) -> RouterPlan? {
        guard let router = desired.specification, router.isUp else { return nil }
        let bridges = layout.operatorsBridges(of: router)
        return RouterPlan(
            desired,
            layout: layout,
            operatorsBridges: makingBridges ? bridges : try host.existing(bridges),
            missingModules: try helperModules.missing(of: Set(router.helpers.map(\.module)))
        )
    }

    /// Nil where there is no memory, or it was wrong, as after a change of someone else's: what there is must be read.
    private func carryOutFromMemory(_ plan: RouterPlan) -> RouterDiff? {
        guard let router = held[plan.router] else { return nil }
        let doubts = router.doubts
        guard let memory = router.withMemory({ $0 }) else { return nil }
        let reading = RouterReading(observed: ObservedRouter(carriedOut: memory.plan), indices: memory.indices)
        if let diff = try? carryOut(plan, on: router, from: reading, since: doubts) { return diff }
        router.withMemory { $0 = nil }
        return nil
    }

    private func carryOut(
        _ plan: RouterPlan,
        on found: RouterNamespace?,
        notingRepairs: Bool
    ) throws(AgentError) -> (RouterDiff, repairs: [Finding]) {
        guard let router = found else {
            // Made before the comparison, with its parameters: each that is set later costs as much as all the
            // addresses.
            let router = try held.create(plan.router, plan.parameters)
            var reading = RouterReading(observed: ObservedRouter(), indices: [:])
            reading.observed.parameters = plan.parameters
            let diff = try carryOut(plan, on: router, from: reading, since: router.doubts, isNew: true)
            return (diff, notingRepairs ? Finding.all(in: nil, against: plan) : [])
        }
        let doubts = router.doubts
        let reading = try reader.read(router)
        let findings = notingRepairs ? Finding.all(in: reading.observed, against: plan) : []
        // An attempt that fails may have put some of it right: the one that succeeds tells of it.
        untold.withLock { all in
            let known = all[plan.router] ?? []
            all[plan.router] = known + findings.filter { !known.contains($0) }
        }
        let diff = try carryOut(plan, on: router, from: reading, since: doubts)
        return (diff, untold.withLock { $0.removeValue(forKey: plan.router) } ?? [])
    }

    private func carryOut(
        _ plan: RouterPlan,
        on router: RouterNamespace,
        from reading: RouterReading,
        since doubts: Int,
        isNew: Bool = false
    ) throws(AgentError) -> RouterDiff {
        let diff = RouterDiff(from: reading.observed, to: plan, isNew: isNew)
        // While its devices are there.
        let advertised = Set(plan.advertisements.keys)
        attendants.advertiser.bidFarewell(of: router, sparing: advertised)
        if router.takeInheritance() {
            attendants.advertiser.bidFarewell(of: router, on: reading.farewells(sparing: advertised))
        }
        let indices = try apply(diff, to: router, of: plan.router, indices: reading.indices)
        router.remember(plan.isComplete ? RouterMemory(plan: plan, indices: indices) : nil, since: doubts)
        settlementCount.add(1, ordering: .releasing)
        follow(diff, on: router, plan, indices)
        attendants.advertiser.advertise(plan.advertisements, of: router, indices)
        return diff
    }

    /// Carries out a difference and returns the numbers of the devices as they are then.
    private func apply(
        _ diff: RouterDiff,
        to router: RouterNamespace,
        of id: RouterID,
        indices: [String: InterfaceIndex]
    ) throws(AgentError) -> [String: InterfaceIndex] {
        guard !diff.isEmpty else { return indices }
        var writer = RouterWriter(
            host: host,
            router: router,
            nodeNote: nodeNote,
            id: id,
            indices: indices
        )
        changeCount.add(diff.changes.count, ordering: .relaxed)
        try writer.apply(diff.changes)
        return writer.indices
    }

    /// Leaves what has time to the threads for it.
    private func follow(
        _ diff: RouterDiff,
        on router: RouterNamespace,
        _ plan: RouterPlan,
        _ indices: [String: InterfaceIndex]
    ) {
        attendants.announcer.withdraw(diff.withdrawals, of: router)
        attendants.announcer.announce(
            diff.announcements.compactMap { announced in
                guard let index = indices[announced.device], let device = plan.devices[announced.device] else {
                    return nil
                }
                return AnnouncedAddress(interface: index, mac: device.mac, address: announced.address)
            },
            of: router
        )
        attendants.aftermath.endConnections(diff.flushes, of: router)
    }

    /// Brings the kernel to what is wanted of some floating IPs of a router, if they can be changed by themselves.
    ///
    /// It costs as much as what changes, however many floating IPs the router has.
    func adjust(_ adjustment: AddressAdjustment) -> AdjustmentOutcome {
        guard let router = held[adjustment.router] else {
            return AdjustmentOutcome(adjustment: adjustment, isDone: false)
        }
        let isDone = router.withMemory { memory -> Bool in
            // Taken out, so that the plan is changed in place: a copy would cost as much as the router has floating
            // IPs.
            guard var known = memory.take() else { return false }
            do throws(AgentError) {
                guard let diff = known.plan.adjust(adjustment.changes.lazy.map(\.change)) else { return false }
                _ = try apply(diff, to: router, of: adjustment.router, indices: known.indices)
                settlementCount.add(1, ordering: .releasing)
                follow(diff, on: router, known.plan, known.indices)
            } catch {
                // The whole will be read, and what is wrong with it be said.
                return false
            }
            memory = known
            return true
        }
        return AdjustmentOutcome(adjustment: adjustment, isDone: isDone)
    }

    /// Someone else may have changed what the kernel holds for a router: it is read before it is changed again.
    func doubt(_ id: RouterID) { held[id]?.doubt() }
}

extension RouterKernel {
    /// What there is of a router, and what there should be; writes nothing.
    func compare(_ desired: DesiredRouter) throws(AgentError) -> (observed: ObservedRouter?, plan: RouterPlan?) {
        let plan = try plan(desired, makingBridges: makesOperatorsBridges)
        guard let found = try held.find(desired.id) else { return (nil, plan) }
        return (try reader.read(found).observed, plan)
    }

    /// The routers of this node that are in the kernel and are none of these; writes nothing.
    func strays(sparing wanted: Set<RouterID>) throws(AgentError) -> [RouterID] {
        var strays: [RouterID] = []
        for id in try held.names().compactMap({ KernelNames.router(ofNamespace: $0) }) where !wanted.contains(id) {
            guard let router = try held.find(id) else { continue }
            if try router.contents(of: host.namespace).links.ownership(by: nodeNote) == .own { strays.append(id) }
        }
        return strays.sorted()
    }

    /// What others changed in which routers since that was read or written last, of what no notification tells.
    func unheardChanges() -> [RouterID: HeardChange] {
        held.all.compactMapValues { $0.unheardChange() }
    }
}

extension RouterKernel {
    /// Takes a router out of the kernel; false when nothing of it is there that is ours.
    private func remove(_ id: RouterID, isHostedHere: Bool) throws(AgentError) -> Bool {
        let name = KernelNames.namespace(of: id)
        if let router = try held.find(id) {
            let links = try router.contents(of: host.namespace).links
            guard held.isRemovable(router, links) == true else { return false }
            attendants.advertiser.bidFarewell(of: router)
            // Of one that left while no agent was here, hosts may have heard from another node for long.
            if isHostedHere, router.takeInheritance() {
                attendants.advertiser.bidFarewell(of: router, on: try reader.read(router).farewells())
            }
            // Down first: a process of someone else's could keep the namespace, and with it the traffic, alive. The
            // rest is the kernel's: it ends many namespaces at a time, while each device deleted by hand costs 20 ms.
            try router.apply(links.devices.map { .configureLink($0.index, LinkSettings(isUp: false)) })
        } else if try !held.names().contains(name) {
            return false
        }
        changeCount.add(1, ordering: .relaxed)
        try withKernel { () throws(NetlinkError) in try NetworkNamespace.delete(named: name) }
        untold.withLock { $0[id] = nil }
        held.release(id)
        return true
    }

    /// Removes the bridges and devices on the node that nobody wants, and finds the routers that nobody wants.
    func sweep(sparing wanted: Job.Wanted) throws(AgentError) -> SweepFinding {
        var unwanted: Set<RouterID> = []
        var isComplete = true
        for name in try held.names() {
            guard let id = KernelNames.router(ofNamespace: name), !wanted.routers.contains(id) else { continue }
            let isKnown = held[id] != nil
            // What is no namespace yet, another node of this machine may be about to make.
            guard let router = try held.find(id) else { continue }
            let isRemovable = held.isRemovable(router, try router.contents(of: host.namespace).links)
            if isRemovable == true {
                unwanted.insert(id)
            } else if !isKnown {
                held.release(id)
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
}

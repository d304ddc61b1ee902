import Addressing
import ResourceModel
import Testing

@testable import AgentService

/// Whatever the control plane says in whatever order, and however the work on it goes: in the end the kernel is as a
/// fresh build of the last wish, and the control plane was told of each object what became of it.
@Suite struct ReconcilePropertyTests {
    @Test(arguments: seeds(60))
    func `any words of the control plane lead to a fresh build of the last`(seed: UInt64) {
        var world = ScriptedWorld(seed: seed)
        for _ in 0..<60 { world.step() }
        world.comeToRest()
        var fresh = ModelKernel()
        let plan = Samples.plan(world.wanted)
        fresh.apply(RouterDiff(from: nil, to: plan).changes)
        #expect(world.kernel.router?.withoutRemains == fresh.router?.withoutRemains)
        #expect(world.schedule.isIdle || plan?.isComplete == false)
        for (id, revision) in world.objects {
            let report = world.reports[ID(high: id.high, low: id.low)]
            #expect(report?.revision == revision && report?.state != .removed, "\(id)")
        }
    }
}

/// A control plane that says what chance decides, the agent's decisions, and a kernel that at times fails.
private struct ScriptedWorld {
    private var random: SplitMix
    private var state = ReconcileState(layout: NodeLayout())
    private(set) var schedule = WorkSchedule()
    private(set) var kernel = ModelKernel()
    private(set) var reports: [ID<ReportedObject>: ObjectReport] = [:]
    /// What the agent knows to be in the kernel.
    private var memory: RouterPlan?
    private var running: [Job] = []
    private var now = ContinuousClock.now
    /// What the control plane holds.
    private var router: RouterSpecification?
    private var addresses: [FloatingIPID: FloatingAddress] = [:]
    private var proxies: [NDPProxyID: NeighbourProxyEntry] = [:]
    private var revision: Revision = 1
    /// Whether the router's addresses are watched.
    private var isWatched = false
    /// What is about to be said, and what was said since the streams last were complete up to a point.
    private var words: [WatchEvent] = []
    private var said: [WatchEvent] = []
    private let id = Samples.router

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        sayRouters()
    }

    /// All that the control plane wants at present.
    var wanted: DesiredRouter {
        var desired = DesiredRouter(id: id, specification: router)
        guard router != nil else { return desired }
        desired.addresses = addresses
        desired.neighbourProxies = Set(proxies.values.map(\.address))
        return desired
    }

    /// The objects that there are, and their revisions.
    var objects: [(id: ID<ReportedObject>, revision: Revision)] {
        guard let router, router.isUp else { return [] }
        return [(ID(high: router.id.high, low: router.id.low), router.revision)]
            + addresses.values.map { (ID(high: $0.id.high, low: $0.id.low), $0.revision) }
    }

    /// Something happens: a word is said, the control plane's mind changes, or some work begins or ends.
    mutating func step() {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: changeRouter()
        case 1, 2, 3: changeAddress()
        case 4: changeProxy()
        case 5: loseStream()
        default: break
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) where !words.isEmpty { speak() }
        for _ in 0..<Int.random(in: 0...3, using: &random) { work(failing: random.chance(4)) }
        if random.chance(6) { now += .seconds(1) }
    }

    /// All is said and done, without failures.
    mutating func comeToRest() {
        while !words.isEmpty { speak() }
        // What can never be whole is tried for ever.
        for _ in 0..<50 where !schedule.isIdle || !running.isEmpty {
            work(failing: false)
            now += .seconds(31)
        }
    }

    private mutating func speak() {
        let event = words.removeFirst()
        said.append(event)
        take(.told(event))
        // At least once, and not always in order.
        if random.chance(5), let old = said.randomElement(using: &random), old.canBeRepeated { take(.told(old)) }
    }

    private mutating func nextRevision() -> Revision {
        revision += 1
        return revision
    }
}

extension ScriptedWorld {
    private mutating func changeRouter() {
        let specification = DesiredRouter.random(using: &random).specification
        router = specification.map { specification in
            var specification = specification
            specification.revision = nextRevision()
            return specification
        }
        if let router {
            words.append(.routers(.upserted(router)))
        } else {
            words.append(.routers(.deleted(id, nextRevision())))
        }
    }

    private mutating func changeAddress() {
        var floating = FloatingAddress.random(.random(in: 1...7, using: &random), using: &random)
        floating.revision = nextRevision()
        if addresses[floating.id] != nil, random.chance(3) {
            addresses[floating.id] = nil
            if isWatched { words.append(.addresses(id, .deleted(floating.id, floating.revision))) }
        } else {
            addresses[floating.id] = floating
            if isWatched { words.append(.addresses(id, .upserted(floating))) }
        }
    }

    private mutating func changeProxy() {
        let number = UInt64.random(in: 1...3, using: &random)
        let proxy = Samples.proxy(number, "2001:db8::\(number)", revision: nextRevision())
        if proxies.removeValue(forKey: proxy.id) != nil {
            if isWatched { words.append(.proxies(id, .deleted(proxy.id, proxy.revision))) }
        } else {
            proxies[proxy.id] = proxy
            if isWatched { words.append(.proxies(id, .upserted(proxy))) }
        }
    }

    /// A stream ends and begins anew: with a snapshot, or where it was.
    private mutating func loseStream() {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: sayRouters()
        case 1: if isWatched { sayAddresses() }
        default:
            words.append(.routers(.progress))
            if isWatched { words.append(.addresses(id, .progress)) }
        }
    }

    private mutating func sayRouters() {
        words.append(.routers(.snapshotBegan))
        if let router { words.append(.routers(.upserted(router))) }
        words.append(.routers(.synced))
    }

    private mutating func sayAddresses() {
        words.append(.addresses(id, .snapshotBegan))
        words += addresses.values.sorted { $0.id < $1.id }.map { .addresses(id, .upserted($0)) }
        words += proxies.values.sorted { $0.id < $1.id }.map { .proxies(id, .upserted($0)) }
        words.append(.addresses(id, .synced))
    }
}

extension ScriptedWorld {
    private mutating func take(_ occurrence: Occurrence) {
        for action in state.handle(occurrence) {
            switch action {
            case .work(let job):
                if case .adjust = job, schedule.claim(job) { running.append(job) } else { schedule.submit(job) }
            case .workLater(let job): schedule.postpone(job, until: now + .seconds(1))
            case .doubt(let router, _):
                memory = nil
                schedule.submit(.verify(router))
            case .watch(.subscribe):
                isWatched = true
                sayAddresses()
            case .watch(.unsubscribe):
                isWatched = false
                words.removeAll(where: \.isOfAddresses)
                said.removeAll(where: \.isOfAddresses)
            case .reportRouters(let news), .reportAddresses(let news):
                for report in news { reports[report.id] = report }
            case .load, .complain, .relief, .ready: break
            }
        }
        if case .told(let event) = occurrence, event.completes { said.removeAll() }
    }

    /// Begins a job, or ends one that was begun; others may come in between.
    private mutating func work(failing: Bool) {
        if let job = running.popLast() {
            carryOut(job, failing: failing)
        } else if case .run(let job) = schedule.next(at: now) {
            running.append(job)
        }
    }

    private mutating func carryOut(_ job: Job, failing: Bool) {
        switch job {
        case .settle(let desired), .verify(let desired):
            let outcome = settle(desired, failing: failing)
            schedule.finish(job.key, succeeded: outcome.isComplete, at: now)
            take(.settled(outcome))
        case .adjust(let adjustment):
            let isDone = adjust(adjustment, failing: failing)
            schedule.finish(job.key, succeeded: true, at: now)
            take(.adjusted(AdjustmentOutcome(adjustment: adjustment, isDone: isDone)))
        case .sweep(let wanted):
            let strays = kernel.router == nil || wanted.routers.contains(id) ? [] : Set([id])
            schedule.finish(job.key, succeeded: true, at: now)
            take(.swept(SweepFinding(routers: strays, isComplete: !failing)))
        }
    }

    private mutating func settle(_ desired: DesiredRouter, failing: Bool) -> RouterOutcome {
        let plan = Samples.plan(desired)
        let changes = RouterDiff(from: memory.map(ObservedRouter.init(carriedOut:)) ?? kernel.router, to: plan).changes
        guard !failing else {
            kernel.apply(Array(changes.prefix(Int.random(in: 0...changes.count, using: &random))))
            memory = nil
            return RouterOutcome(desired: desired, result: .failed(reason: "chance"))
        }
        kernel.apply(changes)
        memory = plan.flatMap { $0.isComplete ? $0 : nil }
        let problems = plan.map(RouterOutcome.Problems.init)
        return RouterOutcome(
            desired: desired,
            result: .settled(problems: problems, changes: changes.count, removedDevices: plan == nil)
        )
    }

    private mutating func adjust(_ adjustment: AddressAdjustment, failing: Bool) -> Bool {
        guard var plan = memory.take(), !failing, let diff = plan.adjust(adjustment.changes.lazy.map(\.change)) else {
            return false
        }
        kernel.apply(diff.changes)
        memory = plan
        return true
    }
}

extension WatchEvent {
    /// Whether it is of the router's addresses or what it answers for.
    fileprivate var isOfAddresses: Bool { if case .routers = self { false } else { true } }

    /// Whether it may be said again though newer things were said since.
    fileprivate var canBeRepeated: Bool {
        switch self {
        case .routers(.upserted), .routers(.deleted), .addresses(_, .upserted), .addresses(_, .deleted),
            .proxies(_, .upserted), .proxies(_, .deleted):
            true
        default: false
        }
    }

    /// Whether all older words have been said by then.
    fileprivate var completes: Bool {
        switch self {
        case .routers(.snapshotBegan), .routers(.synced), .routers(.progress), .addresses(_, .snapshotBegan),
            .addresses(_, .synced), .addresses(_, .progress):
            true
        default: false
        }
    }
}

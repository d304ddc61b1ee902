internal import Logging
internal import Netlink
internal import ResourceModel
internal import ServiceLifecycle

/// Listens for what others do to the node's routers.
///
/// One socket in the node's namespace hears of all namespaces that veth pairs tie to it, so a thousand routers take no
/// more descriptors than one. The rulesets are asked for their generation instead, twice a second: with anyone listening
/// for changes of nftables the kernel tells of every single element, which makes each transaction two to three times as
/// long, ours too.
final class KernelListener: Service {
    private let host: NodeHost
    private let kernel: RouterKernel
    private let wakeUp: WakeUp
    private let isClosed = Monitor(false)
    private let logger: Logger
    private let deliver: @Sendable (Occurrence) -> Void

    /// How often rulesets are asked for their generations; less often where that would take more than a fiftieth of a
    /// processor's time.
    private static let interval = Duration.milliseconds(400)

    init(
        host: NodeHost,
        kernel: RouterKernel,
        logger: Logger,
        deliver: @escaping @Sendable (Occurrence) -> Void
    ) throws(NetlinkError) {
        self.host = host
        self.kernel = kernel
        self.logger = logger
        self.deliver = deliver
        wakeUp = try WakeUp()
    }

    /// Listens until graceful shutdown.
    func run() async {
        await withTaskGroup { group in
            for thread in threads { group.addTask { await thread.run() } }
        }
    }

    private var threads: [ThreadService] {
        [
            thread("route-listener") { [self] () throws(NetlinkError) in try listenToRoutes() },
            thread("name-listener") { [self] () throws(NetlinkError) in try listenToNames() },
            thread("table-listener") { [self] () throws(NetlinkError) in watchTables() },
        ]
    }

    private var hasEnded: Bool { isClosed.wait { .ready($0) } }

    private func thread(
        _ name: String,
        _ body: @escaping @Sendable () throws(NetlinkError) -> Void
    ) -> ThreadService {
        ThreadService(name: name) { [self] in
            do throws(NetlinkError) {
                try body()
            } catch {
                logger.warning(
                    "changes by others are not heard of, only found at intervals",
                    metadata: [Telemetry.name: "\(name)", Telemetry.reason: "\(error)"]
                )
            }
        } stop: { [self] in
            isClosed.update { $0 = true }
            wakeUp.give()
        }
    }

    private func listenToRoutes() throws(NetlinkError) {
        var events = try host.namespace.perform { () throws(NetlinkError) in
            try RouteEvents(fromAllNamespaces: true, ofOthers: true)
        }
        var route = try host.namespace.perform { () throws(NetlinkError) in try RouteSocket() }
        var whereabouts = RouterWhereabouts()
        _ = whereabouts.learn(try route.links())
        var nextLook = ContinuousClock.now
        while !hasEnded {
            switch try Self.next(&events, within: whereabouts.isUnsure ? 200 : -1, or: wakeUp) {
            case .quiet: break
            case .lost:
                whereabouts = RouterWhereabouts()
                _ = whereabouts.learn(try route.links())
                deliver(.heardTooMuch)
            case .events(let news):
                for (event, namespace) in news { tell(whereabouts.take(event, in: namespace)) }
            }
            // A listing of a thousand routers' devices takes tens of milliseconds, hence not at each unknown number.
            if whereabouts.isUnsure, ContinuousClock.now >= nextLook {
                tell(whereabouts.learn(try route.links()))
                nextLook = .now + .milliseconds(500)
            }
        }
    }

    /// What is not understood counts as lost: nobody knows what it said.
    private static func next(
        _ events: inout RouteEvents,
        within milliseconds: Int32,
        or wakeUp: WakeUp
    ) throws(NetlinkError) -> RouteEvents.News {
        do {
            return try events.next(within: milliseconds, or: wakeUp)
        } catch {
            switch error {
            case .malformed, .truncated: return .lost
            default: throw error
            }
        }
    }

    private func tell(_ heard: [RouterWhereabouts.Heard]) {
        for news in heard { deliver(.heard(news.router, news.change)) }
    }

    private func listenToNames() throws(NetlinkError) {
        var events = try NamespaceNameEvents()
        while !hasEnded {
            switch try events.next(within: -1, or: wakeUp) {
            case .quiet: break
            case .lost: deliver(.heardTooMuch)
            case .removed(let names):
                for router in names.compactMap({ KernelNames.router(ofNamespace: $0) }) {
                    deliver(.heard(router, .name))
                }
            }
        }
    }

    private func watchTables() {
        var pause = Self.interval
        while true {
            let next = ContinuousClock.now + pause
            let hasEnded = isClosed.wait { isClosed -> Monitor<Bool>.Finding<Bool> in
                isClosed ? .ready(true) : ContinuousClock.now < next ? .wait(until: next) : .ready(false)
            }
            if hasEnded { return }
            let start = ContinuousClock.now
            for router in kernel.routersWithForeignRulesets() { deliver(.heard(router, .table)) }
            pause = max(Self.interval, (ContinuousClock.now - start) * 50)
        }
    }
}

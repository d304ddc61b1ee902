internal import Logging
internal import Netlink
internal import ResourceModel
internal import ServiceLifecycle
internal import ServiceRuntime

/// Listens for what others do to the node's routers.
///
/// One socket in the node's namespace hears of all namespaces that veth pairs tie to it, so a thousand routers take no
/// more descriptors than one. The rulesets are asked for their generation instead, twice a second: with anyone
/// listening for changes of nftables the kernel tells of every single element, which makes each transaction two to
/// three times as long, ours too. So are parameters of which the kernel tells nobody.
final class KernelListener: Service {
    private let host: NodeHost
    private let kernel: RouterKernel
    private let wakeUp: WakeUp
    private let isClosed = Monitor(false)
    private let logger: Logger
    private let deliver: @Sendable (Occurrence) -> Void
    /// How many bytes of news may wait.
    private let room: Int32

    /// How often rulesets are asked for their generations; less often where that would take more than a fiftieth of a
    /// processor's time.
    private static let interval = Duration.milliseconds(400)

    init(
        host: NodeHost,
        kernel: RouterKernel,
        logger: Logger,
        room: Int32 = RouteEvents.usualRoom,
        deliver: @escaping @Sendable (Occurrence) -> Void
    ) throws(NetlinkError) {
        self.room = room
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
            thread("route-listener") { [self] (isNew) throws(NetlinkError) in try listenToRoutes(isNew) },
            thread("name-listener") { [self] (isNew) throws(NetlinkError) in try listenToNames(isNew) },
            thread("table-listener") { [self] (_) throws(NetlinkError) in watchTables() },
        ]
    }

    private var hasEnded: Bool { isClosed.wait { .ready($0) } }

    /// A thread that listens until the end; a listener that fails is begun anew, and told that it is not the first.
    private func thread(
        _ name: String,
        _ listen: @escaping @Sendable (_ isNew: Bool) throws(NetlinkError) -> Void
    ) -> ThreadService {
        ThreadService(name: name) { [self] in
            var backoff = Backoff(first: .milliseconds(200), longest: .seconds(30))
            var isNew = true
            while !hasEnded {
                do throws(NetlinkError) {
                    try listen(isNew)
                } catch {
                    logger.warning(
                        "changes by others are not heard of for a while",
                        metadata: [Telemetry.name: "\(name)", Telemetry.reason: "\(error)"]
                    )
                    rest(for: backoff.nextDelay())
                }
                isNew = false
            }
        } stop: { [self] in
            isClosed.update { $0 = true }
            wakeUp.give()
        }
    }

    /// Nobody knows what happened meanwhile: everything is to be looked at.
    private func miss(_ listener: String) {
        logger.warning(
            "the kernel told more than was heard, all routers are read",
            metadata: [Telemetry.name: "\(listener)"]
        )
        deliver(.heardTooMuch)
    }

    private func listenToRoutes(_ isNew: Bool) throws(NetlinkError) {
        var events = try host.namespace.perform { () throws(NetlinkError) in
            try RouteEvents(fromAllNamespaces: true, ofOthers: true, room: room)
        }
        var route = try host.namespace.perform { () throws(NetlinkError) in try RouteSocket() }
        var whereabouts = RouterWhereabouts()
        _ = whereabouts.learn(try route.links())
        if !isNew { miss("routes") }
        var nextLook = ContinuousClock.now
        while !hasEnded {
            switch try Self.next(&events, within: whereabouts.isUnsure ? 200 : -1, or: wakeUp) {
            case .quiet: break
            case .lost:
                whereabouts = RouterWhereabouts()
                _ = whereabouts.learn(try route.links())
                miss("routes")
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

    private func listenToNames(_ isNew: Bool) throws(NetlinkError) {
        var events = try NamespaceNameEvents()
        if !isNew { miss("names") }
        while !hasEnded {
            switch try events.next(within: -1, or: wakeUp) {
            case .quiet: break
            case .lost: miss("names")
            case .removed(let names):
                for router in names.compactMap({ KernelNames.router(ofNamespace: $0) }) {
                    deliver(.heard(router, .name))
                }
            }
        }
    }

    /// Waits so long, or until the end.
    private func rest(for pause: Duration) {
        let next = ContinuousClock.now + pause
        isClosed.wait { $0 || ContinuousClock.now >= next ? .ready(()) : .wait(until: next) }
    }

    private func watchTables() {
        var pause = Self.interval
        while true {
            rest(for: pause)
            if hasEnded { return }
            let start = ContinuousClock.now
            for (router, change) in kernel.unheardChanges() { deliver(.heard(router, change)) }
            pause = max(Self.interval, (ContinuousClock.now - start) * 50)
        }
    }
}

internal import Addressing
internal import Glibc
internal import Logging
internal import Netlink
internal import Synchronization

/// Tells the hosts on routers' internal networks how to set themselves up for IPv6, and answers those that ask.
///
/// One thread for all routers; a router that tells nothing has no socket. When the agent ends nothing is said: the
/// hosts keep what they know until it is back.
final class Advertiser: Sendable {
    fileprivate struct State {
        var schedule = AdvertisementSchedule<WeakRouter>()
        /// Who is behind the numbers of the sockets that are watched, and the other way round.
        var routers: [UInt64: WeakRouter] = [:]
        var tokens: [WeakRouter: UInt64] = [:]
        var lastToken: UInt64 = 0
    }

    private let state = Mutex(State())
    private let isClosed = Atomic(false)
    /// Nil where the system has no descriptors left; nothing can be told then.
    private let watch: SolicitationWatch?
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
        watch = try? SolicitationWatch()
    }

    /// From now on a router says this by its devices' names, the first time at once, and nothing on other devices.
    func advertise(
        _ plans: [String: AdvertisementPlan],
        of router: RouterNamespace,
        _ indices: [String: InterfaceIndex]
    ) {
        let key = WeakRouter(router)
        let devices = plans.compactMap { name, plan in
            indices[name].map { AdvertisedDevice(name: name, interface: $0, plan: plan) }
        }
        guard !devices.isEmpty else {
            if state.withLock({ $0.forget(key) }) { router.stopAdvertising() }
            return
        }
        guard open(router, key) else { return }
        if state.withLock({ $0.schedule.set(devices, of: key, at: .now) }) { watch?.wake() }
    }

    /// Says on all devices but these that the router is none any more: at once, since they may be about to go.
    func bidFarewell(of router: RouterNamespace, sparing devices: Set<String> = []) {
        let key = WeakRouter(router)
        for ended in state.withLock({ $0.schedule.end(of: key, sparing: devices) }) {
            send(ended.plan.farewell, to: nil, on: ended.interface, of: router)
        }
    }

    /// Says the same on devices on which an agent before this one may have said something.
    func bidFarewell(of router: RouterNamespace, on devices: [(interface: InterfaceIndex, plan: AdvertisementPlan)]) {
        guard !devices.isEmpty else { return }
        do throws(NetlinkError) {
            try router.sendOnce(devices)
        } catch {
            logger.debug(
                "no farewell for an agent before",
                metadata: [Telemetry.reason: "\(error)", Telemetry.name: "\(router.name)"]
            )
        }
    }

    /// The thread's loop.
    var service: ThreadService {
        ThreadService(name: "advertiser", hasTime: true) { [self] in
            while !isClosed.load(ordering: .acquiring) {
                let next = speak()
                do throws(NetlinkError) {
                    try listen(until: next)
                } catch {
                    logger.warning("hosts that ask for routers are not heard", metadata: [Telemetry.reason: "\(error)"])
                }
                // Answers may wait for half a second anyway, and who asks without end must not take the processor.
                usleep(Self.rest)
            }
        } stop: { [self] in
            isClosed.store(true, ordering: .releasing)
            watch?.wake()
        }
    }

    /// In microseconds.
    private static var rest: UInt32 { 20_000 }

    /// Sends what is due and tells when more will be.
    private func speak() -> ContinuousClock.Instant? {
        let (due, next) = state.withLock { $0.schedule.take(at: .now) }
        for entry in due {
            // A router that has gone meanwhile says nothing, and is not kept alive for it.
            guard let router = entry.router.value else {
                _ = state.withLock { $0.forget(entry.router) }
                continue
            }
            if !send(entry.advertisement, to: entry.receiver, on: entry.interface, of: router) {
                state.withLock { $0.schedule.failed(entry, at: .now) }
            } else if !state.withLock({ $0.schedule.holds(entry) }) {
                // It was ended in this moment, and its farewell may have come before it.
                send(entry.advertisement.farewell, to: nil, on: entry.interface, of: router)
            }
        }
        return next
    }

    private func listen(until moment: ContinuousClock.Instant?) throws(NetlinkError) {
        // Rounded up: less than a millisecond would be none, and none is no wait.
        let wait = moment.map { Int32(clamping: Int(max(.zero, $0 - .now) / .milliseconds(1)) + 1) } ?? -1
        for token in try watch?.wait(atMost: wait) ?? [] {
            guard let key = state.withLock({ $0.routers[token] }), let router = key.value else { continue }
            let asked = try router.solicitations(atMost: Self.batchLimit)
            state.withLock { state in
                for (solicitation, interface) in asked {
                    state.schedule.answer(solicitation, on: interface, of: key, at: .now)
                }
            }
        }
    }

    /// How many packets of one router are read without a rest.
    private static var batchLimit: Int { 32 }

    private func open(_ router: RouterNamespace, _ key: WeakRouter) -> Bool {
        guard let watch else { return false }
        guard let token = state.withLock({ $0.newToken(for: key) }) else { return true }
        do throws(NetlinkError) {
            try router.startAdvertising(heardBy: watch, as: token)
            return true
        } catch {
            _ = state.withLock { $0.forget(key) }
            logger.warning(
                "hosts are not told of their router",
                metadata: [Telemetry.reason: "\(error)", Telemetry.name: "\(router.name)"]
            )
            return false
        }
    }

    @discardableResult private func send(
        _ advertisement: AdvertisementPlan,
        to receiver: IPv6Address?,
        on interface: InterfaceIndex,
        of router: RouterNamespace
    ) -> Bool {
        do throws(NetlinkError) {
            try router.send(advertisement, to: receiver, on: interface)
            return true
        } catch {
            logger.debug(
                "router not advertised",
                metadata: [Telemetry.reason: "\(error)", Telemetry.name: "\(router.name)"]
            )
            return false
        }
    }
}

extension Advertiser.State {
    /// The number of a router's socket that is to be opened; nil where it is open.
    fileprivate mutating func newToken(for router: WeakRouter) -> UInt64? {
        guard tokens[router] == nil else { return nil }
        lastToken += 1
        tokens[router] = lastToken
        routers[lastToken] = router
        return lastToken
    }

    /// Returns whether the router had a socket.
    fileprivate mutating func forget(_ router: WeakRouter) -> Bool {
        schedule.forget(router)
        guard let token = tokens.removeValue(forKey: router) else { return false }
        routers[token] = nil
        return true
    }
}

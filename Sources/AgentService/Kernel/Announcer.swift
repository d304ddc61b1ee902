internal import Addressing
internal import Logging
internal import Netlink

/// Tells neighbours of new addresses, on a thread of its own: on a big bridge one frame takes milliseconds.
///
/// Three rounds two seconds apart, since a frame may be lost and some switches need to be told twice. It rests longer
/// than it sends, so that thousands of addresses at once leave the processor to those who build routers.
final class Announcer: Sendable {
    private let rounds = Monitor(AnnouncementRounds<WeakRouter>())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Announces addresses, the first time at once.
    func announce(_ addresses: [AnnouncedAddress], of router: RouterNamespace) {
        guard !addresses.isEmpty else { return }
        let router = WeakRouter(router)
        let isAwaited = rounds.updateQuietly { $0.add(addresses, of: router, at: .now) }
        if isAwaited { rounds.wake() }
    }

    /// Announces these addresses no more: someone else may have them by now.
    func withdraw(_ addresses: [IPAddress], of router: RouterNamespace) {
        guard !addresses.isEmpty else { return }
        let router = WeakRouter(router)
        rounds.updateQuietly { $0.withdraw(addresses, of: router) }
    }

    /// The thread's loop.
    var service: ThreadService {
        ThreadService(name: "announcer", hasTime: true) { [self] in
            while let due = rounds.wait({ $0.next(at: .now, atMost: Self.batchLimit) }) {
                let begun = ContinuousClock.now
                let late = due.filter(send)
                let now = ContinuousClock.now
                rounds.updateQuietly {
                    $0.repeatSoon(late, restingFor: max((now - begun) * 3, Self.leastRest), at: now)
                }
            }
        } stop: { [self] in
            rounds.update { $0.close() }
        }
    }

    /// What comes meanwhile wakes no thread, which would cost as much as the change that it comes from.
    private static var leastRest: Duration { .milliseconds(2) }

    /// How many addresses are announced without a rest.
    private static var batchLimit: Int { 32 }

    /// Sends one announcement in both forms; true when it must be repeated.
    private func send(_ entry: AnnouncementRounds<WeakRouter>.Entry) -> Bool {
        // A router that has gone meanwhile announces nothing, and is not kept alive for it.
        guard let router = entry.router.value else { return false }
        let announced = entry.address
        do throws(NetlinkError) {
            let request = Announcement(announced.address, at: announced.mac, as: .request)
            if try router.announce(request, on: announced.interface) { return true }
            guard announced.address.version == .v4 else { return false }
            let reply = Announcement(announced.address, at: announced.mac, as: .reply)
            return try router.announce(reply, on: announced.interface)
        } catch {
            logger.debug(
                "address not announced",
                metadata: [Telemetry.reason: "\(error)", Telemetry.name: "\(router.name)"]
            )
            return false
        }
    }
}

/// An address that neighbours are to be told of, as the frame needs it.
struct AnnouncedAddress: Hashable, Sendable {
    var interface: InterfaceIndex
    var mac: MACAddress
    var address: IPAddress
}

/// A router that may go at any time.
struct WeakRouter: Hashable, Sendable {
    weak let value: RouterNamespace?
    private let identity: ObjectIdentifier

    init(_ router: RouterNamespace) {
        value = router
        identity = ObjectIdentifier(router)
    }

    static func == (left: WeakRouter, right: WeakRouter) -> Bool { left.identity == right.identity }

    func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}

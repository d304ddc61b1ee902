internal import Addressing
internal import Netlink

/// Which router advertisements are due when, on all internal networks of all routers.
///
/// Unsolicited ones go to all hosts at intervals; who asks is answered by one of his own, who has no address yet by one
/// to all. Source: RFC 4861, sections 6.2.4 to 6.2.6, whose names the constants bear.
struct AdvertisementSchedule<Router: Hashable & Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// One advertisement to be sent.
    struct Entry: Hashable, Sendable {
        var router: Router
        /// The name of the device.
        var device: String
        var interface: InterfaceIndex
        var advertisement: AdvertisementPlan
        /// Nil: to all hosts.
        var receiver: IPv6Address?
    }

    private var routers: [Router: [String: Line]] = [:]
    private var random: any RandomNumberGenerator & Sendable

    init(random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.random = random
    }

    /// What is said on one device.
    private struct Line {
        var advertised: AdvertisedDevice
        /// Nil once a new one was told often enough.
        var ending: RouterAdvertisement?
        /// How many are still to follow one another quickly, so that one that is lost does no harm.
        var initialCount: Int
        var next: Instant
        var last: Instant?
        /// When hosts that asked are to be answered.
        var answers: [IPv6Address: Instant] = [:]

        /// The first moment at which something is due.
        var due: Instant { answers.values.reduce(next, min) }

        var advertisement: AdvertisementPlan {
            var plan = advertised.plan
            if let ending { plan.content = plan.content.ending(ending) }
            return plan
        }
    }

    /// Whether what was taken is still said.
    func holds(_ entry: Entry) -> Bool { routers[entry.router]?[entry.device] != nil }

    /// From now on a router says this, and nothing on other devices; returns whether something is due by that.
    mutating func set(_ devices: [AdvertisedDevice], of router: Router, at now: Instant) -> Bool {
        var lines: [String: Line] = [:]
        var hasNews = false
        for device in devices {
            let known = routers[router]?[device.name]
            if let known, known.advertised == device {
                lines[device.name] = known
                continue
            }
            var line = Line(advertised: device, initialCount: Timing.initialCount, next: now, last: known?.last)
            line.ending = known.map { $0.advertisement.content }
            if let last = known?.last { line.next = max(now, last + Timing.leastPause) }
            lines[device.name] = line
            hasNews = true
        }
        routers[router] = lines.isEmpty ? nil : lines
        return hasNews
    }

    /// Ends what a router says on devices other than these, and returns what was said there.
    mutating func end(of router: Router, sparing devices: Set<String>) -> [AdvertisedDevice] {
        guard let lines = routers[router] else { return [] }
        let ended = lines.values.filter { !devices.contains($0.advertised.name) }.map(\.advertised)
        for device in ended { routers[router]?[device.name] = nil }
        if routers[router]?.isEmpty == true { routers[router] = nil }
        return ended
    }

    /// A router has gone.
    mutating func forget(_ router: Router) { routers[router] = nil }

    /// A host asked for routers.
    mutating func answer(
        _ solicitation: RouterSolicitation,
        on interface: InterfaceIndex,
        of router: Router,
        at now: Instant
    ) {
        guard let name = routers[router]?.first(where: { $0.value.advertised.interface == interface })?.key,
            var line = routers[router]?[name]
        else { return }
        let moment = now + pause(.zero...Timing.longestDelay)
        // What is no neighbour's address, and more than a few at a time, is answered by one to all.
        if let source = solicitation.source, source.isLinkLocal, line.answers.count < Timing.answerLimit {
            if line.answers[source] == nil { line.answers[source] = moment }
        } else {
            line.next = min(line.next, line.last.map { max(moment, $0 + Timing.leastPause) } ?? moment)
        }
        routers[router]?[name] = line
    }

    /// What is due, which counts as sent; and when more will be.
    mutating func take(at now: Instant) -> (due: [Entry], next: Instant?) {
        var due: [Entry] = []
        var next: Instant?
        for (router, lines) in routers {
            for (name, line) in lines {
                var line = line
                if line.due <= now {
                    due += take(from: &line, of: router, at: now)
                    routers[router]?[name] = line
                }
                next = next.map { min($0, line.due) } ?? line.due
            }
        }
        return (due, next)
    }

    private mutating func take(from line: inout Line, of router: Router, at now: Instant) -> [Entry] {
        let advertised = line.advertised
        func entry(to receiver: IPv6Address?, _ line: Line) -> Entry {
            Entry(
                router: router,
                device: advertised.name,
                interface: advertised.interface,
                advertisement: line.advertisement,
                receiver: receiver
            )
        }
        if line.next <= now {
            let all = entry(to: nil, line)
            // Who asked hears it, too.
            line.answers = [:]
            line.initialCount = max(line.initialCount - 1, 0)
            if line.initialCount == 0 { line.ending = nil }
            line.last = now
            line.next = now + (line.initialCount > 0 ? Timing.initialPause : pause(Timing.interval))
            return [all]
        }
        let receivers = line.answers.filter { $0.value <= now }.map(\.key)
        for receiver in receivers { line.answers[receiver] = nil }
        return receivers.sorted().map { entry(to: $0, line) }
    }

    /// One to all hosts could not be sent: it is tried again soon.
    mutating func failed(_ entry: Entry, at now: Instant) {
        guard entry.receiver == nil, var line = routers[entry.router]?[entry.device] else { return }
        line.next = min(line.next, now + Timing.initialPause)
        line.initialCount = max(line.initialCount, 1)
        routers[entry.router]?[entry.device] = line
    }

    private mutating func pause(_ range: ClosedRange<Duration>) -> Duration {
        let milliseconds = Int(range.lowerBound / .milliseconds(1))...Int(range.upperBound / .milliseconds(1))
        return .milliseconds(Int.random(in: milliseconds, using: &random))
    }
}

/// What a router says on one of its devices.
struct AdvertisedDevice: Hashable, Sendable {
    var name: String
    var interface: InterfaceIndex
    var plan: AdvertisementPlan
}

/// The times of router advertisements.
private enum Timing {
    /// `MinRtrAdvInterval` and `MaxRtrAdvInterval`: those of `radvd` in Neutron.
    static let interval = Duration.seconds(30)...Duration.seconds(100)
    /// `MAX_INITIAL_RTR_ADVERTISEMENTS`.
    static let initialCount = 3
    /// Well below `MAX_INITIAL_RTR_ADVERT_INTERVAL` of 16 seconds: of a router that moves, hosts may hear the old
    /// node's farewell after the new node's first word.
    static let initialPause = Duration.seconds(4)
    /// `MAX_RA_DELAY_TIME`.
    static let longestDelay = Duration.milliseconds(500)
    /// `MIN_DELAY_BETWEEN_RAS`.
    static let leastPause = Duration.seconds(3)
    /// How many hosts of one network are answered one by one at a time.
    static let answerLimit = 16
}

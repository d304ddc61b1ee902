import AgentService
import Contracts
import Glibc
import Logging
import Netlink

/// An agent at work, and the figures that are taken of it.
struct Bench {
    private let agent: DetachedAgent
    private let clock = ContinuousClock()

    init() throws {
        let agent = try DetachedAgent(
            node: "bench",
            physicalBridges: Scenario.physicalBridges,
            logger: Logger(label: "agent-bench"),
            report: { _ in }
        )
        Task.detached { await agent.run() }
        self.agent = agent
    }

    /// Waits until the kernel has acknowledged so much.
    ///
    /// It looks at intervals: who looks all the time takes a processor from the kernel's own threads, which the floor
    /// leaves to them.
    private func wait(for settlements: Int, resting microseconds: UInt32 = 10) {
        while agent.settlements < settlements { usleep(microseconds) }
    }

    /// Tells all of routers and waits until they are settled.
    private func settleAll(_ routers: Int, _ floatingIPs: Int) -> Duration {
        let routerMessages = (0..<routers).map(Scenario.router)
        let addressMessages = (0..<routers).map { router in
            (0..<floatingIPs).map { Scenario.floatingIP($0, of: router) } + [Scenario.addressesSynced(of: router)]
        }
        let memory = residentBytes
        let time = clock.measure {
            agent.beginRouters()
            for message in routerMessages { agent.tell(message) }
            agent.tell(Scenario.routersSynced)
            for messages in addressMessages {
                for message in messages { agent.tell(message) }
            }
            wait(for: routers, resting: 100)
        }
        emit("agent_busy_bytes_per_router", Double(residentBytes - memory) / Double(routers))
        // By then all addresses are announced.
        usleep(6_000_000)
        emit("agent_bytes_per_router", Double(residentBytes - memory) / Double(routers))
        // Until here: the agent must not seem to need less for taking their room.
        withExtendedLifetime((routerMessages, addressMessages)) {}
        return time
    }

    /// Routers from nothing.
    func cold(routers: Int, floatingIPs: Int) {
        emit("wall_us", settleAll(routers, floatingIPs).microseconds)
        emit("changes", Double(agent.changesMade))
    }

    /// The agent's restart over routers that are all there: nothing may be written.
    func warm(routers: Int, floatingIPs: Int) {
        emit("wall_us", settleAll(routers, floatingIPs).microseconds)
        emit("changes", Double(agent.changesMade))
    }

    /// Tells of no routers, and waits until the agent has removed the bridges that nobody needs then.
    private func begin() throws {
        agent.beginRouters()
        agent.tell(Scenario.routersSynced)
        usleep(1_500_000)
        try Scenario.makeBridges()
    }

    /// Tells of a new router with these floating IPs, and returns how long it took until it forwards.
    private func make(_ router: Int, _ addresses: [L3_Agent_V1_WatchAddressesResponse]) -> Duration {
        let message = Scenario.router(router)
        let synced = Scenario.addressesSynced(of: router)
        let settlements = agent.settlements
        return clock.measure {
            agent.tell(message)
            for address in addresses { agent.tell(address) }
            agent.tell(synced)
            wait(for: settlements + 1)
        }
    }

    /// One router after another.
    func router(count: Int) throws {
        try begin()
        var times = Samples()
        for number in 0..<count {
            times.add(make(number, [Scenario.floatingIP(0, of: number)]))
            usleep(500)
        }
        times.report("")
    }

    /// One floating IP more and less, where so many are present.
    func change(present: Int, count: Int) throws {
        try begin()
        _ = make(0, (0..<present).map { Scenario.floatingIP($0, of: 0) })
        usleep(200_000)
        var additions = Samples()
        var removals = Samples()
        for turn in 0..<count {
            let number = present + 1 + turn % 50
            let revision = Int64(turn * 2 + 2)
            additions.add(time(Scenario.floatingIP(number, of: 0, revision: revision)))
            removals.add(time(Scenario.removal(number, of: 0, revision: revision + 1)))
        }
        additions.report("add_")
        removals.report("remove_")
        let messages = (0..<count).flatMap { turn -> [L3_Agent_V1_WatchAddressesResponse] in
            let number = present + 1 + turn % 50
            let revision = Int64((count + turn) * 2 + 2)
            return [
                Scenario.floatingIP(number, of: 0, revision: revision),
                Scenario.removal(number, of: 0, revision: revision + 1),
            ]
        }
        let settlements = agent.settlements
        let processor = processorTime
        let elapsed = clock.measure {
            for (index, message) in messages.enumerated() {
                agent.tell(message)
                wait(for: settlements + index + 1)
            }
        }
        emit("changes_per_second", Double(messages.count) / elapsed.microseconds * 1e6)
        emit("processor_us_per_change", (processorTime - processor) / Double(messages.count))
    }

    private func time(_ message: L3_Agent_V1_WatchAddressesResponse) -> Duration {
        let settlements = agent.settlements
        return clock.measure {
            agent.tell(message)
            wait(for: settlements + 1)
        }
    }

    /// A router with so many floating IPs, from nothing.
    func bulk(floatingIPs: Int) throws {
        try begin()
        emit("wall_us", make(0, (0..<floatingIPs).map { Scenario.floatingIP($0, of: 0) }).microseconds)
    }

    /// A router with so many port forwardings, a thousand of each floating IP, from nothing.
    func forwardings(count: Int) throws {
        try begin()
        let messages = (0..<(count + 999) / 1000).map {
            Scenario.forwardings(min(1000, count - $0 * 1000), of: $0, router: 0)
        }
        emit("wall_us", make(0, messages).microseconds)
    }

    /// Floating IPs that leave a router with so many connections, ten of each floating IP.
    func connections(count: Int, repetitions: Int, floor: String) throws {
        try begin()
        _ = make(0, (0..<repetitions + 20).map { Scenario.floatingIP($0, of: 0) })
        let name = "qrouter-\(Scenario.id(.router, 0))"
        try run(floor, "fill", "\(NetworkNamespace.directory)/\(name)", "\(count)")
        var answers = Samples()
        var ends = Samples()
        for number in 0..<repetitions {
            let (answer, end) = try remove([number], connections: 10, in: name)
            answers.add(answer)
            ends.add(end)
            usleep(20_000)
        }
        answers.report("answer_")
        ends.report("gone_")
        let (_, end) = try remove(Array(repetitions..<repetitions + 20), connections: 200, in: name)
        emit("twenty_gone_us", end.microseconds)
    }

    private func remove(_ numbers: [Int], connections: Int, in name: String) throws -> (Duration, Duration) {
        let namespace = try NetworkNamespace.open(named: name)
        func present() throws -> Int { Int(try namespace.value(of: .conntrackCount)) ?? 0 }
        let wanted = try present() - connections
        let settlements = agent.settlements
        let begun = clock.now
        for number in numbers { agent.tell(Scenario.removal(number, of: 0, revision: 2)) }
        if numbers.count == 1 { wait(for: settlements + 1) }
        let answered = clock.now
        while try present() > wanted { usleep(500) }
        return (answered - begun, clock.now - begun)
    }
}

/// Runs a program and waits for it.
private func run(_ arguments: String...) throws {
    var pid = pid_t()
    let pointers = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    guard posix_spawn(&pid, arguments[0], nil, nil, pointers, nil) == 0 else {
        throw NetlinkError.system(call: "posix_spawn", subject: arguments[0], ErrorNumber(rawValue: errno))
    }
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    guard status == 0 else { throw NetlinkError.malformed("\(arguments) ended with \(status)") }
}

/// The memory that the process holds at present.
private var residentBytes: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let words = String(decoding: line.map { UInt8(bitPattern: $0) }.prefix { $0 != 0 }, as: UTF8.self).split(
        separator: " "
    )
    return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * 4096
}

/// The processor time of all threads so far, in microseconds.
private var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

import Glibc
import Logging

/// Measures the agent, from messages in memory to the kernel's acknowledgement, one figure a run.
///
/// It works in the network namespace that it is started in, and leaves names in `/run/netns`. Prints names and numbers.
@main struct AgentBenchmark {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        // A table of descriptors that grows in a process of several threads stops them all.
        dup2(0, 65_000)
        close(65_000)
        // A rest takes as long as was asked for, and not 50 µs more.
        if let file = fopen("/proc/thread-self/timerslack_ns", "w") {
            fputs("1", file)
            fclose(file)
        }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
        try Scenario.makeBridges()
        let bench = try Bench()
        switch (arguments.first, numbers.count) {
        case ("cold", 2): bench.cold(routers: numbers[0], floatingIPs: numbers[1])
        case ("warm", 2): bench.warm(routers: numbers[0], floatingIPs: numbers[1])
        case ("router", 1): try bench.router(count: numbers[0])
        case ("change", 2): try bench.change(present: numbers[0], count: numbers[1])
        case ("bulk", 1): try bench.bulk(floatingIPs: numbers[0])
        case ("forwardings", 1): try bench.forwardings(count: numbers[0])
        case ("connections", 2):
            try bench.connections(count: numbers[0], repetitions: numbers[1], floor: arguments.last ?? "")
        default:
            print(
                """
                usage: agent-bench cold|warm ROUTERS FLOATING-IPS | router COUNT | change PRESENT COUNT | bulk COUNT |
                       forwardings COUNT | connections COUNT REPETITIONS FLOOR
                """
            )
            exit(64)
        }
        // What is in the kernel stays: the next run may be the agent's restart.
        exit(0)
    }
}

/// Times, in microseconds.
struct Samples {
    private var values: [Double] = []

    mutating func add(_ duration: Duration) { values.append(duration.microseconds) }

    /// Prints the median and the 99th percentile.
    func report(_ name: String) {
        let sorted = values.sorted()
        func quantile(_ part: Double) -> Double { sorted[Int(part * Double(sorted.count - 1) + 0.5)] }
        emit("\(name)p50_us", quantile(0.5))
        emit("\(name)p99_us", quantile(0.99))
    }
}

extension Duration {
    var microseconds: Double {
        Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
    }
}

/// Prints one figure.
func emit(_ name: String, _ value: Double) { print(name, value) }

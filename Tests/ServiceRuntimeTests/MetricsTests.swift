import GRPCCore
import Testing

@testable import ServiceRuntime

@Suite struct MetricRegistryTests {
    private let registry = MetricRegistry()

    @Test func `counters are written with their labels in order, each value by itself`() {
        let repairs = registry.counter("repairs_total", "Repairs.", labels: ["kind"])
        repairs.add(2, "table")
        repairs.add(1, "address")
        repairs.add(1, "table")
        #expect(
            registry.text == """
                # HELP repairs_total Repairs.
                # TYPE repairs_total counter
                repairs_total{kind="address"} 1
                repairs_total{kind="table"} 3

                """
        )
        #expect(repairs.count("table") == 3)
    }

    @Test func `a counter without labels is there from the first, a gauge is asked each time`() {
        _ = registry.counter("a_total", "A.")
        registry.gauge("b", "B.") { 1.5 }
        #expect(registry.text.contains("\na_total 0\n"))
        #expect(registry.text.contains("# TYPE b gauge\nb 1.5\n"))
    }

    @Test func `a histogram's buckets are cumulated`() {
        let durations = registry.histogram("seconds", "Durations.", labels: ["method"])
        durations.record(.microseconds(20), "Get")
        durations.record(.milliseconds(2), "Get")
        durations.record(.seconds(60), "Get")
        let text = registry.text
        #expect(text.contains("seconds_bucket{method=\"Get\",le=\"0.001\"} 1\n"))
        #expect(text.contains("seconds_bucket{method=\"Get\",le=\"10.0\"} 2\n"))
        #expect(text.contains("seconds_bucket{method=\"Get\",le=\"+Inf\"} 3\n"))
        #expect(text.contains("seconds_count{method=\"Get\"} 3\n"))
    }

    @Test func `what would end a label's value is escaped`() {
        registry.counter("x_total", "X.", labels: ["name"]).add(1, "a\"b\\c\nd")
        #expect(registry.text.contains(#"x_total{name="a\"b\\c\nd"} 1"#))
    }
}

@Suite struct ProgramCommandTests {
    private let program = ProgramDescription(
        name: "agent",
        abstract: "An agent.",
        settings: [],
        commands: [ProgramCommand("verify", help: "compares") { _ in ("", 0) }]
    )

    @Test func `a program's own command is understood with the settings that serving has`() throws {
        #expect(try CommandLineRequest(arguments: ["verify"], of: program) == .command("verify"))
        #expect(
            try CommandLineRequest(arguments: ["verify", "--log-level", "debug"], of: program) == .command("verify")
        )
        #expect(try CommandLineRequest(arguments: ["verify", "--help"], of: program) == .help)
        #expect(throws: CommandLineProblem.self) {
            try CommandLineRequest(arguments: ["verify", "--nonsense", "1"], of: program)
        }
    }

    @Test func `help names it`() {
        #expect(HelpText(of: program).text.contains("verify [options]       compares\n"))
    }
}

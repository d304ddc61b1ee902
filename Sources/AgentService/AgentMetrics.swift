internal import ServiceRuntime

/// What the agent counts and measures.
struct AgentMetrics: Sendable {
    private let repairs: Counter
    private let doubts: Counter
    private let outcomes: Counter
    private let durations: DurationHistogram

    /// Adds the agent's metrics to a registry.
    init(_ registry: MetricRegistry, kernel: RouterKernel, record: NodeRecord) {
        repairs = registry.counter(
            "sluice_agent_repairs_total",
            "Things in the kernel that others changed and the agent put right.",
            labels: ["kind"]
        )
        for kind in Finding.Kind.allCases { repairs.add(0, kind.rawValue) }
        doubts = registry.counter(
            "sluice_agent_verifications_total",
            "Times that a router was read and compared though nothing new was wanted of it."
        )
        outcomes = registry.counter(
            "sluice_agent_reconciliations_total",
            "Attempts to bring a router to what is wanted; what did not succeed is tried again.",
            labels: ["result"]
        )
        for result in ["success", "failure"] { outcomes.add(0, result) }
        durations = registry.histogram(
            "sluice_agent_reconciliation_seconds",
            "How long attempts to bring a router to what is wanted took."
        )
        registry.counter("sluice_agent_kernel_changes_total", "Changes made in the kernel.") {
            Double(kernel.changesMade)
        }
        registry.gauge("sluice_agent_routers", "Routers that are wanted on the node.") { Double(record.load.routers) }
        registry.gauge("sluice_agent_floating_ips", "Floating IPs that are wanted on the node.") {
            Double(record.load.floatingAddresses)
        }
    }

    /// A router was looked at because others may have changed it.
    func noteDoubt() { doubts.add() }

    /// A router was worked on.
    func note(_ outcome: RouterOutcome, took duration: Duration) {
        outcomes.add(1, outcome.isComplete ? "success" : "failure")
        durations.record(duration)
        for finding in outcome.repairs { repairs.add(1, finding.kind.rawValue) }
    }
}

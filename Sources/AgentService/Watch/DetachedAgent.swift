package import Contracts
package import Logging
internal import ResourceModel
internal import ServiceLifecycle
internal import ServiceRuntime

/// The agent without streams: it is told by calls what its watches would tell, and tells by a closure what it would
/// report.
///
/// So its way from a message to the kernel can be measured, and tried, by itself.
package final class DetachedAgent: Sendable {
    private let kernel: RouterKernel
    private let reconciler: Reconciler
    private let services: [any Service]

    /// An agent of the calling thread's network namespace.
    ///
    /// External networks come in by these bridges, by their physical networks.
    ///
    /// - Throws: That the process may not change the network, or that the kernel lacks nftables.
    package init(
        node: String,
        physicalBridges: [String: String],
        logger: Logger,
        report: @escaping @Sendable ([L3_Agent_V1_ObjectStatus]) -> Void
    ) throws {
        let layout = NodeLayout(physicalBridges: physicalBridges)
        let host = try NodeHost(namespace: nil)
        try KernelPreflight.check()
        raiseDescriptorLimit()
        let attendants = Attendants(logger: logger)
        let reporter = StatusReporter(logger: logger) { report($0.map(\.wire)) }
        kernel = RouterKernel(host: host, layout: layout, node: node, attendants: attendants)
        let record = NodeRecord()
        reconciler = Reconciler(
            .init(
                kernel: kernel,
                layout: layout,
                subscriptions: Subscriptions(),
                record: record,
                routers: reporter,
                addresses: reporter,
                health: HealthReporter(),
                metrics: AgentMetrics(MetricRegistry(), kernel: kernel, record: record),
                logger: logger
            )
        )
        services = attendants.services + [reconciler.threads, reporter]
    }

    /// Runs the threads until the task is cancelled; what is in the kernel stays.
    package func run() async {
        await withTaskGroup { group in
            for service in services { group.addTask { _ = try? await service.run() } }
        }
    }

    /// A snapshot of routers begins: what it does not name before `synced` is gone.
    package func beginRouters() { reconciler.take(.told(.routers(.snapshotBegan))) }

    /// Takes in an answer of the watch of routers.
    package func tell(_ answer: L3_Agent_V1_WatchRoutersResponse) {
        var feed = RouterFeed()
        if let event = feed.receive(answer) { reconciler.take(.told(.routers(event))) }
    }

    /// Takes in an answer of the watch of floating IPs.
    package func tell(_ answer: L3_Agent_V1_WatchAddressesResponse) {
        if let event = answer.domain { reconciler.take(.told(event)) }
    }

    /// Compares everything with the kernel.
    package func verify() { reconciler.take(.repairDue) }

    /// How often the kernel acknowledged that a router, or some floating IPs of one, are as wanted.
    package var settlements: Int { kernel.settlements }

    /// How many changes were made.
    package var changesMade: Int { kernel.changesMade }
}

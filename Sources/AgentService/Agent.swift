internal import GRPCCore
internal import Logging
internal import Netlink
internal import ServiceLifecycle
internal import ServiceRuntime

/// The agent's parts, put together over any transport.
struct Agent<Transport: ClientTransport> {
    let kernel: RouterKernel
    let reconciler: Reconciler
    private let parts: [any Service]

    init(
        configuration: AgentServiceConfiguration,
        host: NodeHost,
        routers: GRPCClient<Transport>,
        addresses: GRPCClient<Transport>,
        health: HealthReporter,
        metrics: MetricRegistry = MetricRegistry(),
        roomForNews: Int32 = RouteEvents.usualRoom,
        logger: Logger
    ) {
        let attendants = Attendants(logger: logger)
        let kernel = RouterKernel(
            host: host,
            layout: configuration.layout,
            makesOperatorsBridges: configuration.makesExternalBridges,
            node: configuration.ownershipName,
            attendants: attendants
        )
        let record = NodeRecord()
        let subscriptions = Subscriptions()
        let routerReporter = StatusReporter.ofRouters(client: routers, record: record, logger: logger)
        let addressReporter = StatusReporter.ofAddresses(client: addresses, record: record, logger: logger)
        let reconciler = Reconciler(
            .init(
                kernel: kernel,
                layout: configuration.layout,
                subscriptions: subscriptions,
                record: record,
                routers: routerReporter,
                addresses: addressReporter,
                health: health,
                metrics: AgentMetrics(metrics, kernel: kernel, record: record),
                logger: logger
            )
        )
        let routerWatch = RouterWatch(
            client: routers,
            node: NodeIdentity(configuration),
            record: record,
            logger: logger,
            deliver: { reconciler.take(.told($0)) },
            registered: {
                routerReporter.repeatAll()
                addressReporter.repeatAll()
            }
        )
        let addressWatch = AddressWatch(
            client: addresses,
            subscriptions: subscriptions,
            logger: logger,
            deliver: { reconciler.take(.told($0)) }
        )
        self.kernel = kernel
        self.reconciler = reconciler
        let repair: [any Service] =
            configuration.repairInterval.map {
                [RepairTimer(interval: $0, reconciler: reconciler)]
            } ?? []
        var listeners: [any Service] = []
        do throws(NetlinkError) {
            listeners = [
                try KernelListener(host: host, kernel: kernel, logger: logger, room: roomForNews) {
                    reconciler.take($0)
                }
            ]
        } catch {
            logger.warning("others' changes are only found at intervals", metadata: [Telemetry.reason: "\(error)"])
        }
        parts =
            attendants.services + [reconciler.threads] + listeners
            + [routerReporter, addressReporter, routerWatch, addressWatch] + repair
    }

    /// The long-running things, in the order in which they start.
    var services: [any Service] { parts }
}

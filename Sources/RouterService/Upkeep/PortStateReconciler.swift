internal import Logging
internal import ServiceLifecycle

/// Tells NetworkService where routers' ports are and whether they carry packets, after nodes have said so.
///
/// The rows hold what is wanted and what was told; this tells the difference until there is none.
struct PortStateReconciler: Service {
    let store: RouterStore
    let directory: any PortDirectory
    var interval: Duration = .milliseconds(250)
    let logger: Logger

    func run() async throws {
        try await repeating(every: interval, named: "port states", logger: logger) {
            while try await tellSome() {}
        }
    }

    /// Tells a batch; false when there is no more, or when it has to wait.
    func tellSome() async throws -> Bool {
        let untold = try await store.run { try await $0.takeUntoldPorts(limit: 50, for: .seconds(5)) }
        for port in untold {
            do {
                try await directory.tell(port)
                try await store.run { try await $0.noteTold(port) }
            } catch {
                logger.debug(
                    "a port's state is told later",
                    metadata: [Telemetry.port: "\(port.portID)", Telemetry.error: "\(error)"]
                )
            }
        }
        return untold.count == 50 && !Task.isCancelled
    }
}

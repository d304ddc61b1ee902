internal import Logging
internal import ResourceModel
internal import ServiceLifecycle

/// Runs the body now and after each interval until graceful shutdown.
///
/// What it throws is logged once per trouble, not once per try.
func repeating(
    every interval: Duration,
    named name: String,
    logger: Logger,
    _ body: @escaping @Sendable () async throws -> Void
) async throws {
    await cancelWhenGracefulShutdown {
        var isInTrouble = false
        while !Task.isCancelled {
            do {
                try await body()
                isInTrouble = false
            } catch {
                if !isInTrouble, !Task.isCancelled {
                    logger.warning("upkeep is delayed", metadata: ["task": "\(name)", Telemetry.error: "\(error)"])
                }
                isInTrouble = true
            }
            try? await Task.sleep(for: interval)
        }
    }
}

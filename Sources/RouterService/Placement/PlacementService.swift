internal import Logging
internal import ResourceModel
internal import ServiceLifecycle

/// Looks again and again for routers without a live agent, and places them.
///
/// A dead node is noticed within its lease and one interval, and all its routers move in one transaction.
struct PlacementService: Service {
    let desk: PlacementDesk
    var interval: Duration = .seconds(1)
    let logger: Logger

    func run() async throws {
        try await repeating(every: interval, named: "placement", logger: logger) {
            let placed = try await desk.placeAll()
            if placed > 0 { logger.info("placed routers", metadata: [Telemetry.count: "\(placed)"]) }
        }
    }
}

internal import Logging
internal import ServiceLifecycle

/// Does what is still owed to NetworkService about ports: what a crash, or a NetworkService that was away, left over.
struct DutyService: Service {
    let keeper: PortKeeper
    var interval: Duration = .seconds(2)

    func run() async throws {
        try await repeating(every: interval, named: "duties", logger: keeper.logger) { try await keeper.settleDue() }
    }
}

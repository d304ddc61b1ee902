internal import Logging
internal import ServiceLifecycle

/// Finishes what others could not: after a crash, after a call was cancelled, and while other services were away.
struct UndertakingService: Service {
    let keeper: UndertakingKeeper
    var interval: Duration = .seconds(2)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await undertaking in keeper.handedOver.stream { await keeper.settle(undertaking) }
                }
                group.addTask { await settleNowAndThen() }
            }
        }
    }

    private func settleNowAndThen() async {
        var isInTrouble = false
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            do {
                try await keeper.settleAbandoned()
                isInTrouble = false
            } catch {
                // Once for each trouble, not for each try.
                if !isInTrouble, !Task.isCancelled {
                    keeper.logger.warning("upkeep is delayed", metadata: [Telemetry.error: "\(error)"])
                }
                isInTrouble = true
            }
        }
    }
}

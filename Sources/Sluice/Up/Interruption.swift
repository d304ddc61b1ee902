internal import Synchronization
internal import UnixSignals

/// SIGINT and SIGTERM as something to wait for, any number of times.
final class Interruption: Sendable {
    private struct State {
        var happened = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextKey = 0
    }

    private let state = Mutex(State())

    /// From now on the signals no longer end the process.
    init() async {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        Task { [self] in
            for await _ in signals { happen() }
        }
    }

    /// Whether a signal came.
    var happened: Bool { state.withLock(\.happened) }

    /// Returns when a signal came, or when the task is cancelled.
    func wait() async {
        let key = state.withLock { state in
            state.nextKey += 1
            return state.nextKey
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.happened, !Task.isCancelled else { return true }
                    state.waiting[key] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: key) }?.resume()
        }
    }

    /// Runs the body, which a signal cancels.
    func race(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { await self.wait() }
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch  where happened {
                return
            }
        }
    }

    private func happen() {
        let waiting = state.withLock { state in
            state.happened = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }
}

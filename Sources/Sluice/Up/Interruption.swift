internal import Glibc
internal import Synchronization

/// SIGINT and SIGTERM as something to wait for.
final class Interruption: Sendable {
    private let signals: AsyncStream<Void>
    private let flag = Mutex(false)

    /// From now on the signals no longer end the process.
    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        signals = stream
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let blocked = set
        SignalThread.start { [self] in
            var waited = blocked
            var signal: Int32 = 0
            while sigwait(&waited, &signal) == 0 {
                flag.withLock { $0 = true }
                continuation.yield()
            }
        }
    }

    /// Whether a signal came.
    var happened: Bool { flag.withLock { $0 } }

    /// Returns when a signal comes.
    func wait() async {
        guard !happened else { return }
        for await _ in signals { return }
    }

    /// Runs the body, which a signal cancels.
    func race(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await body()
                return true
            }
            group.addTask {
                await self.wait()
                return false
            }
            defer { group.cancelAll() }
            do {
                _ = try await group.next()
            } catch  where happened {
                return
            }
        }
    }
}

/// A thread that waits for signals; every other thread has them blocked from its creation on.
enum SignalThread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            box.toOpaque()
        )
        pthread_detach(thread)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}

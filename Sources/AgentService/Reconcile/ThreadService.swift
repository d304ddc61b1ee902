internal import Glibc
internal import Netlink
internal import ServiceLifecycle

/// A loop that has threads of its own, because its calls into the kernel block; on them it goes to routers' namespaces and
/// back.
struct ThreadService: Service {
    /// The threads' name, at most 15 bytes, as `top -H` shows it.
    var name: String
    /// How many threads run the loop.
    var count = 1
    /// Whether others come first, and are not interrupted by what this does.
    var hasTime = false
    /// Runs until `stop` was called.
    var body: @Sendable () -> Void
    /// Makes `body` return soon; may be called from anywhere and more than once.
    var stop: @Sendable () -> Void

    /// Runs the loop until graceful shutdown or cancellation.
    func run() async {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withTaskGroup { group in
                    for _ in 0..<count { group.addTask { await runThread() } }
                }
            } onGracefulShutdown: {
                stop()
            }
        } onCancel: {
            stop()
        }
    }

    private func runThread() async {
        await withCheckedContinuation { continuation in
            Self.start(name, hasTime: hasTime) {
                body()
                continuation.resume()
            }
        }
    }

    private static func start(_ name: String, hasTime: Bool, _ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(name: name, hasTime: hasTime, body: body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                work.nameThread()
                work.setPriority()
                NetworkNamespace.lendThread { work.body() }
                return nil
            },
            work.toOpaque()
        )
        guard status == 0 else {
            preconditionFailure("no thread to be had: \(String(cString: strerror(status)))")
        }
        pthread_detach(thread)
    }

    private final class Work {
        let name: String
        let hasTime: Bool
        let body: @Sendable () -> Void

        init(name: String, hasTime: Bool, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.hasTime = hasTime
            self.body = body
        }

        /// A thread that is nicer than another does not interrupt it when it wakes; on Linux this is of the thread alone.
        func setPriority() {
            if hasTime { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
        }

        /// The C call for it is one of those that Swift's Glibc does not show.
        func nameThread() {
            let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            _ = write(descriptor, name, name.utf8.count)
            close(descriptor)
        }
    }
}

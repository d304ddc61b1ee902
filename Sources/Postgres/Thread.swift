internal import Glibc

/// A thread of the operating system, for what must wait outside Swift's own threads.
enum Thread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs the body on a new thread, which ends with it.
    static func start(_ body: @escaping @Sendable () -> Void) {
        let argument = Unmanaged.passRetained(Work(body)).toOpaque()
        var thread = pthread_t()
        let failure = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            argument
        )
        precondition(failure == 0, "no thread could be started: \(String(cString: strerror(failure)))")
        pthread_detach(thread)
    }
}

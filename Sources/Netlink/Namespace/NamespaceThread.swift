internal import CLinux
internal import Glibc

/// Runs `body` on a thread of its own and waits for it.
///
/// A namespace belongs to a thread. A thread of Swift's pool must never change it, since other work runs there next;
/// this one ends after `body`, and its namespace with it.
///
/// - Throws: `system` when there is no thread to be had, and what `body` throws.
func onThread<Result: ~Copyable>(_ body: () throws(NetlinkError) -> Result) throws(NetlinkError) -> Result {
    try withoutActuallyEscaping(body) { (body) throws(NetlinkError) in
        let work = ThreadWork(body)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(work)
        let status = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<AnyThreadWork>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context.toOpaque()
        )
        guard status == 0 else {
            context.release()
            throw .system(call: "pthread_create", subject: "namespace thread", ErrorNumber(rawValue: status))
        }
        pthread_join(thread, nil)
        return try work.take()
    }
}

private class AnyThreadWork {
    func run() {}
}

private final class ThreadWork<Value: ~Copyable>: AnyThreadWork {
    private let body: () throws(NetlinkError) -> Value
    private var value: Value?
    private var error: NetlinkError?

    init(_ body: @escaping () throws(NetlinkError) -> Value) {
        self.body = body
    }

    override func run() {
        do {
            value = try body()
        } catch {
            self.error = error
        }
    }

    func take() throws(NetlinkError) -> Value {
        if let error { throw error }
        guard let value = value.take() else { preconditionFailure("the thread ended without a result") }
        return value
    }
}

extension NetworkNamespace {
    /// Runs `body` in this namespace and waits for it: on a thread of its own, or on the caller's where that was lent
    /// (``lendThread(during:)``).
    ///
    /// Open sockets in it: they stay in the namespace and may be used by any thread later. A thread costs some 100 µs,
    /// so open all that are needed at once; `body` may return a structure of them.
    ///
    /// ```swift
    /// var route = try namespace.perform { () throws(NetlinkError) in try RouteSocket() }
    /// ```
    ///
    /// - Throws: `system` when the namespace cannot be entered (`notPermitted` without CAP_SYS_ADMIN), and what `body`
    ///   throws.
    public borrowing func perform<Result: ~Copyable>(
        _ body: () throws(NetlinkError) -> Result
    ) throws(NetlinkError) -> Result {
        let descriptor = descriptor.rawValue
        let home = clinux_home_network()
        guard home >= 0 else {
            return try onThread { () throws(NetlinkError) in
                try Self.enter(descriptor)
                return try body()
            }
        }
        // What `body` performs elsewhere in turn must not come back to another place than it left.
        clinux_set_home_network(-1)
        defer { clinux_set_home_network(home) }
        try Self.enter(descriptor)
        defer {
            guard clinux_enter_network(home) == 0 else {
                preconditionFailure("no way back to the thread's network namespace: \(ErrorNumber.current)")
            }
        }
        return try body()
    }

    /// Runs `body`, with the calling thread lent to ``perform(_:)``, which then enters namespaces on it and comes back.
    ///
    /// For a thread that runs nothing else, never one of Swift's pool.
    public static func lendThread(during body: () -> Void) {
        guard let home = try? current() else { return body() }
        clinux_set_home_network(home.descriptor.rawValue)
        body()
        clinux_set_home_network(-1)
        withExtendedLifetime(home) {}
    }

    private static func enter(_ descriptor: Int32) throws(NetlinkError) {
        guard clinux_enter_network(descriptor) == 0 else {
            throw .system(call: "setns", subject: "network namespace", .current)
        }
    }
}

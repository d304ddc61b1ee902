internal import CPostgres

/// libpq's connection on its way from the thread that began it to the loop.
///
/// Sendable: one side lets go of it before the other takes it.
private struct Handover: @unchecked Sendable {
    let link: OpaquePointer?
}

extension Connection {
    /// Begins to connect.
    ///
    /// The first step looks up the host's name, which may block, so a thread of its own takes it.
    func open() {
        let parameters = configuration.parameters(for: role)
        connectTimer = loop.schedule(after: configuration.connectTimeout) { [weak self] in
            self?.close(because: .unavailable("no answer within \(self?.configuration.connectTimeout ?? .zero)"))
        }
        Thread.start { [loop] in
            let handover = Handover(link: Connection.begin(parameters))
            let isTaken = loop.execute { self.take(handover.link) }
            if !isTaken, let link = handover.link { PQfinish(link) }
        }
    }

    private static func begin(_ parameters: [(name: String, value: String)]) -> OpaquePointer? {
        let names = parameters.map { $0.name.cString }
        let values = parameters.map { $0.value.cString }
        defer { (names + values).forEach { $0?.deallocate() } }
        return PQconnectStartParams(
            names.map { UnsafePointer($0) } + [nil],
            values.map { UnsafePointer($0) } + [nil],
            0
        )
    }

    private func take(_ link: OpaquePointer?) {
        guard case .starting = state else {
            if let link { PQfinish(link) }
            return
        }
        self.link = link
        guard let link, PQstatus(link) != CONNECTION_BAD else { return close(because: .unavailable(complaint)) }
        // libpq would print the server's notices on standard error.
        PQsetNoticeProcessor(link, { _, _ in }, nil)
        state = .connecting
        watch(for: .writing)
    }

    /// libpq may close the socket and open another in each step.
    func advanceConnecting() {
        guard let link else { return }
        stopWatching()
        switch PQconnectPoll(link) {
        case PGRES_POLLING_READING: watch(for: .reading)
        case PGRES_POLLING_WRITING: watch(for: .writing)
        case PGRES_POLLING_OK: finishConnecting(link)
        default: close(because: .unavailable(complaint))
        }
    }

    private func finishConnecting(_ link: OpaquePointer) {
        if let connectTimer { loop.cancel(connectTimer) }
        do throws(PostgresError) {
            try ServerVersion(number: Int(PQserverVersion(link))).check()
        } catch {
            return close(because: error)
        }
        guard PQsetnonblocking(link, 1) == 0, PQenterPipelineMode(link) == 1 else {
            return close(because: .unavailable(complaint))
        }
        state = .open
        watch(for: .reading)
        owner?.connectionOpened(self)
    }
}

extension String {
    /// A NUL-terminated copy, for the caller to deallocate.
    fileprivate var cString: UnsafeMutablePointer<CChar>? {
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: utf8.count + 1)
        for (index, byte) in utf8.enumerated() { (copy + index).initialize(to: CChar(bitPattern: byte)) }
        (copy + utf8.count).initialize(to: 0)
        return copy
    }
}

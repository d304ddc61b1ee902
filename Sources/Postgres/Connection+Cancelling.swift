internal import CPostgres

/// libpq's means to cancel, which any thread may use.
///
/// Sendable: a copy of address and key that shares nothing with the connection.
private struct CancelHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Asks the server, by a connection of its own, to stop what the session runs.
    ///
    /// Blocks.
    func callAndFree() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { complaint in
            _ = PQcancel(pointer, complaint.baseAddress, CInt(complaint.count))
        }
        PQfreeCancel(pointer)
    }
}

extension Connection {
    private static let cancelLimit = Duration.seconds(5)

    /// Asks the server to stop what it works on for this session.
    ///
    /// Should the request not end soon after, the session is given up: its server is stuck or away.
    func stop(_ request: Request) {
        guard isOpen, let link, cancelsUnderWay == 0, let pointer = PQgetCancel(link) else { return }
        cancelsUnderWay += 1
        cancelsSent += 1
        let handle = CancelHandle(pointer: pointer)
        Thread.start { [loop] in
            handle.callAndFree()
            _ = loop.execute { self.cancelReturned() }
        }
        loop.schedule(after: Self.cancelLimit) { [weak self, weak request] in
            guard let self, let request, request.outcome == nil || self.cancelsUnderWay > 0 else { return }
            self.close(because: .connectionLost("a cancel request was of no effect for \(Self.cancelLimit)"))
        }
    }

    /// Ends the session although the server may be busy for it, and lets the server know.
    func closeWhileBusy() {
        let handle = link.flatMap { owed.isEmpty ? nil : PQgetCancel($0) }.map { CancelHandle(pointer: $0) }
        close(because: .closed)
        if let handle { Thread.start { handle.callAndFree() } }
    }

    private func cancelReturned() {
        cancelsUnderWay -= 1
        guard cancelsUnderWay == 0 else { return }
        let ended = held
        held = []
        for request in ended { owner?.connection(self, ended: request) }
        if owed.isEmpty { owner?.connectionDrained(self) }
    }
}

extension SessionPool {
    /// Sends requests together, on the lease's connection or one that it gets now.
    ///
    /// Should one fail, those after it do not run. In a transaction that has not begun yet, BEGIN goes out before them.
    func submit(_ batch: Lease.Batch, on lease: Lease) {
        guard let last = batch.requests.last else { return }
        if lease.isOver { return last.finish(.failure(.closed)) }
        if last.isAbandoned, last.isCancellable { return last.finish(.failure(.cancelled)) }
        if let connection = lease.connection { return send(batch, of: lease, on: connection) }
        lease.waiting.append(batch)
        guard lease.waiter == nil else { return }
        let waiter = SessionWaiter(deadline: last.deadline)
        lease.waiter = waiter
        waiter.await { [weak self] result in self?.granted(result, to: lease) }
        acquire(waiter)
    }

    private func granted(_ result: Result<Connection, PostgresError>, to lease: Lease) {
        lease.waiter = nil
        let batches = lease.waiting
        lease.waiting = []
        switch result {
        case .success(let connection):
            lease.connection = connection
            for batch in batches { submit(batch, on: lease) }
        case .failure(let error):
            for batch in batches { batch.requests.last?.finish(.failure(error)) }
        }
    }

    private func send(_ batch: Lease.Batch, of lease: Lease, on connection: Connection) {
        var before: [Request] = []
        var requests = batch.requests
        if let options = batch.options, !lease.hasBegun {
            lease.hasBegun = true
            let deadline = requests[0].deadline
            requests = options.beginning.map { Request(.statement(Statement($0)), deadline: deadline) } + requests
        }
        // What is sent may end at once, when the connection turns out to be broken: by then its place is known.
        for request in requests {
            request.preceding = before
            before.append(request)
        }
        for request in requests { connection.send(request) }
        connection.sync()
        if batch.isLast { giveBack(lease) }
    }

    /// Undoes what was done, and ends the lease; the request is the ROLLBACK.
    func undo(_ request: Request, on lease: Lease) {
        if lease.connection != nil, !lease.isOver {
            return submit(Lease.Batch(requests: [request], options: nil, isLast: true), on: lease)
        }
        lease.isOver = true
        lease.waiter.map(abandon)
        request.finish(.failure(.closed))
    }

    /// The connection returns to the pool as soon as nothing is owed on it.
    private func giveBack(_ lease: Lease) {
        lease.isOver = true
        guard let connection = lease.connection else { return }
        connection.departure = .leaving
        connectionDrained(connection)
    }

    /// The caller is gone.
    func abandon(_ request: Request, on lease: Lease) {
        guard !request.isFinished, request.isCancellable else { return }
        if let connection = lease.connection { return abandon(request, on: connection) }
        request.abandon()
        guard lease.waiting.contains(where: { $0.requests.last === request }) else { return }
        lease.waiting.removeAll { $0.requests.last === request }
        request.finish(.failure(.cancelled))
        if lease.waiting.isEmpty { lease.waiter.map(abandon) }
    }

    /// Takes a connection back that its user is done with; a transaction still open on it is undone first.
    func connectionDrained(_ connection: Connection) {
        switch connection.departure {
        case .leaving where connection.isOpen && !connection.isDrained: return
        case .undoing where connection.isOpen && !connection.isDrained: return
        case .leaving where connection.isOpen && connection.isInTransaction:
            connection.departure = .undoing
            connection.send(Request(.statement(Statement("ROLLBACK")), deadline: loop.now, isCancellable: false))
            connection.sync()
        case .leaving, .undoing:
            connection.departure = .none
            release(connection)
        case .none: return
        }
    }
}

internal import CPostgres

extension Connection {
    /// Sends a statement without waiting for those before it.
    ///
    /// It belongs to the batch that the next `sync` ends: one that fails keeps those after it in the batch from
    /// running.
    func send(_ request: Request) {
        guard case .statement(let statement) = request.kind, case .open = state, let link else {
            return refuse(request)
        }
        // Or the server would keep the answers of a batch together until its slowest statement is done.
        if isUnsynced, PQsendFlushRequest(link) != 1 { return refuse(request) }
        if load == 0 { headSince = loop.now }
        load += 1
        isUnsynced = true
        request.attempts += 1
        request.cancelsBefore = cancelsUnderWay > 0 ? cancelsSent - 1 : cancelsSent
        guard makeRoomInCache(link) else { return close(because: .connectionLost(complaint)) }
        let name = prepare(statement, for: request, link)
        owed.append(.statement(request))
        let isSent =
            name != nil
            && statement.withParameters { values in
                PQsendQueryPrepared(link, name, CInt(statement.binds.count), values, nil, nil, 0) == 1
            }
        if !isSent { close(because: .connectionLost(complaint)) }
    }

    /// Ends the batch and sends what libpq still holds.
    func sync() {
        guard case .open = state, let link, isUnsynced else { return }
        isUnsynced = false
        owed.append(.sync)
        guard PQpipelineSync(link) == 1 else { return close(because: .connectionLost(complaint)) }
        flush()
    }

    /// Runs a script by the simple protocol.
    ///
    /// Nothing else may be under way.
    func run(_ request: Request) {
        guard case .script(let text) = request.kind, case .open = state, let link, owed.isEmpty else {
            return refuse(request)
        }
        request.attempts += 1
        guard PQexitPipelineMode(link) == 1, PQsendQuery(link, text) == 1 else {
            request.outcome = .lost(complaint)
            owner?.connection(self, ended: request)
            return close(because: .connectionLost(complaint))
        }
        headSince = loop.now
        load = 1
        state = .running(request)
        flush()
    }

    func flush() {
        guard let link else { return }
        switch PQflush(link) {
        case 0 where isCongested:
            isCongested = false
            watch(for: .reading)
        case 0: break
        case 1:
            isCongested = true
            watch(for: .both)
        default: close(because: .connectionLost(complaint))
        }
    }

    private func refuse(_ request: Request) {
        request.outcome = .lost("the connection is not open")
        owner?.connection(self, ended: request)
    }

    /// The name the statement is prepared under, sending its text first when it is new here.
    private func prepare(_ statement: Statement, for request: Request, _ link: OpaquePointer) -> String? {
        switch cache.entry(for: statement.text) {
        case .known(let name): return name
        case .new(let name):
            owed.append(.preparation(request, text: statement.text, name: name))
            return PQsendPrepare(link, name, statement.text, 0, nil) == 1 ? name : nil
        }
    }

    /// The texts in use are few; when that is not so, all are forgotten at once.
    private func makeRoomInCache(_ link: OpaquePointer) -> Bool {
        guard cache.isFull else { return true }
        cache.removeAll()
        owed.append(.forgetting)
        return PQsendQueryParams(link, "DEALLOCATE ALL", 0, nil, nil, nil, nil, 0) == 1
    }
}

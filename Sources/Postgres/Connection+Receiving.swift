internal import CPostgres

extension Connection {
    func receive() {
        guard let link else { return }
        let isAlive = PQconsumeInput(link) == 1
        if isAlive, isCongested { flush() }
        if case .running(let request) = state { drainScript(request) } else { drain() }
        reportNotifications()
        guard let link = self.link, !isAlive || PQstatus(link) == CONNECTION_BAD else { return }
        close(because: .connectionLost(complaint))
    }

    /// Takes every result that is complete.
    ///
    /// In pipeline mode NULL ends each statement's results, but not a sync's.
    private func drain() {
        var strayEnds = 0
        while case .open = state, let link, let head = owed.first, PQisBusy(link) == 0 {
            if let result = PQgetResult(link) {
                strayEnds = 0
                take(result, for: head)
            } else if case .sync = head {
                strayEnds += 1
                if strayEnds > 2 { return close(because: .connectionLost("results and statements are out of step")) }
            } else {
                endHead()
            }
            // Whoever was answered may have sent more, and found the connection broken.
            guard let link = self.link, PQstatus(link) != CONNECTION_BAD else { return }
        }
    }

    private func take(_ result: OpaquePointer, for head: Entry) {
        switch (PQresultStatus(result), head) {
        case (PGRES_PIPELINE_SYNC, .sync):
            PQclear(result)
            advance()
            if owed.isEmpty { owner?.connectionDrained(self) }
        case (PGRES_TUPLES_OK, .statement(let request)), (PGRES_COMMAND_OK, .statement(let request)),
            (PGRES_EMPTY_QUERY, .statement(let request)):
            request.outcome = .rows(Rows(result: ResultHandle(result)))
        case (PGRES_PIPELINE_ABORTED, .preparation(_, let text, let name)):
            PQclear(result)
            cache.forget(text, name: name)
        case (PGRES_PIPELINE_ABORTED, .statement(let request)):
            PQclear(result)
            request.outcome = request.preparation.map { .failed($0) } ?? .skipped
        case (PGRES_FATAL_ERROR, _):
            let error = ServerError(of: result)
            PQclear(result)
            // Without a state it is libpq's own word for a broken connection, which `receive` deals with.
            if !error.sqlState.isEmpty { refuse(head, with: error) }
        default:
            PQclear(result)
        }
    }

    private func refuse(_ head: Entry, with error: ServerError) {
        switch head {
        case .preparation(let request, let text, let name):
            cache.forget(text, name: name)
            request.preparation = error
        case .statement(let request):
            request.outcome = .failed(error)
            if error.meansStalePlan, case .statement(let statement) = request.kind { cache.forget(statement.text) }
        case .forgetting, .sync: break
        }
    }

    /// The results of what is first in line are complete.
    private func endHead() {
        guard let head = advance(), case .statement(let request) = head else { return }
        load -= 1
        end(request)
    }

    @discardableResult
    private func advance() -> Entry? {
        headSince = loop.now
        return owed.popFirst()
    }

    private func end(_ request: Request) {
        if request.outcome == nil { request.outcome = .lost("the server gave no result") }
        if cancelsUnderWay > 0, role == .transactions {
            held.append(request)
        } else {
            owner?.connection(self, ended: request)
        }
    }

    /// Outside pipeline mode: each statement of the script has results, the first error ends it, then comes one NULL.
    private func drainScript(_ request: Request) {
        while case .running = state, let link, PQisBusy(link) == 0 {
            guard let result = PQgetResult(link) else { return endScript(request, link) }
            if PQresultStatus(result) == PGRES_FATAL_ERROR {
                let error = ServerError(of: result)
                PQclear(result)
                request.outcome = error.sqlState.isEmpty ? .lost(error.message) : .failed(error)
            } else if case .failed = request.outcome {
                PQclear(result)
            } else {
                request.outcome = .rows(Rows(result: ResultHandle(result)))
            }
            if PQstatus(link) == CONNECTION_BAD { return }
        }
    }

    private func endScript(_ request: Request, _ link: OpaquePointer) {
        load = 0
        state = .open
        guard PQenterPipelineMode(link) == 1 else {
            held.append(request)
            return close(because: .connectionLost(complaint))
        }
        end(request)
    }

    private func reportNotifications() {
        while let link, let found = PQnotifies(link) {
            let notification = Notification(
                channel: String(cString: found.pointee.relname),
                payload: String(cString: found.pointee.extra)
            )
            PQfreemem(found)
            owner?.connection(self, heard: notification)
        }
    }
}

extension ReadLanes {
    /// A connection whose query runs longer gets no more.
    private static let slow = Duration.milliseconds(50)
    /// What waits behind a query that runs longer is sent elsewhere.
    private static let stuck = Duration.milliseconds(200)
    private static let cancelGrace = Duration.milliseconds(20)

    /// The lane with the least to do, unless all are full or held up by a slow query: then another one is opened.
    func freeLane() -> Connection? {
        var free: Connection?
        for lane in lanes where lane.isOpen && !lane.isRetiring && lane.load < configuration.readsPerConnection {
            if lane.load < free?.load ?? .max, lane.headAge < Self.slow { free = lane }
        }
        if free == nil, !lanes.isEmpty, let opener, lanes.count + opener.wanted < configuration.readConnectionsLimit {
            opener.open()
        }
        return free
    }

    func watchForStuckLanes() {
        guard !isStuckCheckDue else { return }
        isStuckCheckDue = true
        loop.schedule(after: Self.slow) { [weak self] in
            guard let self else { return }
            isStuckCheckDue = false
            for lane in lanes { relieve(lane) }
            advance()
            if lanes.contains(where: { $0.load > 0 }) { watchForStuckLanes() }
        }
    }

    /// Sends what waits behind a slow query to another lane, if there is one that answers: should all be slow, it is
    /// the server that is.
    ///
    /// The server still has what was sent here, so the lane ends with that query.
    private func relieve(_ lane: Connection) {
        guard lane.isOpen, !lane.isRetiring, lane.load > 1, lane.headAge > Self.stuck, freeLane() != nil else { return }
        lane.isRetiring = true
        for request in lane.takeBackFollowers() where !request.isFinished {
            request.startOver()
            hold(request)
        }
    }

    /// Stops at the server what runs on for callers that are gone.
    func watchForAbandonedHeads() {
        guard !isAbandonedCheckDue else { return }
        isAbandonedCheckDue = true
        loop.schedule(after: Self.cancelGrace) { [weak self] in
            guard let self else { return }
            isAbandonedCheckDue = false
            for lane in lanes {
                guard let head = lane.headRequest, head.isAbandoned else { continue }
                if lane.headAge >= Self.cancelGrace { lane.stop(head) }
                watchForAbandonedHeads()
            }
        }
    }
}

internal import ResourceModel

/// What became of an object on this node, as its owner is told.
struct ObjectReport: Hashable, Sendable {
    var id: ID<ReportedObject>
    /// The revision that was applied, or could not be.
    var revision: Revision
    var state: State

    /// The states an object can have on the node.
    enum State: Hashable, Sendable {
        case active
        /// It is wanted and is not in the kernel, for this reason.
        case failed(String)
        /// It was taken out of the kernel, as wanted.
        case removed
    }

    /// A report on a router or floating IP.
    init<Kind>(id: ID<Kind>, revision: Revision, state: State) {
        self.id = ID(high: id.high, low: id.low)
        self.revision = revision
        self.state = state
    }
}

/// What reports are about: a router or a floating IP.
enum ReportedObject {}

/// Reports on their way: of each object the newest, sent again until it arrived.
struct PendingReports: Sendable {
    private var waiting: [ID<ReportedObject>: ObjectReport] = [:]
    private var sent: [ID<ReportedObject>: ObjectReport] = [:]
    /// What the other side has, so that nothing is told twice; of all objects, hence without their ids beside the keys.
    private var acknowledged: [ID<ReportedObject>: Content] = [:]

    /// What a report says.
    private struct Content: Hashable, Sendable {
        var revision: Revision
        var state: ObjectReport.State

        init(_ report: ObjectReport) {
            revision = report.revision
            state = report.state
        }
    }

    var isEmpty: Bool { waiting.isEmpty }

    /// Takes in a report; one that the other side has already is dropped.
    mutating func add(_ report: ObjectReport) {
        if sent[report.id] == nil, acknowledged[report.id] == Content(report) {
            waiting[report.id] = nil
        } else {
            waiting[report.id] = report
        }
    }

    /// The next reports to send, which then must be acknowledged or given back.
    mutating func take(atMost count: Int) -> [ObjectReport] {
        let batch = Array(waiting.values.prefix(count))
        for report in batch {
            waiting[report.id] = nil
            sent[report.id] = report
        }
        waiting.releaseRoomIfEmpty()
        return batch
    }

    /// What was taken has arrived.
    mutating func acknowledge() {
        for (id, report) in sent {
            acknowledged[id] = report.state == .removed ? nil : Content(report)
            if waiting[id] == report { waiting[id] = nil }
        }
        sent = [:]
    }

    /// What was taken may not have arrived.
    mutating func giveBack() {
        for (id, report) in sent where waiting[id] == nil { waiting[id] = report }
        sent = [:]
    }

    /// The other side may have forgotten everything: tell it all again.
    mutating func repeatAll() {
        for (id, content) in acknowledged where waiting[id] == nil && sent[id] == nil {
            waiting[id] = ObjectReport(id: id, revision: content.revision, state: content.state)
        }
        acknowledged = [:]
    }
}

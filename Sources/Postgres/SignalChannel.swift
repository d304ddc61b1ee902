internal import Logging

/// The one connection for LISTEN and NOTIFY.
///
/// It is opened by the first use.
///
/// Sendable: touched on the loop's thread only.
final class SignalChannel: ConnectionOwner, @unchecked Sendable {
    private static let breath = Duration.milliseconds(2)
    private static let outgoingLimit = 10_000

    private let loop: EventLoop
    private var opener: Opener?
    private var connection: Connection?
    private var listeners: [String: [UInt64: AsyncStream<Notifications.Element>.Continuation]] = [:]
    private var nextListener: UInt64 = 0
    /// Not sent yet: the same notification again is one.
    private var outgoing: Set<Notification> = []
    private var sending: Request?
    /// LISTENs not acknowledged yet.
    private var listening: [ObjectIdentifier: String] = [:]
    private var isClosed = false

    init(loop: EventLoop, configuration: PostgresConfiguration, logger: Logger, siblings: Opener.Siblings) {
        self.loop = loop
        opener = Opener(
            loop: loop,
            configuration: configuration,
            role: .signals,
            logger: logger,
            siblings: siblings,
            opened: { [weak self] in self?.opened($0) },
            failed: { _ in }
        )
    }

    /// Sends a notification soon.
    ///
    /// It may be lost with the connection: listeners are told so when they are back.
    func notify(_ notification: Notification) {
        guard !isClosed else { return }
        openIfNeeded()
        if outgoing.count < Self.outgoingLimit { outgoing.insert(notification) }
        sendOutgoing()
    }

    func listen(to channel: String, _ continuation: AsyncStream<Notifications.Element>.Continuation) {
        guard !isClosed else { return continuation.finish() }
        nextListener += 1
        let id = nextListener
        let isFirst = listeners[channel] == nil
        listeners[channel, default: [:]][id] = continuation
        continuation.onTermination = { [weak self, loop] _ in
            _ = loop.execute { [weak self] in self?.forget(id, of: channel) }
        }
        openIfNeeded()
        if isFirst { sendListen(to: channel) } else if isHeard(channel) { continuation.yield(.mayHaveMissed) }
    }

    func close() {
        isClosed = true
        opener?.close()
        connection?.close(because: .closed)
        for group in listeners.values { for listener in group.values { listener.finish() } }
        listeners = [:]
    }

    func connection(_ connection: Connection, heard notification: Notification) {
        for listener in (listeners[notification.channel] ?? [:]).values {
            // One that could not follow is told so.
            if case .dropped = listener.yield(.notified(notification)) { listener.yield(.mayHaveMissed) }
        }
    }

    func connection(_ connection: Connection, ended request: Request) {
        if request === sending {
            // A busy sender's notifications gather for a moment: each batch wakes every listener.
            loop.schedule(after: Self.breath) { [weak self] in
                guard let self, self.sending === request else { return }
                self.sending = nil
                self.sendOutgoing()
            }
        } else if let channel = listening.removeValue(forKey: ObjectIdentifier(request)) {
            guard case .rows = request.outcome else { return }
            for listener in (listeners[channel] ?? [:]).values { listener.yield(.mayHaveMissed) }
        }
    }

    func connectionClosed(_ connection: Connection, because error: PostgresError) {
        self.connection = nil
        sending = nil
        listening = [:]
        if !isClosed { openIfNeeded() }
    }

    func connectionOpened(_ connection: Connection) {}

    private func opened(_ connection: Connection) {
        guard !isClosed else { return connection.close(because: .closed) }
        connection.owner = self
        self.connection = connection
        for channel in listeners.keys { sendListen(to: channel) }
        sendOutgoing()
    }

    private func openIfNeeded() {
        guard connection == nil, let opener, opener.wanted == 0 else { return }
        opener.open()
    }

    private func isHeard(_ channel: String) -> Bool {
        connection != nil && !listening.values.contains(channel)
    }

    private func sendListen(to channel: String) {
        guard let connection else { return }
        let request = Request(.statement(Statement(SQL(unescaped: "LISTEN \(channel.quoted)"))), deadline: loop.now)
        listening[ObjectIdentifier(request)] = channel
        connection.send(request)
        connection.sync()
    }

    /// All that gathered while the last batch was on its way, in one statement.
    private func sendOutgoing() {
        guard let connection, sending == nil, !outgoing.isEmpty else { return }
        let channels = outgoing.map(\.channel)
        let payloads = outgoing.map(\.payload)
        outgoing = []
        let sql: SQL = "SELECT pg_notify(c, p) FROM unnest(\(channels)::text[], \(payloads)::text[]) AS n (c, p)"
        let request = Request(.statement(Statement(sql)), deadline: loop.now)
        sending = request
        connection.send(request)
        connection.sync()
    }

    private func forget(_ id: UInt64, of channel: String) {
        listeners[channel]?[id] = nil
        guard listeners[channel]?.isEmpty == true else { return }
        listeners[channel] = nil
        guard let connection else { return }
        let text = "UNLISTEN \(channel.quoted)"
        connection.send(Request(.statement(Statement(SQL(unescaped: text))), deadline: loop.now))
        connection.sync()
    }
}

extension String {
    /// The text as an identifier of SQL.
    var quoted: String {
        "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

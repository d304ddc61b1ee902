internal import GRPCCore

/// One stream of a session: what its session calls when something arrives or is asked for.
///
/// A base class and not a protocol: libnghttp2 gives back a bare pointer, and these are the hottest calls there are.
/// Everything here runs on the loop of the session.
class SessionStream {
    /// The session while the stream is open in it.
    private(set) final var session: Session?
    /// The stream's number, 0 before it has one.
    private(set) final var id: Int32 = 0
    /// Where the session keeps the stream.
    final var slot = 0
    /// Octets received and not given back to the session's window yet.
    final var heldBytes = 0

    final func attach(to session: Session, id: Int32) {
        self.session = session
        self.id = id
    }

    final func detach() {
        session = nil
    }

    /// A header list begins.
    func headersBegan() {}

    /// A field of it; false where the peer sends so much that the connection must end.
    func headerReceived(name: RawSpan, value: RawSpan) -> Bool { true }

    /// It has ended, and with it the peer's half of the stream if `endsStream`.
    func headersEnded(endsStream: Bool) {}

    /// Octets of a DATA frame.
    func dataReceived(_ chunk: RawSpan) {}

    /// The last DATA frame has ended.
    func endReceived() {}

    /// The session asks for octets to send.
    func read(into target: UnsafeMutableRawBufferPointer) -> OutboxState.Read { .deferred }

    /// The request was never sent, because the peer takes no new streams; ``closed(errorCode:)`` follows.
    func notSent() {}

    /// The stream is no longer in the session; `errorCode` as in RST_STREAM, 0 when both halves ended.
    func closed(errorCode: UInt32) {}
}

/// What a session tells the connection it serves.
///
/// Called on its loop, from within `Session.receive` or `nextOutput`.
protocol SessionOwner: AnyObject {
    /// The peer opens a stream; nil refuses it.
    func streamOpened() -> SessionStream?
    /// A frame other than HEADERS and DATA arrived.
    func received(_ event: SessionEvent)
}

/// What arrives on a connection beside calls.
enum SessionEvent: Equatable {
    case settings
    case ping
    /// The answer to a PING with these octets.
    case pong(UInt64)
    case goAway(lastStream: Int32, code: UInt32, debug: String)
    case reset
    /// A frame of no use to any call (PRIORITY, empty DATA).
    case idleFrame
    /// libnghttp2 refused a frame; the text says why.
    case invalidFrame(String)
}

/// Error codes of RST_STREAM and GOAWAY.
///
/// Source: RFC 9113 section 7.
enum ErrorCode {
    static let none: UInt32 = 0
    static let protocolError: UInt32 = 1
    static let internalError: UInt32 = 2
    static let flowControl: UInt32 = 3
    static let refusedStream: UInt32 = 7
    static let cancel: UInt32 = 8
    static let enhanceYourCalm: UInt32 = 11
    static let inadequateSecurity: UInt32 = 12
}

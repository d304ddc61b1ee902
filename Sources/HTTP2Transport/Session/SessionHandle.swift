internal import CNghttp2

/// Owns a libnghttp2 session.
struct SessionHandle: ~Copyable {
    let pointer: OpaquePointer

    deinit { nghttp2_session_del(pointer) }
}

/// How sessions of one transport speak: what they announce and what they put up with.
struct SessionSettings: Sendable {
    var maxConcurrentStreams: Int?
    var streamWindowBytes: Int
    var connectionWindowBytes: Int
    var maxHeaderListBytes: Int
    var resetBurst: Int
    var resetsPerSecond: Int
}

/// The callbacks and options that all sessions of one transport share.
final class SessionTemplate: @unchecked Sendable {
    // @unchecked: immutable once made; libnghttp2 copies both into each session.

    enum Role { case client, server }

    let role: Role
    let settings: SessionSettings
    private let callbacks: OpaquePointer
    private let options: OpaquePointer

    init(role: Role, settings: SessionSettings) throws(HTTP2TransportError) {
        self.role = role
        self.settings = settings
        callbacks = try Self.makeCallbacks()
        var made: OpaquePointer?
        guard nghttp2_option_new(&made) == 0, let made else {
            nghttp2_session_callbacks_del(callbacks)
            throw .session("out of memory")
        }
        options = made
        // Window updates are sent when a call has taken its messages: that is what holds a sender back.
        nghttp2_option_set_no_auto_window_update(made, 1)
        nghttp2_option_set_max_outbound_ack(made, 256)
        nghttp2_option_set_max_settings(made, 32)
        nghttp2_option_set_max_continuations(made, 8)
        nghttp2_option_set_stream_reset_rate_limit(
            made,
            UInt64(settings.resetBurst),
            UInt64(settings.resetsPerSecond)
        )
        // Closed streams are not kept for the sake of priorities, which gRPC does not use.
        nghttp2_option_set_no_closed_streams(made, 1)
    }

    deinit {
        nghttp2_session_callbacks_del(callbacks)
        nghttp2_option_del(options)
    }

    func makeHandle() throws(HTTP2TransportError) -> SessionHandle {
        var made: OpaquePointer?
        let result =
            switch role {
            case .client: nghttp2_session_client_new2(&made, callbacks, nil, options)
            case .server: nghttp2_session_server_new2(&made, callbacks, nil, options)
            }
        guard result == 0, let made else { throw .session(describe(result)) }
        return SessionHandle(pointer: made)
    }

    private static func makeCallbacks() throws(HTTP2TransportError) -> OpaquePointer {
        var made: OpaquePointer?
        guard nghttp2_session_callbacks_new(&made) == 0, let made else { throw .session("out of memory") }
        installCallbacks(on: made)
        return made
    }
}

/// libnghttp2's words for one of its error codes.
func describe(_ code: Int32) -> String {
    nghttp2_strerror(code).map { String(cString: $0) } ?? "error \(code)"
}

internal import CNghttp2
internal import NIOCore

/// HTTP/2 for one connection, without the connection: octets in, octets out, streams between.
///
/// Confined to the loop of its connection. No call reaches libnghttp2 once ``end(streamsCode:)`` has been called.
final class Session {
    private let handle: SessionHandle
    private let role: SessionTemplate.Role
    /// The connection that hears of what arrives; it owns this session, by way of its link.
    weak var owner: (any SessionOwner)?
    /// Streams in no order; each knows its place.
    private(set) var streams: [SessionStream] = []
    private(set) var hasEnded = false
    /// Why a callback gave up, in place of libnghttp2's own words.
    var failure: HTTP2TransportError?
    private var credit: ConnectionCredit

    /// Makes a session and queues its SETTINGS (and the client's preface).
    init(_ template: SessionTemplate, maxBufferedBytes: Int) throws(HTTP2TransportError) {
        handle = try template.makeHandle()
        role = template.role
        credit = ConnectionCredit(limit: maxBufferedBytes)
        nghttp2_session_set_user_data(handle.pointer, Unmanaged.passUnretained(self).toOpaque())
        try announce(template.settings)
    }

    private func announce(_ settings: SessionSettings) throws(HTTP2TransportError) {
        var entries = [
            Self.setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings.streamWindowBytes),
            Self.setting(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, settings.maxHeaderListBytes),
        ]
        if let limit = settings.maxConcurrentStreams {
            entries.append(Self.setting(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limit))
        }
        if role == .client { entries.append(Self.setting(NGHTTP2_SETTINGS_ENABLE_PUSH, 0)) }
        try check(nghttp2_submit_settings(handle.pointer, 0, entries, entries.count))
        let window = Int32(clamping: settings.connectionWindowBytes)
        try check(nghttp2_session_set_local_window_size(handle.pointer, 0, 0, window))
    }

    private static func setting(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
        nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: UInt32(clamping: value))
    }

    // Octets

    /// Takes what the peer sent; streams and owner are called on the way.
    ///
    /// - Throws: where the connection must end; what the peer should be told is queued.
    func receive(_ octets: UnsafeRawBufferPointer) throws(HTTP2TransportError) {
        guard !hasEnded else { return }
        let base = octets.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let taken = nghttp2_session_mem_recv(handle.pointer, base, octets.count)
        if let failure { throw failure }
        guard taken >= 0 else { throw Self.fault(Int32(truncatingIfNeeded: taken)) }
    }

    /// Tells the limits that libnghttp2 itself keeps from plain breaches of the protocol.
    private static func fault(_ code: Int32) -> HTTP2TransportError {
        switch nghttp2_error(code) {
        case NGHTTP2_ERR_FLOODED, NGHTTP2_ERR_TOO_MANY_SETTINGS, NGHTTP2_ERR_TOO_MANY_CONTINUATIONS:
            .abusivePeer(describe(code))
        default: .session(describe(code))
        }
    }

    /// Appends what is to be sent to `buffer`, until that holds `limit` octets or nothing is left.
    func output(into buffer: inout ByteBuffer, limit: Int) throws(HTTP2TransportError) {
        guard !hasEnded else { return }
        while buffer.readableBytes < limit {
            var chunk: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(handle.pointer, &chunk)
            guard count >= 0 else { throw .session(describe(Int32(truncatingIfNeeded: count))) }
            guard count > 0, let chunk else { return }
            buffer.writeBytes(UnsafeRawBufferPointer(start: chunk, count: count))
        }
    }

    /// Whether anything may still come or go.
    var isLive: Bool {
        !hasEnded
            && (nghttp2_session_want_read(handle.pointer) != 0 || nghttp2_session_want_write(handle.pointer) != 0)
    }

    /// Ends the session for good: every stream still open is closed with `streamsCode`.
    func end(streamsCode: UInt32) {
        guard !hasEnded else { return }
        hasEnded = true
        for stream in streams {
            stream.detach()
            stream.closed(errorCode: streamsCode)
        }
        streams = []
    }

    // Streams

    func add(_ stream: SessionStream, id: Int32) {
        stream.slot = streams.count
        streams.append(stream)
        stream.attach(to: self, id: id)
        nghttp2_session_set_stream_user_data(handle.pointer, id, Unmanaged.passUnretained(stream).toOpaque())
    }

    func remove(_ stream: SessionStream, errorCode: UInt32) {
        guard streams.indices.contains(stream.slot), streams[stream.slot] === stream else { return }
        nghttp2_session_set_stream_user_data(handle.pointer, stream.id, nil)
        let last = streams.removeLast()
        if last !== stream {
            streams[stream.slot] = last
            last.slot = stream.slot
        }
        release(stream.heldBytes)
        stream.heldBytes = 0
        stream.detach()
        stream.closed(errorCode: errorCode)
    }

    /// Opens a stream whose octets come from `stream.read`.
    func request(_ block: HeaderBlock, stream: SessionStream) throws(HTTP2TransportError) {
        guard !hasEnded else { throw .session("connection has ended") }
        var provider = dataProvider(for: stream)
        let id = block.withFields { fields, count in
            nghttp2_submit_request(handle.pointer, nil, fields, count, &provider, nil)
        }
        guard id > 0 else { throw .session(describe(id)) }
        add(stream, id: id)
    }

    /// Sends the head of an answer, or with `isWhole` all of it.
    func respond(_ block: HeaderBlock, stream: SessionStream, isWhole: Bool) {
        guard !hasEnded else { return }
        var provider = dataProvider(for: stream)
        let result = block.withFields { fields, count in
            isWhole
                ? nghttp2_submit_response(handle.pointer, stream.id, fields, count, nil)
                : nghttp2_submit_response(handle.pointer, stream.id, fields, count, &provider)
        }
        if result != 0 { reset(stream, code: ErrorCode.internalError) }
    }

    func resume(_ stream: SessionStream) {
        guard !hasEnded else { return }
        nghttp2_session_resume_data(handle.pointer, stream.id)
    }

    func reset(_ stream: SessionStream, code: UInt32) {
        guard !hasEnded else { return }
        nghttp2_submit_rst_stream(handle.pointer, 0, stream.id, code)
    }

    private func dataProvider(for stream: SessionStream) -> nghttp2_data_provider {
        nghttp2_data_provider(
            source: nghttp2_data_source(ptr: Unmanaged.passUnretained(stream).toOpaque()),
            read_callback: readCallback
        )
    }

    // Credit

    /// Counts octets that arrived for `stream`, and gives the connection's window back unless too much is held.
    func hold(_ count: Int, for stream: SessionStream) {
        stream.heldBytes += count
        consumeConnection(credit.received(count))
    }

    /// Gives `count` octets of the stream's window back to the peer.
    func giveBack(_ count: Int, stream: SessionStream) {
        guard !hasEnded, count > 0 else { return }
        nghttp2_session_consume_stream(handle.pointer, stream.id, count)
    }

    /// `count` octets held for `stream` have been taken by its call.
    func taken(_ count: Int, by stream: SessionStream) {
        let freed = min(count, stream.heldBytes)
        stream.heldBytes -= freed
        release(freed)
    }

    /// Lets the connection hold a message of `count` octets, whatever its limit says.
    func makeRoom(forMessageOf count: Int) {
        credit.makeRoom(forMessageOf: count)
    }

    /// Whether more is held for calls than the connection may hold.
    var isOverfull: Bool { credit.held > credit.limit }

    private func release(_ count: Int) {
        consumeConnection(credit.released(count))
    }

    private func consumeConnection(_ count: Int) {
        guard !hasEnded, count > 0 else { return }
        nghttp2_session_consume_connection(handle.pointer, count)
    }

    // Connection

    func ping(_ payload: UInt64) {
        guard !hasEnded else { return }
        withUnsafeBytes(of: payload.bigEndian) { octets in
            _ = nghttp2_submit_ping(handle.pointer, 0, octets.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
    }

    /// Tells the peer to open no more streams, while those on their way are still taken.
    func announceShutdown() {
        guard !hasEnded else { return }
        nghttp2_submit_shutdown_notice(handle.pointer)
    }

    /// Queues a GOAWAY that tells the peer why; the connection closes once no stream is left, or is closed behind it.
    func sayGoodbye(_ code: UInt32, debug: String) {
        guard !hasEnded else { return }
        let octets = Array(debug.utf8)
        let last = nghttp2_session_get_last_proc_stream_id(handle.pointer)
        nghttp2_submit_goaway(handle.pointer, 0, last, code, octets, octets.count)
    }

    private func check(_ result: Int32) throws(HTTP2TransportError) {
        guard result == 0 else { throw .session(describe(result)) }
    }
}

internal import CNghttp2

// libnghttp2 hands back the bare pointer of the session (`userData`, set by it, alive while it calls) and of the
// stream (set by `Session.add`, removed by `Session.remove`, kept alive by the session's table between the two).

private func session(_ userData: UnsafeMutableRawPointer?) -> Session? {
    userData.map { Unmanaged<Session>.fromOpaque($0).takeUnretainedValue() }
}

private func stream(_ session: OpaquePointer?, _ id: Int32) -> SessionStream? {
    nghttp2_session_get_stream_user_data(session, id)
        .map { Unmanaged<SessionStream>.fromOpaque($0).takeUnretainedValue() }
}

private func span<R>(_ start: UnsafePointer<UInt8>?, _ count: Int, _ body: (RawSpan) -> R) -> R {
    body(UnsafeRawBufferPointer(start: start, count: count).bytes)
}

private let fatal = NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
private let streamFault = NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue

/// Sets all the callbacks a ``Session`` lives on.
func installCallbacks(on callbacks: OpaquePointer) {
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { raw, frame, userData in
        guard let frame, let session = session(userData) else { return fatal }
        return headersBegan(raw, frame.pointee, session)
    }
    nghttp2_session_callbacks_set_on_header_callback(callbacks) {
        raw,
        frame,
        name,
        nameLength,
        value,
        valueLength,
        _,
        userData in
        guard let frame, let stream = stream(raw, frame.pointee.hd.stream_id) else { return 0 }
        let goesOn = span(name, nameLength) { name in
            span(value, valueLength) { value in stream.headerReceived(name: name, value: value) }
        }
        guard !goesOn else { return 0 }
        session(userData)?.failure = .abusivePeer("header list far beyond its limit")
        return fatal
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { raw, frame, userData in
        guard let frame, let session = session(userData) else { return fatal }
        frameReceived(raw, frame.pointee, session)
        return session.failure == nil ? 0 : fatal
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { raw, _, id, data, length, userData in
        guard let session = session(userData) else { return fatal }
        guard let stream = stream(raw, id) else {
            nghttp2_session_consume_connection(raw, length)
            return 0
        }
        session.hold(length, for: stream)
        span(data, length, stream.dataReceived)
        return session.failure == nil ? 0 : fatal
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { raw, id, code, userData in
        guard let session = session(userData), let stream = stream(raw, id) else { return 0 }
        session.remove(stream, errorCode: code)
        return 0
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { raw, frame, userData in
        guard let frame else { return 0 }
        answerEnded(raw, frame.pointee.hd)
        return 0
    }
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks) { raw, frame, _, _ in
        guard let frame, frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue) else { return 0 }
        stream(raw, frame.pointee.hd.stream_id)?.notSent()
        return 0
    }
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, frame, code, userData in
        guard let session = session(userData) else { return fatal }
        session.owner?.received(.invalidFrame(describe(code)))
        return session.failure == nil ? 0 : fatal
    }
}

private func headersBegan(_ raw: OpaquePointer?, _ frame: nghttp2_frame, _ session: Session) -> Int32 {
    if let known = stream(raw, frame.hd.stream_id) {
        known.headersBegan()
        return 0
    }
    guard frame.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
    guard let opened = session.owner?.streamOpened() else {
        nghttp2_submit_rst_stream(raw, 0, frame.hd.stream_id, ErrorCode.refusedStream)
        return 0
    }
    session.add(opened, id: frame.hd.stream_id)
    opened.headersBegan()
    return 0
}

private func frameReceived(_ raw: OpaquePointer?, _ frame: nghttp2_frame, _ session: Session) {
    let endsStream = frame.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    switch nghttp2_frame_type(UInt32(frame.hd.type)) {
    case NGHTTP2_DATA:
        if endsStream {
            stream(raw, frame.hd.stream_id)?.endReceived()
        } else if frame.hd.length == 0 {
            session.owner?.received(.idleFrame)
        }
    case NGHTTP2_HEADERS:
        stream(raw, frame.hd.stream_id)?.headersEnded(endsStream: endsStream)
    case NGHTTP2_SETTINGS:
        if frame.hd.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 { session.owner?.received(.settings) }
    case NGHTTP2_PING:
        pingReceived(frame, session)
    case NGHTTP2_GOAWAY:
        goAwayReceived(frame.goaway, session)
    case NGHTTP2_RST_STREAM:
        session.owner?.received(.reset)
    case NGHTTP2_WINDOW_UPDATE:
        break
    default:
        session.owner?.received(.idleFrame)
    }
}

private func pingReceived(_ frame: nghttp2_frame, _ session: Session) {
    guard frame.hd.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 else {
        session.owner?.received(.ping)
        return
    }
    let payload = withUnsafeBytes(of: frame.ping.opaque_data) { $0.loadUnaligned(as: UInt64.self) }
    session.owner?.received(.pong(UInt64(bigEndian: payload)))
}

private func goAwayReceived(_ frame: nghttp2_goaway, _ session: Session) {
    let debug = UnsafeBufferPointer(start: frame.opaque_data, count: min(frame.opaque_data_len, 256))
    session.owner?.received(
        .goAway(
            lastStream: frame.last_stream_id,
            code: frame.error_code,
            debug: String(decoding: debug, as: UTF8.self)
        )
    )
}

/// After the end of an answer, tells a client that still sends to stop.
///
/// Source: RFC 9113 section 8.1 (a server may reset with NO_ERROR once its answer is complete).
private func answerEnded(_ raw: OpaquePointer?, _ header: nghttp2_frame_hd) {
    guard header.type == UInt8(NGHTTP2_HEADERS.rawValue),
        header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
        nghttp2_session_check_server_session(raw) != 0,
        nghttp2_session_get_stream_remote_close(raw, header.stream_id) == 0
    else { return }
    nghttp2_submit_rst_stream(raw, 0, header.stream_id, ErrorCode.none)
}

/// Fills a DATA frame from the stream's outbox, and ends the stream behind the last octet.
let readCallback: nghttp2_data_source_read_callback = { raw, id, buffer, length, flags, source, _ in
    guard let pointer = source?.pointee.ptr, let buffer, let flags else { return Int(fatal) }
    let stream = Unmanaged<SessionStream>.fromOpaque(pointer).takeUnretainedValue()
    switch stream.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: length)) {
    case .octets(let count): return count
    case .deferred: return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    case .last(let count, .endOfStream):
        flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
        return count
    case .last(let count, .trailers(let status, let metadata)):
        flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        let result = HeaderBlock.trailers(status, metadata).withFields { nghttp2_submit_trailer(raw, id, $0, $1) }
        return result == 0 ? count : Int(streamFault)
    }
}

extension HeaderBlock {
    /// Lends the fields as libnghttp2 takes them; it copies what it keeps.
    func withFields<R>(_ body: (UnsafePointer<nghttp2_nv>?, Int) -> R) -> R {
        octets.withUnsafeBufferPointer { octets in
            withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: fields.count) { room in
                // libnghttp2's structure is not const-correct: it does not write through these pointers.
                var next = UnsafeMutablePointer(mutating: octets.baseAddress)
                for (index, field) in fields.enumerated() {
                    let value = next.map { $0 + field.nameLength }
                    room.initializeElement(
                        at: index,
                        to: nghttp2_nv(
                            name: next,
                            value: value,
                            namelen: field.nameLength,
                            valuelen: field.valueLength,
                            flags: field.isVarying ? UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue) : 0
                        )
                    )
                    next = value.map { $0 + field.valueLength }
                }
                return body(UnsafePointer(room.baseAddress), fields.count)
            }
        }
    }
}

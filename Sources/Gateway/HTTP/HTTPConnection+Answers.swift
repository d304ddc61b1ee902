internal import Glibc
internal import NIOCore
internal import NIOHTTP1

// How answers leave; all of it on the channel's event loop.
extension HTTPConnection {
    /// Writes an answer; returns when the client takes more, or has gone.
    func write(_ response: APIResponse, to received: ReceivedRequest) async {
        channel.eventLoop.preconditionInEventLoop()
        if let stream = response.stream {
            await write(response, stream, to: received)
        } else {
            let isHead = received.request.method == .HEAD
            send(response, isHead: isHead, keepAlive: received.keepAlive)
            await room()
        }
    }

    func send(_ response: APIResponse, isHead: Bool, keepAlive: Bool) {
        let keepAlive = beginAnswer(keepAlive: keepAlive)
        channel.write(HTTPServerResponsePart.head(.init(response, keepAlive: keepAlive)), promise: nil)
        if !response.body.isEmpty, !isHead {
            channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: response.body))), promise: nil)
        }
        finish(keepAlive: keepAlive)
    }

    private func finish(keepAlive: Bool) {
        watchdog.expect(within: limits.answer)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
            self.afterAnswer(keepAlive: keepAlive)
        }
    }

    /// In chunks, or for a client of HTTP/1.0 until the connection closes.
    private func write(_ response: APIResponse, _ stream: APIResponse.Stream, to received: ReceivedRequest) async {
        let inChunks = received.takesChunks
        let keepAlive = beginAnswer(keepAlive: received.keepAlive && inChunks)
        let head = HTTPResponseHead(streaming: response, inChunks: inChunks, keepAlive: keepAlive)
        channel.writeAndFlush(HTTPServerResponsePart.head(head), promise: nil)
        do {
            try await stream(self)
            finish(keepAlive: keepAlive)
        } catch {
            breakOff()
        }
    }

    /// Ends the connection so that nobody takes what was sent for the whole: by a reset, since to a client of HTTP/1.0
    /// an orderly end is the end of the answer.
    private func breakOff() {
        let channel = channel
        let options = channel as? any SocketOptionProvider
        let reset = options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)) ?? channel.eventLoop.makeSucceededVoidFuture()
        reset.whenComplete { _ in channel.close(mode: .all, promise: nil) }
    }
}

extension HTTPConnection: BodySink {
    func write(_ piece: [UInt8]) async throws {
        guard channel.isActive else { throw ClientGone() }
        watchdog.expect(within: limits.answer)
        channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: piece))), promise: nil)
        await room()
        guard channel.isActive else { throw ClientGone() }
        watchdog.rest()
    }

    func turn() async {
        await withCheckedContinuation { continuation in
            channel.eventLoop.execute { continuation.resume() }
        }
    }
}

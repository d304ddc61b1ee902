import Glibc
import NIOCore
import NIOPosix

/// A client's connection that sends and reads what and when the test says.
final class RawClient: ChannelInboundHandler, @unchecked Sendable {
    // @unchecked: what the handler has is touched on the channel's event loop alone, the rest by the test's one task.
    typealias InboundIn = ByteBuffer

    private let channel: any Channel
    /// What the test has read and not looked at yet.
    private var bytes: [UInt8] = []

    // On the event loop.
    private var arrived: [UInt8] = []
    private var hasEnded = false
    private var wasCutOff = false
    private var reader: CheckedContinuation<[UInt8]?, Never>?

    private init(channel: any Channel) {
        self.channel = channel
    }

    /// Runs `body` on a connection that closes afterwards, and holds little of what nobody reads.
    static func connected(
        to address: SocketAddress,
        _ body: (RawClient) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: 65536)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(to: address)
            .get()
        let client = RawClient(channel: channel)
        try await channel.pipeline.addHandler(client).get()
        do {
            try await body(client)
        } catch {
            try? await channel.close()
            throw error
        }
        try? await channel.close()
    }

    /// Returns when the server has taken enough to take more.
    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends nothing more.
    func finish() async {
        try? await channel.close(mode: .output)
    }

    /// What comes up to and with `end`, or up to the end of the connection.
    func read(until end: String) async throws -> String {
        let end = Array(end.utf8)
        var searched = 0
        while true {
            if let range = bytes[max(0, searched - end.count)...].firstRange(of: end) {
                defer { bytes.removeSubrange(..<range.upperBound) }
                return String(decoding: bytes[..<range.upperBound], as: UTF8.self)
            }
            guard let part = await next() else {
                defer { bytes = [] }
                return String(decoding: bytes, as: UTF8.self)
            }
            searched = bytes.count
            bytes += part
        }
    }

    /// Everything up to the end of the connection.
    func readAll() async -> [UInt8] {
        while let part = await next() { bytes += part }
        defer { bytes = [] }
        return bytes
    }

    /// Whether the server ended the connection by a reset; known once everything has been read.
    var wasReset: Bool {
        get async throws { try await channel.eventLoop.submit { self.wasCutOff }.get() }
    }

    /// Whatever comes next; nil at the end.
    private func next() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            channel.eventLoop.execute {
                self.reader = continuation
                self.settle()
                if self.reader != nil { self.channel.read() }
            }
        }
    }

    private func settle() {
        guard let reader, !arrived.isEmpty || hasEnded else { return }
        self.reader = nil
        reader.resume(returning: arrived.isEmpty ? nil : arrived)
        arrived = []
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        arrived += Array(unwrapInboundIn(data).readableBytesView)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        settle()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
        hasEnded = true
        settle()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, error.errnoCode == ECONNRESET { wasCutOff = true }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        hasEnded = true
        settle()
    }
}

/// Looks again and again until the condition holds.
func eventually(within time: Duration = .seconds(20), _ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + time
    while try await !condition() {
        if ContinuousClock.now > end { return false }
        try await Task.sleep(for: .milliseconds(5))
    }
    return true
}

import NIOCore
import NIOPosix
import Synchronization

@testable import HTTP2Transport

/// One end of a socket that sends whatever octets a test likes, and keeps those it gets.
final class RawPeer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private struct State {
        var received: [UInt8] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let channelBox = Mutex<(any Channel)?>(nil)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        state.withLock { $0.received += buffer.readableBytesView }
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.withLock { $0.isClosed = true }
    }

    var received: [UInt8] { state.withLock { $0.received } }
    var frames: [Frame] { Frame.parse(received) }
    var isClosed: Bool { state.withLock { $0.isClosed } }
    var goAways: [Frame] { frames.filter { $0.type == 7 } }

    /// Connects to `address`; without `reads` nothing is taken off the socket.
    static func connect(to address: ServerAddress, reads: Bool = true) async throws -> RawPeer {
        guard case .tcp(let host, let port) = address else { throw HTTP2TransportError.cannotConnect("\(address)") }
        let peer = RawPeer()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { $0.pipeline.addHandler(peer) }
            .connect(host: host, port: port).get()
        peer.channelBox.withLock { $0 = channel }
        return peer
    }

    /// Listens, greets each client with `greeting`, and sends `answer` once a request has come.
    static func listen(
        greeting: [UInt8],
        answer: [UInt8] = []
    ) async throws -> (address: ServerAddress, channel: any Channel) {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.pipeline.addHandler(ScriptedServer(greeting: greeting, answer: answer))
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return (.tcp(host: "127.0.0.1", port: channel.localAddress?.port ?? 0), channel)
    }

    func send(_ frames: Frame...) async throws { try await send(frames.flatMap(\.octets)) }

    func send(_ octets: [UInt8]) async throws {
        guard let channel = channelBox.withLock({ $0 }) else { return }
        try await channel.writeAndFlush(ByteBuffer(bytes: octets)).get()
    }

    /// The preface and SETTINGS of a client.
    func greet(_ settings: [(UInt16, UInt32)] = []) async throws {
        try await send(Frame.preface + Frame.settings(settings).octets)
    }

    func close() async {
        try? await channelBox.withLock { $0 }?.close().get()
    }
}

/// Says what it has to say whatever it hears, but waits for a request before it answers one.
private final class ScriptedServer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private struct State {
        var received: [UInt8] = []
        var greeting: [UInt8]
        var answer: [UInt8]

        mutating func next(_ octets: some Sequence<UInt8>) -> [UInt8] {
            received += octets
            defer { greeting = [] }
            let frames = Frame.parse(Array(received.dropFirst(Frame.preface.count)))
            guard frames.contains(where: { $0.type == 1 }) else { return greeting }
            defer { answer = [] }
            return greeting + answer
        }
    }

    private let state: Mutex<State>

    init(greeting: [UInt8], answer: [UInt8]) {
        state = Mutex(State(greeting: greeting, answer: answer))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let octets = state.withLock { $0.next(buffer.readableBytesView) }
        guard !octets.isEmpty else { return }
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: octets)), promise: nil)
    }
}

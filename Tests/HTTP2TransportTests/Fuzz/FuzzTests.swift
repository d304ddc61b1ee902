import GRPCCore
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// Conversations gone wrong in every way a seed can name; bounded, and the same in every run.
@Suite(.timeLimit(.minutes(2))) struct FuzzTests {
    private static let rounds = 300

    @Test(arguments: 0..<8 as Range<UInt64>) func `nothing a client says harms a server`(seed: UInt64) throws {
        var mutator = Mutator(seed: seed)
        let listener = try ServerListener(
            configuration: .defaults,
            methods: MethodTable([EchoService.unary, EchoService.chat]),
            logger: EchoPair.logger,
            handler: Self.echo
        )
        for round in 0..<Self.rounds {
            var octets = Frame.preface
            for frame in mutator.frames(Self.clientConversation) { octets += frame.octets }
            if mutator.chance(2) { octets = mutator.octets(octets) }
            let survivor = try talk(mutator.pieces(octets)) { channel in
                let connection = try ServerConnection(listener: listener, channel: channel)
                try channel.pipeline.syncOperations.addHandler(connection.link)
                return connection
            }
            #expect(survivor.object == nil, "seed \(seed), round \(round): the connection was never let go of")
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>) func `nothing a server says harms a client`(seed: UInt64) throws {
        var mutator = Mutator(seed: seed + 1000)
        let shared = try ClientShared(targets: [], configuration: .defaults, logger: EchoPair.logger)
        let owner = Nobody()
        for round in 0..<Self.rounds {
            var octets: [UInt8] = []
            for frame in mutator.frames(Self.serverConversation) { octets += frame.octets }
            if mutator.chance(2) { octets = mutator.octets(octets) }
            let survivor = try talk(mutator.pieces(octets)) { channel in
                let connection = try ClientConnection(
                    channel: channel,
                    template: shared.template,
                    templates: MethodTemplates(authority: "test", isTLS: false),
                    configuration: .defaults,
                    pingPatience: 1,
                    logger: EchoPair.logger,
                    owner: owner
                )
                try channel.pipeline.syncOperations.addHandler(connection.link)
                try Self.call(on: connection, channel.eventLoop)
                return connection
            }
            #expect(survivor.object == nil, "seed \(seed), round \(round): the connection was never let go of")
        }
    }

    /// Feeds `pieces` to the connection that `connect` makes, closes its channel, and gives what is left of it.
    private func talk(_ pieces: [[UInt8]], _ connect: (EmbeddedChannel) throws -> AnyObject) throws -> WeakBox {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let box = WeakBox(try connect(channel))
        for piece in pieces where channel.isActive {
            try channel.writeInbound(ByteBuffer(bytes: piece))
            channel.embeddedEventLoop.run()
            while try channel.readOutbound(as: ByteBuffer.self) != nil {}
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        channel.embeddedEventLoop.run()
        return box
    }

    private static func echo(
        _ stream: RPCStream<HTTP2ServerTransport.Inbound, HTTP2ServerTransport.Outbound>,
        _ context: ServerContext
    ) async {
        do {
            for try await part in stream.inbound {
                switch part {
                case .metadata(let metadata): try await stream.outbound.write(.metadata(metadata))
                case .message(let message): try await stream.outbound.write(.message(message))
                }
            }
            try await stream.outbound.write(.status(Status(code: .ok, message: ""), [:]))
        } catch {
            try? await stream.outbound.write(.status(Status(code: .unknown, message: "\(error)"), [:]))
        }
    }

    /// Begins a call, and a task that reads its answer to the end.
    private static func call(on connection: ClientConnection, _ loop: any EventLoop) throws {
        let call = ClientStream(
            method: EchoService.chat,
            options: .defaults,
            configuration: .defaults,
            client: LoopClient(eventLoop: loop)
        )
        call.placed(on: connection)
        _ = try call.write { state throws(RPCError) in try state.open([:]) }
        _ = try call.write { state throws(RPCError) in try state.append([1, 2, 3]) }
        Task(executorPreference: EventLoopTaskExecutor.of(loop)) {
            while try await call.inbox.next(onTake: call.callerTook) != nil {}
        }
    }

    private static let clientConversation: [Frame] = [
        .settings([(4, 70_000), (5, 20_000)]), .settingsAck, .request(1, "Unary"), .message(1, [1, 2, 3], ends: true),
        .request(3, "Chat"), .message(3, [1]), .windowUpdate(0, 1000), .windowUpdate(3, 1000), .ping,
        .message(3, [UInt8](repeating: 7, count: 300)), .request(5, "Missing", ends: true), .request(7, "Chat"),
        .reset(7, 8), .message(3, [], ends: true), .goAway(0, 0, "done"),
    ]

    private static let serverConversation: [Frame] = [
        .settings([(3, 100), (4, 70_000)]), .settingsAck,
        .headers(1, [":status": "200", "content-type": "application/grpc"]), .message(1, [1, 2]), .ping,
        .windowUpdate(1, 5), .message(1, [UInt8](repeating: 7, count: 300)),
        .headers(1, ["grpc-status": "0", "grpc-message": "%41"], ends: true), .goAway(1, 0),
    ]
}

private final class WeakBox {
    private(set) weak var object: AnyObject?

    init(_ object: AnyObject) {
        self.object = object
    }
}

private final class Nobody: ClientConnectionOwner {
    func connectionReady(_ connection: ClientConnection) {}
    func connectionDraining(_ connection: ClientConnection, reason: DrainReason) { connection.drain() }
    func connectionClosed(_ connection: ClientConnection, error: (any Error)?) {}
}

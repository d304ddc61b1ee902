import Configuration
import Glibc
import GRPCCore
import HTTP2Transport
import Logging
import NIOCore
import NIOPosix
import ServiceRuntime
import Synchronization

@testable import Gateway

/// The gateway on a loopback port, with the fakes behind it over gRPC on another.
struct GatewayUnderTest: Sendable {
    let cloud: FakeCloud
    let address: SocketAddress

    /// Runs `body` against a gateway that is stopped afterwards.
    static func run(
        settings: RESTApplication.Settings = .init(),
        limits: HTTPLimits = HTTPLimits(),
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        let cloud = FakeCloud()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let environment = ProgramEnvironment(
            name: "test",
            configuration: ConfigReader(provider: InMemoryProvider(values: [:])),
            logger: logger,
            eventLoops: .singleton
        )
        let server = RPCServer(
            listen: .tcp(host: "127.0.0.1", port: 0),
            services: [
                FakeNetworks(cloud: cloud), FakeSubnets(cloud: cloud), FakePorts(cloud: cloud),
                FakeRouters(cloud: cloud), FakeFloatingIPs(cloud: cloud), FakeAgents(cloud: cloud),
            ],
            environment: environment
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let channel = RPCChannel(addresses: [try await server.boundAddress], environment: environment)
            group.addTask { try await channel.run() }
            let services = Services(all: RPCCaller(name: "FakeCloud", channel: channel))
            try await serving(services, settings: settings, limits: limits, logger: logger, cloud: cloud, body)
            group.cancelAll()
            while (try? await group.next()) != nil {}
        }
    }

    /// Runs `body` against a gateway with the given services behind it.
    static func serving(
        _ services: Services,
        settings: RESTApplication.Settings = .init(),
        limits: HTTPLimits = HTTPLimits(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        cloud: FakeCloud = FakeCloud(),
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        let application = try RESTApplication(services: services, settings: settings, logger: logger)
        let (addresses, bound) = AsyncStream.makeStream(of: SocketAddress.self)
        let front = HTTPFront(
            application: application,
            address: .tcp(host: "127.0.0.1", port: 0),
            limits: limits,
            eventLoops: .singleton,
            health: HealthReporter(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            whenBound: { if let address = $0 { bound.yield(address) } }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await front.run() }
            for await address in addresses {
                try await body(GatewayUnderTest(cloud: cloud, address: address))
                break
            }
            group.cancelAll()
            while (try? await group.next()) != nil {}
        }
    }

    /// The answer to one request on a connection of its own.
    func send(
        _ method: String,
        _ path: String,
        headers: [String: String] = [:],
        body: String? = nil
    ) async throws -> HTTPAnswer {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: api.test:9696\r\nConnection: close\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        return try HTTPAnswer(try await exchange(text + "\r\n" + (body ?? "")))
    }

    /// Everything that the server sends in answer to the text until it closes the connection; `closing` ends what this
    /// side sends.
    func exchange(_ text: String, closing: Bool = false) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            // A server that refuses what is being sent may close before it has all of it.
            try? await outbound.write(ByteBuffer(string: text))
            if closing { outbound.finish() }
            var bytes: [UInt8] = []
            do {
                for try await part in inbound { bytes += Array(part.readableBytesView) }
            } catch let error as IOError where error.errnoCode == ECONNRESET {
                // The server has closed on bytes that it had not read; what came before counts.
            }
            return bytes
        }
    }
}

/// An answer as it came.
struct HTTPAnswer: Sendable {
    var status: Int
    var headers: [String: String] = [:]
    var body: [UInt8]

    struct Malformed: Error { var text: String }

    init(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { throw Malformed(text: text) }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Malformed(text: text)
        }
        self.status = status
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description
        }
        body = Array(text[end.upperBound...].utf8)
        if headers["transfer-encoding"] == "chunked" { body = try Self.withoutChunks(body) }
    }

    private static func withoutChunks(_ bytes: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = []
        var rest = bytes[...]
        while let line = rest.firstRange(of: Array("\r\n".utf8)),
            let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16)
        {
            rest = rest[line.upperBound...]
            guard size > 0 else { return body }
            body += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        throw Malformed(text: "the last chunk is missing")
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue { get throws { try JSONReader.read(body) } }

    /// Neutron's error type in the body.
    var errorType: String? { (try? json)?["NeutronError"]?["type"]?.string }
    var errorMessage: String? { (try? json)?["NeutronError"]?["message"]?.string }
}

extension JSONValue {
    subscript(name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    subscript(index: Int) -> JSONValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var array: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}

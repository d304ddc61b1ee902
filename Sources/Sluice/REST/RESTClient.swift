internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A client of the REST API, one connection a request; the demo's stand-in for the clients that users have.
struct RESTClient: Sendable {
    var host: String
    var port: Int

    /// Makes a request and gives the answer's JSON.
    ///
    /// - Throws: `RESTFailure` for any status but 2xx, and whatever keeps the server from being reached.
    @discardableResult
    func send(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        let content = try body.map { ByteBuffer(bytes: try JSONEncoder().encode($0)) } ?? ByteBuffer()
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
        head.headers.add(name: "Host", value: "\(host):\(port)")
        head.headers.add(name: "Connection", value: "close")
        if body != nil {
            head.headers.add(name: "Content-Type", value: "application/json")
            head.headers.add(name: "Content-Length", value: "\(content.readableBytes)")
        }
        let request = head
        let (status, answer) = try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(.head(request))
            if content.readableBytes > 0 { try await outbound.write(.body(.byteBuffer(content))) }
            try await outbound.write(.end(nil))
            return try await Self.read(inbound)
        }
        let json = answer.isEmpty ? JSONValue.null : try JSONDecoder().decode(JSONValue.self, from: Data(answer))
        guard (200..<300).contains(status) else {
            throw RESTFailure(request: "\(method.rawValue) \(path)", status: status, error: json["NeutronError"])
        }
        return json
    }

    private static func read(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>
    ) async throws -> (status: Int, body: [UInt8]) {
        var status = 0
        var body: [UInt8] = []
        for try await part in inbound {
            switch part {
            case .head(let head): status = Int(head.status.code)
            case .body(let buffer): body.append(contentsOf: buffer.readableBytesView)
            case .end: return (status, body)
            }
        }
        throw SluiceError("the server closed the connection in the middle of an answer")
    }
}

/// A request that the API refused.
struct RESTFailure: Error, CustomStringConvertible {
    var request: String
    var status: Int
    var error: JSONValue

    var description: String { "\(request): \(status) \(error["type"].text): \(error["message"].text)" }
}

internal import GRPCCore

/// The header fields that all requests for one method begin with.
struct RequestTemplate: Sendable {
    private let block: HeaderBlock

    init(method: MethodDescriptor, authority: String, isTLS: Bool) {
        var block = HeaderBlock()
        block.append(name: ":method".utf8, value: "POST".utf8)
        block.append(name: ":scheme".utf8, value: (isTLS ? "https" : "http").utf8)
        block.append(name: ":path".utf8, value: "/\(method.fullyQualifiedMethod)".utf8)
        block.append(name: ":authority".utf8, value: authority.utf8)
        block.append(name: "te".utf8, value: "trailers".utf8)
        block.append(name: "content-type".utf8, value: HeaderBlock.grpcContentType.utf8)
        block.append(name: "user-agent".utf8, value: Self.userAgent.utf8)
        self.block = block
    }

    /// The request's header list; a `user-agent` of the caller's own stands before the transport's, as gRPC asks for.
    func block(_ metadata: Metadata) throws(MetadataFault) -> HeaderBlock {
        guard !metadata.isEmpty else { return block }
        var block = block
        try block.append(metadata)
        return block
    }

    private static let userAgent = "grpc-swift-nghttp2/1.0"
}

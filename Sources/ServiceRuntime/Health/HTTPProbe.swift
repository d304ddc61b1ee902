internal import NIOCore
internal import NIOPosix

/// Asks an HTTP server for `/` and looks at nothing but the status line.
struct HTTPProbe {
    var host: String
    var port: Int

    /// Returns when the server answers with a status below 500.
    ///
    /// - Throws: It is away, or answers otherwise.
    func check(within timeout: Duration) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(timeout))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        channel.channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) { channel.channel.close(promise: nil) }
        let line = try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "GET / HTTP/1.0\r\nHost: \(host)\r\n\r\n"))
            for try await buffer in inbound { return String(buffer: buffer).prefix { $0 != "\r\n" } }
            return ""
        }
        let status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        guard (200..<500).contains(status) else { throw HealthProbe.NotServing() }
    }
}

internal import NIOCore

/// Tells the connection that octets have come, before the decoder keeps what is no whole head yet.
final class ArrivalWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: HTTPConnection

    init(_ connection: HTTPConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.octetsCame()
        context.fireChannelRead(data)
    }
}

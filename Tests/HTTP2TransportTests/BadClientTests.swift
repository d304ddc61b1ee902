import GRPCCore
import Testing

@testable import HTTP2Transport

/// Clients that mean ill: each is sent away or bounded, and the next one is served.
@Suite(.timeLimit(.minutes(2))) struct BadClientTests {
    /// Runs `attack` against a server, then sees that a good client is still served.
    private func attacking(
        configuration: HTTP2ServerConfiguration = .defaults,
        reads: Bool = true,
        expecting line: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ attack: (RawPeer, EchoPair) async throws -> Void
    ) async throws {
        let book = LogBook()
        try await EchoPair.run(server: configuration, logger: book.logger) { pair in
            let peer = try await RawPeer.connect(to: pair.address, reads: reads)
            try await attack(peer, pair)
            let answer = try await pair.unary(EchoService.unary, [1]).message
            #expect(answer == [1], sourceLocation: sourceLocation)
            if let line {
                try await eventually({ book.lines.contains { $0.contains(line) } }, sourceLocation: sourceLocation)
            }
            await peer.close()
        }
    }

    @Test func `a header bomb ends its connection`() async throws {
        try await attacking(expecting: "header list far beyond its limit") { peer, _ in
            try await peer.greet()
            let field = Frame.literals(["bomb": String(repeating: "x", count: 16_000)])
            try await peer.send(Frame.headers(1, [":method": "POST"], whole: false))
            for _ in 0..<6 { try? await peer.send(Frame.continuation(1, field)) }
            try await eventually { peer.isClosed }
        }
    }

    @Test func `a bomb of table references ends its connection`() async throws {
        try await attacking(expecting: "header list far beyond its limit") { peer, _ in
            try await peer.greet()
            // One field of 4000 octets put into the table (index 62), then named again and again by one octet.
            var block: [UInt8] = [0x40] + [4] + Array("bomb".utf8) + [127, 161, 30]
            block += [UInt8](repeating: UInt8(ascii: "x"), count: 4000)
            block += [UInt8](repeating: 0x80 | 62, count: 1000)
            try await peer.send(Frame(type: 1, flags: Frame.Flag.endHeaders, stream: 1, payload: block))
            try await eventually { peer.isClosed }
        }
    }

    @Test func `continuations without end end their connection`() async throws {
        try await attacking(expecting: "client sent away") { peer, _ in
            try await peer.greet()
            try await peer.send(Frame.headers(1, [":method": "POST"], whole: false))
            for _ in 0..<20 { try? await peer.send(Frame.continuation(1, [])) }
            try await eventually { peer.isClosed }
        }
    }

    @Test func `headers that do not end are waited for in vain only so long`() async throws {
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.handshakeTimeout = .seconds(3)
        try await attacking(configuration: configuration, expecting: "headers do not end") { peer, _ in
            try? await peer.send(
                Frame.preface + Frame.settings().octets
                    + Frame.headers(1, [":method": "POST"], whole: false).octets
            )
            try await eventually { peer.isClosed }
        }
    }

    @Test func `a client that says nothing is closed`() async throws {
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.handshakeTimeout = .seconds(3)
        try await attacking(configuration: configuration) { peer, _ in
            try await eventually { peer.isClosed }
        }
    }

    @Test func `rapid resets end their connection`() async throws {
        try await attacking(expecting: "too_many_resets") { peer, _ in
            try await peer.greet()
            for number in 0..<1000 as Range<UInt32> {
                let stream = 2 * number + 1
                try? await peer.send(Frame.request(stream, "Hang"), Frame.reset(stream, 8))
            }
            try await eventually { peer.isClosed }
            #expect(peer.goAways.last?.errorCode == 11)
        }
    }

    @Test func `a flood of settings ends its connection`() async throws {
        try await attacking(expecting: "too_many_settings") { peer, _ in
            try await peer.greet()
            for _ in 0..<100 { try? await peer.send(Frame.settings([(4, 70_000)])) }
            try await eventually { peer.isClosed }
            #expect(peer.goAways.last?.debugText == "too_many_settings")
        }
    }

    @Test func `a flood of pings ends its connection`() async throws {
        try await attacking(expecting: "too_many_pings") { peer, _ in
            try await peer.greet()
            for _ in 0..<10 { try? await peer.send(Frame.ping) }
            try await eventually { peer.isClosed }
            #expect(peer.goAways.last?.errorCode == 11)
            #expect(peer.goAways.last?.debugText == "too_many_pings")
        }
    }

    @Test func `a flood of empty frames ends its connection`() async throws {
        try await attacking(expecting: "too_many_idle_frames") { peer, _ in
            try await peer.greet()
            try await peer.send(Frame.request(1, "Collect"))
            let frames = [[UInt8]](repeating: Frame.data(1, []).octets, count: 5000).flatMap { $0 }
            try? await peer.send(frames)
            try await eventually { peer.isClosed }
        }
    }

    @Test func `a window of zero stops its writer and no other`() async throws {
        try await attacking { peer, pair in
            try await peer.greet([(4, 0)])
            for stream in [1, 3, 5] as [UInt32] {
                try await peer.send(Frame.request(stream, "Flood"), Frame.message(stream, [], ends: true))
            }
            try await eventually { pair.witness.sentMessages > 0 }
            try await standstill { pair.witness.sentMessages }
            // 64 KiB of queue for each.
            #expect(pair.witness.sentMessages < 3 * 70)
            #expect(!peer.frames.contains { $0.type == 0 && !$0.payload.isEmpty })
        }
    }

    @Test func `a client that does not read its socket costs bounded memory`() async throws {
        try await attacking(reads: false) { peer, pair in
            try await peer.greet([(4, 0x7fff_ffff)])
            try await peer.send(Frame.windowUpdate(0, 0x7000_0000), Frame.request(1, "Flood"))
            try await eventually { pair.witness.sentMessages > 0 }
            try await standstill { pair.witness.sentMessages }
            // What two socket buffers hold, and 64 KiB each in the channel and the stream's queue.
            #expect(pair.witness.sentMessages < 20_000)
        }
    }

    @Test func `streams over the limit are refused`() async throws {
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.maxConcurrentStreams = 3
        try await attacking(configuration: configuration) { peer, _ in
            try await peer.greet()
            for stream in [1, 3, 5, 7, 9] as [UInt32] { try await peer.send(Frame.request(stream, "Hang")) }
            try await eventually { peer.frames.filter { $0.type == 3 && $0.errorCode == 7 }.count == 2 }
        }
    }

    @Test func `connections over the limit are closed`() async throws {
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.maxConnections = 3
        try await attacking(configuration: configuration, expecting: "too many") { peer, pair in
            try await peer.greet()
            var others: [RawPeer] = []
            for _ in 0..<4 { others.append(try await RawPeer.connect(to: pair.address)) }
            try await eventually { [others] in others.filter(\.isClosed).count == 2 }
            for other in others { await other.close() }
        }
    }

    @Test func `messages that are never finished cost bounded memory`() async throws {
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.maxRequestMessageBytes = 100_000
        configuration.maxBufferedBytes = 200_000
        try await attacking(configuration: configuration) { peer, _ in
            try await peer.greet()
            let part = [UInt8](repeating: 0, count: 15_000)
            for stream in stride(from: 1, to: 61, by: 2) as StrideTo<UInt32> {
                try await peer.send(Frame.request(stream, "Collect"))
                try await peer.send(Frame.data(stream, [0] + Frame.number(50_000) + part))
            }
            try await eventually { peer.frames.contains { $0.type == 1 && $0.flags & 1 != 0 } }
        }
    }

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), [UInt8](repeating: 255, count: 100),
        Frame.preface + [0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1], Frame.preface + Frame.ping.octets,
        Frame.preface + Frame.settings([(5, 1)]).octets, Frame.preface + Frame.settings([(4, 0xffff_ffff)]).octets,
    ]) func `what is not HTTP 2 closes its connection`(octets: [UInt8]) async throws {
        try await attacking { peer, _ in
            try await peer.send(octets)
            try await eventually { peer.isClosed }
        }
    }

    @Test(arguments: [
        [Frame.data(1, [1])], [Frame.windowUpdate(0, 0)], [Frame.request(2, "Unary")], [Frame.goAway(0, 1)],
        [Frame.request(1, "Hang"), Frame.windowUpdate(0, 0x7fff_ffff)], [Frame(type: 5, stream: 1, payload: [0])],
        [Frame.continuation(1, [])], [Frame(type: 1, flags: 4, stream: 1, payload: [0xff, 0xff, 0xff, 0xff, 0xff])],
    ]) func `a frame out of place ends its connection`(frames: [Frame]) async throws {
        try await attacking { peer, _ in
            try await peer.greet()
            try await peer.send(frames.flatMap(\.octets))
            try await eventually { peer.isClosed || !peer.goAways.isEmpty }
        }
    }
}

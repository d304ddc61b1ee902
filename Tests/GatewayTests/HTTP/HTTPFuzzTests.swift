import NIOCore
import Synchronization
import Testing

@testable import Gateway

/// Whatever octets arrive, the server answers or closes, holds little, and goes on serving others.
@Suite(.timeLimit(.minutes(2))) struct HTTPFuzzTests {
    private static let samples = [
        "PUT /v2.0/networks/%41?limit=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 14\r\n\r\n{\"network\":{}}",
        "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /v2.0/extensions HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "POST /v2.0/networks HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n"
            + "5;ext=1\r\n{\"net\r\n9\r\nwork\":{}}\r\n0\r\nX: y\r\n\r\n",
        "POST /v2.0/networks HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
        "DELETE /v2.0/networks/0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77 HTTP/1.0\r\nIf-Match: revision_number=1\r\n\r\n",
    ].map { Array($0.utf8) }

    private static func octets(_ generator: inout SplitMix) -> [UInt8] {
        var octets = samples[Int.random(in: 0..<samples.count, using: &generator)]
        switch Int.random(in: 0..<6, using: &generator) {
        case 0:
            return (0..<Int.random(in: 0..<4096, using: &generator)).map { _ in .random(in: 0...255, using: &generator)
            }
        case 1:
            // The beginning of one and the end of another.
            let other = samples[Int.random(in: 0..<samples.count, using: &generator)]
            let cut = Int.random(in: 0...octets.count, using: &generator)
            return octets.prefix(cut) + other.suffix(Int.random(in: 0...other.count, using: &generator))
        case 2:
            let part = octets
            for _ in 0..<Int.random(in: 1..<40, using: &generator) { octets += part }
            return octets
        default:
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<octets.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: octets[place] = .random(in: 0...255, using: &generator)
                case 1: octets.insert(.random(in: 0...255, using: &generator), at: place)
                default: octets.remove(at: place)
                }
            }
            return octets
        }
    }

    /// Sends the octets in pieces and reads until the server closes, which the end of what is sent lets it do.
    private static func exchange(_ octets: [UInt8], with gateway: GatewayUnderTest, pieces: Int) async throws {
        try await RawClient.connected(to: gateway.address) { client async throws in
            let size = max(1, octets.count / pieces)
            var rest = octets[...]
            while !rest.isEmpty {
                try await client.send(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            await client.finish()
            _ = await client.readAll()
        }
    }

    @Test(arguments: 0..<6) func `no octets break the server`(seed: Int) async throws {
        let service = PagedService(count: 3)
        let book = LogBook()
        try await GatewayUnderTest.serving(Services(all: service), logger: book.logger) { gateway async throws in
            var generator = SplitMix(state: UInt64(seed))
            for _ in 0..<80 {
                let octets = Self.octets(&generator)
                let pieces = Int.random(in: 1...4, using: &generator)
                // A server that closes while more is sent is no failure.
                try? await Self.exchange(octets, with: gateway, pieces: pieces)
            }
            #expect(try await gateway.send("GET", "/").status == 200)
            #expect(!book.lines.contains { $0.hasPrefix("error") })
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n", "X-Header: value\r\n"), ("GET /", "aaaaaaaaaaaaaaaa"), ("", "\r\n"),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1", ";extension"),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-Trailer: value\r\n"),
    ])
    func `what never ends is not held`(start: String, rest: String) async throws {
        var limits = HTTPLimits()
        limits.head = .seconds(2)
        limits.body = .seconds(2)
        limits.lingering = .seconds(1)
        try await GatewayUnderTest.run(limits: limits) { gateway async throws in
            let before = residentBytes()
            try? await RawClient.connected(to: gateway.address) { client async throws in
                try await client.send(start)
                let piece = String(repeating: rest, count: 65536 / rest.utf8.count)
                // 64 MiB, unless the server closes before.
                for _ in 0..<1024 { try await client.send(piece) }
            }
            #expect(residentBytes() - before < 32 << 20)
            #expect(try await gateway.send("GET", "/").status == 200)
        }
    }
}

import HTTP2Transport
import Logging
import NIOCore
import NIOPosix
import ResourceModel
import ServiceLifecycle
import ServiceRuntime
import Synchronization
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct HTTPFrontTests {
    /// The answers in what a connection sent, one after the other.
    private static func statuses(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
            .filter { $0.contains("HTTP/1.1 ") }
            .map { line in String(line[(line.firstRange(of: "HTTP/1.1 ")?.upperBound ?? line.startIndex)...].prefix(3))
            }
    }

    @Test func `requests that are sent at once are answered in order`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let one = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
            let two = "GET /nonsense HTTP/1.1\r\nHost: h\r\n\r\n"
            let three = "POST /v2.0/networks HTTP/1.1\r\nHost: h\r\nContent-Length: 14\r\n\r\n{\"network\":{}}"
            let last = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
            let bytes = try await gateway.exchange(one + two + three + last)
            #expect(Self.statuses(bytes) == ["200", "404", "201", "200"])
        }
    }

    @Test func `a body in chunks is put together`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let bytes = try await gateway.exchange(
                "POST /v2.0/networks HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                    + "5\r\n{\"net\r\n9\r\nwork\":{}}\r\n0\r\n\r\n"
            )
            #expect(Self.statuses(bytes) == ["201"])
        }
    }

    @Test func `an old client's connection is closed after its answer`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let bytes = try await gateway.exchange("GET / HTTP/1.0\r\n\r\n")
            #expect(Self.statuses(bytes) == ["200"])
        }
    }

    @Test func `a client that waits is told to send its body`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let bytes = try await gateway.exchange(
                "POST /v2.0/networks HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 14\r\n"
                    + "Connection: close\r\n\r\n{\"network\":{}}"
            )
            #expect(Self.statuses(bytes) == ["100", "201"])
        }
    }

    @Test func `an expectation that nobody knows fails`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let bytes = try await gateway.exchange(
                "POST / HTTP/1.1\r\nHost: h\r\nExpect: wonders\r\nContent-Length: 2\r\n\r\n{}"
            )
            #expect(Self.statuses(bytes) == ["417"])
        }
    }

    @Test(arguments: ["Content-Length: 1048577\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n100001\r\n"])
    func `a body that is too long is refused, announced or not`(framing: String) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let body = String(repeating: "x", count: 1_048_577)
            let bytes = try await gateway.exchange(
                "POST /v2.0/networks HTTP/1.1\r\nHost: h\r\n" + framing + body
            )
            let answer = try HTTPAnswer(bytes)
            #expect(answer.status == 413)
            #expect(answer.errorType == "HTTPRequestEntityTooLarge")
            #expect(answer.headers["x-openstack-request-id"]?.hasPrefix("req-") == true)
        }
    }

    @Test func `headers that are too long are refused`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let header = "X-Long: \(String(repeating: "x", count: 70_000))\r\n"
            let answer = try HTTPAnswer(try await gateway.exchange("GET / HTTP/1.1\r\nHost: h\r\n\(header)\r\n"))
            #expect(answer.status == 431)
        }
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET  / HTTP/1.1\r\nBad Header: x\r\n\r\n",
        "\u{0}\u{1}\u{2}\r\n\r\n",
    ])
    func `what is not HTTP is refused`(text: String) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try HTTPAnswer(try await gateway.exchange(text))
            #expect(answer.status == 400)
            #expect(answer.errorType == "HTTPBadRequest")
        }
    }

    @Test func `the answer to HEAD has no body`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try HTTPAnswer(
                try await gateway.exchange("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            )
            #expect(answer.status == 405)
            #expect(answer.body.isEmpty)
            #expect(answer.headers["content-length"] != "0")
        }
    }

    @Test(arguments: ["", "GET / HTT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{"])
    func `a client that is too slow is cut off`(start: String) async throws {
        var limits = HTTPLimits()
        limits.idle = .milliseconds(100)
        limits.body = .milliseconds(100)
        try await GatewayUnderTest.run(limits: limits) { gateway async throws in
            #expect(try await gateway.exchange(start).isEmpty)
        }
    }

    @Test func `connections beyond the limit are closed`() async throws {
        var limits = HTTPLimits()
        limits.connections = 0
        try await GatewayUnderTest.run(limits: limits) { gateway async throws in
            let bytes = (try? await gateway.exchange("GET / HTTP/1.1\r\n\r\n")) ?? []
            #expect(bytes.isEmpty)
        }
    }

    @Test func `a port that is taken is named`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let port = try #require(gateway.address.port)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let away = AwayService()
            let services = Services(network: away, router: away, floatingIP: away)
            let application = try RESTApplication(services: services, settings: .init(), logger: logger)
            let front = HTTPFront(
                application: application,
                address: .tcp(host: "127.0.0.1", port: port),
                eventLoops: .singleton,
                health: HealthReporter(),
                logger: logger
            )
            await #expect {
                try await front.run()
            } throws: { error in
                (error as? ConfigurationError)?.description.contains("127.0.0.1:\(port) is taken") == true
            }
        }
    }

    @Test func `a request that runs when the server is stopped gets its answer`() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let slow = GatedService()
        let services = Services(network: slow, router: slow, floatingIP: slow)
        let application = try RESTApplication(services: services, settings: .init(), logger: logger)
        let (addresses, bound) = AsyncStream.makeStream(of: SocketAddress.self)
        let front = HTTPFront(
            application: application,
            address: .tcp(host: "127.0.0.1", port: 0),
            eventLoops: .singleton,
            health: HealthReporter(),
            logger: logger,
            whenBound: { if let address = $0 { bound.yield(address) } }
        )
        let group = ServiceGroup(services: [front], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await address in addresses {
                let gateway = GatewayUnderTest(cloud: FakeCloud(), address: address)
                async let answer = gateway.exchange("GET /v2.0/networks HTTP/1.1\r\nHost: h\r\n\r\n")
                async let idle = gateway.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                await slow.arrival()
                await group.triggerGracefulShutdown()
                // The idle connection ends while the other one still waits.
                let statuses = try Self.statuses(await idle)
                #expect(statuses == ["200"])
                slow.open()
                let late = try HTTPAnswer(await answer)
                #expect(late.status == 200)
                #expect(late.headers["connection"] == "close")
                break
            }
            try await tasks.waitForAll()
        }
    }

    /// Whatever bytes arrive, the server answers or closes, and goes on serving others.
    @Test(arguments: 0..<4) func `no bytes break the server`(seed: Int) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            var generator = SplitMix(state: UInt64(seed))
            let sample = Array(
                ("PUT /v2.0/networks/%41?limit=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 14\r\nConnection: close\r\n\r\n"
                    + "{\"network\":{}}").utf8
            )
            for _ in 0..<60 {
                var bytes = sample
                for _ in 0..<Int.random(in: 1...5, using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                        in: 0...127,
                        using: &generator
                    )
                }
                // The end of what it means to send lets the server close.
                _ = try? await gateway.exchange(String(decoding: bytes, as: UTF8.self), closing: true)
            }
            #expect(try await gateway.send("GET", "/").status == 200)
        }
    }
}

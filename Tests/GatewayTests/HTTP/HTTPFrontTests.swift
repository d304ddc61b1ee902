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
        limits.idle = start.isEmpty ? .milliseconds(100) : .seconds(30)
        limits.head = .milliseconds(100)
        limits.body = .milliseconds(100)
        try await GatewayUnderTest.run(limits: limits) { gateway async throws in
            #expect(try await gateway.exchange(start).isEmpty)
        }
    }

    @Test func `a connection that is kept is closed when nothing comes for long`() async throws {
        var limits = HTTPLimits()
        limits.idle = .milliseconds(100)
        try await GatewayUnderTest.run(limits: limits) { gateway async throws in
            let bytes = try await gateway.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(Self.statuses(bytes) == ["200"])
        }
    }

    @Test func `a client that asks on and on without reading is cut off`() async throws {
        var limits = HTTPLimits()
        limits.answer = .milliseconds(300)
        try await GatewayUnderTest.run(limits: limits) { gateway async throws in
            try await RawClient.connected(to: gateway.address) { client async throws in
                let request = "GET /v2.0/extensions HTTP/1.1\r\nHost: h\r\n\r\n"
                let many = String(repeating: request, count: 1000)
                // Ends when the server has closed; a server that kept all of it would never do so.
                await #expect(throws: (any Error).self) {
                    while true { try await client.send(many) }
                }
            }
            #expect(try await gateway.send("GET", "/").status == 200)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\nabc",
    ])
    func `a request whose end or host is in doubt is refused`(request: String) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try HTTPAnswer(try await gateway.exchange(request))
            #expect(answer.status == 400)
            #expect(answer.errorType == "HTTPBadRequest")
        }
    }

    @Test func `a target may be a whole URL`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            for target in ["http://other/v2.0/networks?limit=1", "http://other?x=1", "http://other"] {
                let bytes = try await gateway.exchange("GET \(target) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                #expect(Self.statuses(bytes) == ["200"], "\(target)")
            }
        }
    }

    @Test func `a body that is announced too long is not asked for`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let head =
                "POST /v2.0/networks HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n"
            #expect(Self.statuses(try await gateway.exchange(head)) == ["413"])
        }
    }

    @Test func `a request after an answer on the same connection is answered`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            try await RawClient.connected(to: gateway.address) { client async throws in
                for _ in 0..<3 {
                    try await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                    #expect(try await client.read(until: "]}]}").contains("HTTP/1.1 200"))
                }
                try await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(try await client.read(until: "]}]}").contains("200 OK"))
                try await client.send("GET / HTTP/1.0\r\n\r\n")
                #expect(String(decoding: await client.readAll(), as: UTF8.self).contains("Connection: close"))
            }
        }
    }

    @Test func `connections beyond the limit are closed`() async throws {
        var limits = HTTPLimits()
        limits.connections = 0
        try await GatewayUnderTest.run(limits: limits) { gateway async throws in
            let bytes = (try? await gateway.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n")) ?? []
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
                try await RawClient.connected(to: address) { idle async throws in
                    try await idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                    #expect(try await idle.read(until: "]}]}").contains("HTTP/1.1 200"))
                    await slow.arrival()
                    await group.triggerGracefulShutdown()
                    // The idle connection ends while the other one still waits.
                    #expect(await idle.readAll().isEmpty)
                }
                slow.open()
                let late = try HTTPAnswer(await answer)
                #expect(late.status == 200)
                #expect(late.headers["connection"] == "close")
                break
            }
            try await tasks.waitForAll()
        }
    }
}

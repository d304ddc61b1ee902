import NIOCore
import Testing

@testable import Gateway

/// Lists that are longer than a page of the service.
@Suite(.timeLimit(.minutes(2))) struct StreamedListTests {
    private static let request = "GET /v2.0/networks HTTP/1.1\r\nHost: h\r\n\r\n"
    private static let settings = RESTApplication.Settings(pageSize: 10)

    private static func ids(_ answer: HTTPAnswer) throws -> [String] {
        try answer.json["networks"]?.array.compactMap { $0["id"]?.string } ?? []
    }

    @Test(arguments: [11, 20, 35]) func `a long list comes in chunks and is whole`(count: Int) async throws {
        let service = PagedService(count: count, descriptionLength: 20_000)
        try await GatewayUnderTest.serving(Services(all: service), settings: Self.settings) { gateway async throws in
            let answer = try await gateway.send("GET", "/v2.0/networks")
            #expect(answer.status == 200)
            #expect(answer.headers["transfer-encoding"] == "chunked")
            #expect(answer.headers["content-length"] == nil)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["x-openstack-request-id"]?.hasPrefix("req-") == true)
            #expect(try Self.ids(answer) == (0..<count).map(PagedService.id))
        }
    }

    @Test func `everything before the end comes in chunks like everything`() async throws {
        let service = PagedService(count: 35, descriptionLength: 20_000)
        try await GatewayUnderTest.serving(Services(all: service), settings: Self.settings) { gateway async throws in
            let answer = try await gateway.send("GET", "/v2.0/networks?page_reverse=True")
            #expect(answer.headers["transfer-encoding"] == "chunked")
            #expect(try Self.ids(answer) == (0..<35).map(PagedService.id))
            #expect(service.askedPages == 4)
        }
    }

    @Test func `a list of one page has a length`() async throws {
        let service = PagedService(count: 9)
        try await GatewayUnderTest.serving(Services(all: service), settings: Self.settings) { gateway async throws in
            let answer = try await gateway.send("GET", "/v2.0/networks")
            #expect(answer.headers["content-length"] == String(answer.body.count))
            #expect(try Self.ids(answer).count == 9)
            #expect(service.askedPages == 1)
        }
    }

    @Test func `the links of a long list name its first and its last object`() async throws {
        let service = PagedService(count: 100)
        try await GatewayUnderTest.serving(Services(all: service), settings: Self.settings) { gateway async throws in
            let answer = try await gateway.send("GET", "/v2.0/networks?limit=25")
            #expect(try Self.ids(answer).count == 25)
            let links = try answer.json["networks_links"]?.array.compactMap { $0["href"]?.string } ?? []
            #expect(links.map { $0.hasSuffix("marker=\(PagedService.id(24))") } == [true, false])
            #expect(links.map { $0.hasSuffix("marker=\(PagedService.id(0))&page_reverse=True") } == [false, true])
        }
    }

    @Test func `the connection goes on after a long list`() async throws {
        let service = PagedService(count: 30)
        try await GatewayUnderTest.serving(Services(all: service), settings: Self.settings) { gateway async throws in
            try await RawClient.connected(to: gateway.address) { client async throws in
                try await client.send(Self.request + "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                let list = try await client.read(until: "\r\n0\r\n\r\n").lowercased()
                #expect(list.contains("transfer-encoding: chunked"))
                #expect(try await client.read(until: "]}]}").contains("\"versions\""))
            }
        }
    }

    @Test func `an old client gets a long list until the connection closes`() async throws {
        let service = PagedService(count: 30)
        try await GatewayUnderTest.serving(Services(all: service), settings: Self.settings) { gateway async throws in
            try await RawClient.connected(to: gateway.address) { client async throws in
                try await client.send("GET /v2.0/networks HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let answer = try HTTPAnswer(await client.readAll())
                #expect(try await !client.wasReset)
                #expect(answer.headers["transfer-encoding"] == nil)
                #expect(answer.headers["connection"] == "close")
                #expect(try Self.ids(answer).count == 30)
            }
        }
    }

    @Test func `a client that reads slowly holds up the asking for pages`() async throws {
        let pages = 120
        // About half a megabyte a page: what sockets hold of it is a few pages, however they are tuned.
        let service = PagedService(count: pages * 10, descriptionLength: 50_000)
        try await GatewayUnderTest.serving(Services(all: service), settings: Self.settings) { gateway async throws in
            try await RawClient.connected(to: gateway.address) { client async throws in
                try await client.send("GET /v2.0/networks HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                var asked = (before: 0, now: 1)
                while asked.before != asked.now {
                    asked.before = asked.now
                    try await Task.sleep(for: .milliseconds(300))
                    asked.now = service.askedPages
                }
                #expect(asked.now > 1)
                #expect(asked.now < pages / 3)
                let end = await client.readAll().suffix(9)
                #expect(String(decoding: end, as: UTF8.self) == "]}\r\n0\r\n\r\n")
                #expect(service.askedPages == pages + 1)
            }
        }
    }

    @Test func `a client that does not read is cut off`() async throws {
        var limits = HTTPLimits()
        limits.answer = .milliseconds(200)
        let book = LogBook()
        let service = PagedService(count: 1200, descriptionLength: 50_000)
        try await GatewayUnderTest.serving(
            Services(all: service),
            settings: Self.settings,
            limits: limits,
            logger: book.logger
        ) { gateway async throws in
            try await RawClient.connected(to: gateway.address) { client async throws in
                try await client.send(Self.request)
                #expect(try await eventually { book.lines == ["debug: client left before the end of its answer"] })
                let bytes = await client.readAll()
                #expect(!String(decoding: bytes, as: UTF8.self).hasSuffix("0\r\n\r\n"))
            }
        }
    }

    @Test(arguments: ["1.1", "1.0"])
    func `an error in the middle of a list ends the connection and not the list`(version: String) async throws {
        let book = LogBook()
        let service = PagedService(count: 40, failingPage: 3)
        try await GatewayUnderTest.serving(
            Services(all: service),
            settings: Self.settings,
            logger: book.logger
        ) { gateway async throws in
            try await RawClient.connected(to: gateway.address) { client async throws in
                try await client.send("GET /v2.0/networks HTTP/\(version)\r\nHost: h\r\n\r\n")
                let text = String(decoding: await client.readAll(), as: UTF8.self)
                #expect(try await client.wasReset)
                #expect(!text.hasSuffix("0\r\n\r\n"))
                #expect(!text.hasSuffix("]}"))
            }
            #expect(book.lines == ["error: answer broken off"])
            #expect(try await gateway.send("GET", "/").status == 200)
        }
    }

    @Test func `an error on the first page is an answer like any other`() async throws {
        let service = PagedService(count: 40, failingPage: 1)
        try await GatewayUnderTest.serving(Services(all: service), settings: Self.settings) { gateway async throws in
            let answer = try await gateway.send("GET", "/v2.0/networks")
            #expect(answer.status == 503)
            #expect(answer.errorType == "ServiceUnavailable")
        }
    }
}

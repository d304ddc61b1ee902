import Synchronization
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct DisconnectTests {
    /// A service that never answers, and notes how calls of it end.
    private final class SilentService: ServiceCaller {
        private let counts = Mutex((begun: 0, cancelled: 0))

        var begun: Int { counts.withLock { $0.begun } }
        var cancelled: Int { counts.withLock { $0.cancelled } }

        func call(_ method: ServiceMethod, _ request: [UInt8]) async throws -> [UInt8] {
            counts.withLock { $0.begun += 1 }
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                counts.withLock { $0.cancelled += 1 }
                throw error
            }
            return []
        }
    }

    @Test(arguments: [
        "GET /v2.0/networks HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /v2.0/networks HTTP/1.1\r\nHost: h\r\nContent-Length: 14\r\n\r\n{\"network\":{}}",
    ])
    func `a client that goes away takes its running call with it`(request: String) async throws {
        let service = SilentService()
        let book = LogBook()
        try await GatewayUnderTest.serving(Services(all: service), logger: book.logger) { gateway async throws in
            try await RawClient.connected(to: gateway.address) { client async throws in
                try await client.send(request)
                #expect(try await eventually { service.begun == 1 })
            }
            #expect(try await eventually { service.cancelled == 1 })
            #expect(try await gateway.send("GET", "/").status == 200)
            #expect(!book.lines.contains { $0.hasPrefix("error") })
        }
    }

    @Test func `other clients' calls go on`() async throws {
        let service = SilentService()
        try await GatewayUnderTest.serving(Services(all: service)) { gateway async throws in
            try await RawClient.connected(to: gateway.address) { staying async throws in
                try await staying.send("GET /v2.0/networks HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await eventually { service.begun == 1 })
                try await RawClient.connected(to: gateway.address) { leaving async throws in
                    try await leaving.send("GET /v2.0/networks HTTP/1.1\r\nHost: h\r\n\r\n")
                    #expect(try await eventually { service.begun == 2 })
                }
                #expect(try await eventually { service.cancelled == 1 })
                #expect(service.begun == 2)
            }
            #expect(try await eventually { service.cancelled == 2 })
        }
    }

    @Test func `pages of a list are not asked for when nobody wants them`() async throws {
        let service = PagedService(count: 1200, descriptionLength: 50_000)
        let book = LogBook()
        try await GatewayUnderTest.serving(
            Services(all: service),
            settings: RESTApplication.Settings(pageSize: 10),
            logger: book.logger
        ) { gateway async throws in
            try await RawClient.connected(to: gateway.address) { client async throws in
                try await client.send("GET /v2.0/networks HTTP/1.1\r\nHost: h\r\n\r\n")
                _ = try await client.read(until: "\r\n\r\n")
            }
            #expect(try await eventually { book.lines == ["debug: client left before the end of its answer"] })
            #expect(service.askedPages < 60)
        }
    }
}

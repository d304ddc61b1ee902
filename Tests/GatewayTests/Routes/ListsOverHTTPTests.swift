import Contracts
import SwiftProtobuf
import Testing

@testable import Gateway

@Suite struct ListsOverHTTPTests {
    private static func id(_ number: Int) -> String { "00000000-0000-4000-8000-00000000000\(number)" }

    private static func withNetworks(
        _ count: Int,
        settings: RESTApplication.Settings = .init(),
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        try await GatewayUnderTest.run(settings: settings) { gateway async throws in
            for number in 0..<count {
                gateway.cloud.networks.put(
                    .with {
                        $0.id = id(number)
                        $0.projectID = number % 2 == 0 ? "p0" : "p1"
                        $0.name = "n\(number)"
                    }
                )
            }
            try await body(gateway)
        }
    }

    private static func names(_ answer: HTTPAnswer) throws -> [String] {
        try answer.json["networks"]?.array.compactMap { $0["name"]?.string } ?? []
    }

    @Test func `administrators see all and members their own`() async throws {
        try await Self.withNetworks(4) { gateway async throws in
            #expect(try Self.names(try await gateway.send("GET", "/v2.0/networks")) == ["n0", "n1", "n2", "n3"])
            let member = ["X-Project-Id": "p1", "X-Roles": "reader"]
            #expect(try Self.names(try await gateway.send("GET", "/v2.0/networks", headers: member)) == ["n1", "n3"])
        }
    }

    @Test func `an empty list is an empty list`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            #expect(try await gateway.send("GET", "/v2.0/networks").text == #"{"networks":[]}"#)
            #expect(try await gateway.send("GET", "/v2.0/networks?id=none&limit=2").text.hasPrefix(#"{"networks":[],"#))
            #expect(gateway.cloud.networks.seenQueries.count == 1)
        }
    }

    @Test func `a client walks the pages forward until an empty one`() async throws {
        try await Self.withNetworks(5) { gateway async throws in
            var path = "/v2.0/networks?limit=2&fields=name"
            var seen: [[String]] = []
            while seen.count < 9 {
                let answer = try await gateway.send("GET", path)
                seen.append(try Self.names(answer))
                let links = try answer.json["networks_links"]?.array ?? []
                guard let next = links.first(where: { $0["rel"] == "next" })?["href"]?.string else { break }
                #expect(next.hasPrefix("http://api.test:9696/v2.0/networks?limit=2&fields=name&marker="))
                path = String(next.dropFirst("http://api.test:9696".count))
            }
            #expect(seen == [["n0", "n1"], ["n2", "n3"], ["n4"]])
        }
    }

    @Test func `a client walks the pages backward`() async throws {
        try await Self.withNetworks(5) { gateway async throws in
            let path = "/v2.0/networks?limit=2&marker=\(Self.id(3))&page_reverse=True"
            let answer = try await gateway.send("GET", path)
            #expect(try Self.names(answer) == ["n1", "n2"])
            let links = try answer.json["networks_links"]?.array ?? []
            #expect(links.map { $0["rel"]?.string } == ["next", "previous"])
            #expect(links[1]["href"]?.string?.hasSuffix("marker=\(Self.id(1))&page_reverse=True") == true)
        }
    }

    @Test func `a marker that is gone is not found`() async throws {
        try await Self.withNetworks(1) { gateway async throws in
            let answer = try await gateway.send("GET", "/v2.0/networks?marker=\(Self.id(7))")
            #expect(answer.status == 404)
            #expect(answer.errorType == "NetworkNotFound")
        }
    }

    @Test func `a list longer than a service's page is put together from several`() async throws {
        var settings = RESTApplication.Settings()
        settings.pageSize = 3
        try await Self.withNetworks(8, settings: settings) { gateway async throws in
            #expect(try Self.names(try await gateway.send("GET", "/v2.0/networks")).count == 8)
            #expect(gateway.cloud.networks.seenQueries.map(\.pageSize) == [3, 3, 3])
            let limited = try await gateway.send("GET", "/v2.0/networks?limit=4")
            #expect(try Self.names(limited) == ["n0", "n1", "n2", "n3"])
        }
    }

    @Test func `the server's bound on a page has links too`() async throws {
        var settings = RESTApplication.Settings()
        settings.greatestLimit = 2
        try await Self.withNetworks(3, settings: settings) { gateway async throws in
            let answer = try await gateway.send("GET", "/v2.0/networks")
            #expect(try Self.names(answer) == ["n0", "n1"])
            #expect(try answer.json["networks_links"]?.array.count == 2)
        }
    }

    @Test func `what cannot be asked for is refused`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            for query in ["nonsense=1", "limit=-1", "sort_key=name", "shared=perhaps"] {
                #expect(try await gateway.send("GET", "/v2.0/networks?\(query)").status == 400, "\(query)")
            }
        }
    }

    @Test func `fields choose members of an item too`() async throws {
        try await Self.withNetworks(1) { gateway async throws in
            let answer = try await gateway.send("GET", "/v2.0/networks/\(Self.id(0))?fields=name&fields=mtu")
            #expect(answer.text == #"{"network":{"name":"n0","mtu":0}}"#)
        }
    }
}

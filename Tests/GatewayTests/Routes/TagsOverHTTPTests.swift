import Contracts
import SwiftProtobuf
import Testing

@testable import Gateway

@Suite struct TagsOverHTTPTests {
    private static let id = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"
    private static let collections = ["networks", "subnets", "ports", "routers", "floatingips"]

    private static func withEverything(
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.networks.put(.with { $0.id = id })
            gateway.cloud.subnets.put(.with { $0.id = id })
            gateway.cloud.ports.put(.with { $0.id = id })
            gateway.cloud.routers.put(.with { $0.id = id })
            gateway.cloud.floatingIPs.put(.with { $0.id = id })
            try await body(gateway)
        }
    }

    @Test(arguments: collections) func `tags are replaced, added, asked for and removed`(
        collection: String
    ) async throws {
        try await Self.withEverything { gateway async throws in
            let path = "/v2.0/\(collection)/\(Self.id)/tags"
            let replaced = try await gateway.send("PUT", path, body: #"{"tags":["a","b"]}"#)
            #expect(replaced.status == 200)
            #expect(replaced.text == #"{"tags":["a","b"]}"#)
            let added = try await gateway.send("POST", path, body: #"{"tags":["b","c"]}"#)
            #expect(added.status == 200)
            #expect(added.text == #"{"tags":["b","c"]}"#)
            for _ in 0..<2 {
                let put = try await gateway.send("PUT", path + "/d%20%2F")
                #expect(put.status == 201)
                #expect(put.body.isEmpty)
            }
            #expect(try await gateway.send("GET", path).text == #"{"tags":["a","b","c","d /"]}"#)
            #expect(try await gateway.send("GET", path + "/a").status == 204)
            #expect(try await gateway.send("DELETE", path + "/a").status == 204)
            for method in ["GET", "DELETE"] {
                let gone = try await gateway.send(method, path + "/a")
                #expect(gone.status == 404)
                #expect(gone.errorType == "TagNotFound")
            }
            #expect(try await gateway.send("DELETE", path).status == 204)
            #expect(try await gateway.send("GET", path).text == #"{"tags":[]}"#)
        }
    }

    @Test func `tags of what is not there are not found`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            for method in ["GET", "DELETE"] {
                let answer = try await gateway.send(method, "/v2.0/routers/\(Self.id)/tags")
                #expect(answer.errorType == "RouterNotFound")
            }
            #expect(try await gateway.send("PUT", "/v2.0/ports/no-id/tags/a").errorType == "PortNotFound")
        }
    }

    @Test(arguments: [
        #"{"tags":["a","a"]}"#, #"{"tags":[1]}"#, #"{"tags":"a"}"#, #"{"tags":null}"#,
        #"{"tags":["\#(String(repeating: "x", count: 256))"]}"#,
        #"{"tags":[\#((0...50).map { "\"\($0)\"" }.joined(separator: ","))]}"#,
    ])
    func `tags that are none are refused`(body: String) async throws {
        try await Self.withEverything { gateway async throws in
            let answer = try await gateway.send("PUT", "/v2.0/routers/\(Self.id)/tags", body: body)
            #expect(answer.status == 400)
            #expect(answer.errorType == "InvalidInput")
        }
    }
}

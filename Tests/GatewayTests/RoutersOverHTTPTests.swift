import Contracts
import Testing

@testable import Gateway

@Suite struct RoutersOverHTTPTests {
    @Test func `a router is created, shown, changed and deleted`() async throws {
        try await GatewayUnderTest.run { gateway in
            let made = try await gateway.send("POST", "/v2.0/routers", body: #"{"router":{"name":"r1"}}"#)
            #expect(made.status == 201)
            let id = try #require(try made.json["router"]?["id"]?.string)
            let shown = try await gateway.send("GET", "/v2.0/routers/\(id)")
            #expect(shown.status == 200)
            #expect(shown.body == made.body)
            let changed = try await gateway.send("PUT", "/v2.0/routers/\(id)", body: #"{"router":{"name":"r2"}}"#)
            #expect(changed.status == 200)
            #expect(try changed.json["router"]?["name"] == "r2")
            #expect(try changed.json["router"]?["revision_number"] == 2)
            #expect(try await gateway.send("DELETE", "/v2.0/routers/\(id)").status == 204)
            let gone = try await gateway.send("GET", "/v2.0/routers/\(id)")
            #expect(gone.status == 404)
            #expect(gone.errorType == "RouterNotFound")
        }
    }
}

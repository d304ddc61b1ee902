import Contracts
import ResourceModel
import Testing

@testable import Gateway

@Suite struct NDPProxiesOverHTTPTests {
    private static let router = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"
    private static let port = "5ad1b9c0-1d60-4b0f-8f45-7c1b0a6a1d11"
    private static let member = ["X-Project-Id": "p1", "X-Roles": "member"]

    private static func make(_ gateway: GatewayUnderTest, _ more: String = "") async throws -> HTTPAnswer {
        let body = #"{"ndp_proxy":{"router_id":"\#(router)","port_id":"\#(port)"\#(more)}}"#
        return try await gateway.send("POST", "/v2.0/ndp_proxies", headers: member, body: body)
    }

    @Test func `a proxy is made, shown, changed under a condition and removed`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let made = try await Self.make(gateway, #","ip_address":"2001:DB8::5","name":"web""#)
            #expect(made.status == 201)
            let object = try #require(try made.json["ndp_proxy"])
            #expect(object["ip_address"] == "2001:db8::5" && object["project_id"] == "p1" && object["tags"] == nil)
            #expect(object["revision_number"] == 1 && object["created_at"]?.string != nil)
            let path = "/v2.0/ndp-proxies/\(object["id"]?.string ?? "")"
            #expect(try await gateway.send("GET", path, headers: Self.member).body == made.body)
            let body = #"{"ndp_proxy":{"name":"new"}}"#
            let stale = try await gateway.send("PUT", path, headers: ["If-Match": "revision_number=7"], body: body)
            #expect(stale.errorType == "RevisionNumberConstraintFailed")
            let changed = try await gateway.send("PUT", path, headers: ["If-Match": "revision_number=1"], body: body)
            #expect(try changed.json["ndp_proxy"]?["name"] == "new")
            #expect(try await gateway.send("GET", path + "/tags").status == 404)
            #expect(try await gateway.send("DELETE", path, headers: Self.member).status == 204)
            #expect(try await gateway.send("GET", path).errorType == "NDPProxyNotFound")
        }
    }

    @Test(arguments: [#","ip_address":"x""#, #","nonsense":1"#, #","tags":[]"#, #","name":null"#])
    func `a proxy that cannot be is refused`(more: String) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            #expect(try await Self.make(gateway, more).status == 400)
        }
    }

    @Test(arguments: ["router_id", "port_id", "ip_address"]) func `where a proxy is does not change`(
        name: String
    ) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let id = try await Self.make(gateway).json["ndp_proxy"]?["id"]?.string ?? ""
            let body = #"{"ndp_proxy":{"\#(name)":"\#(Self.port)"}}"#
            #expect(try await gateway.send("PUT", "/v2.0/ndp_proxies/\(id)", body: body).status == 400)
        }
    }

    @Test(arguments: [
        (ErrorReason.portUnreachableRouter, "PortUnreachableRouter", 409),
        (.routerNDPProxyNotEnable, "RouterNDPProxyNotEnable", 409),
        (.addressScopeConflict, "AddressScopeConflict", 409), (.invalidAddress, "InvalidAddress", 400),
    ]) func `refusals have Neutron's names`(reason: ErrorReason, name: String, status: Int) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.refuse(with: Refusal(reason, "no"))
            let answer = try await Self.make(gateway)
            #expect(answer.status == status)
            #expect(answer.errorType == name)
        }
    }

    @Test func `proxies are filtered by router, port and address`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let order = "sort_key=name&sort_dir=asc"
            let query = "router_id=\(Self.router)&port_id=\(Self.port)&ip_address=2001:DB8::5&\(order)"
            let answer = try await gateway.send("GET", "/v2.0/ndp_proxies?\(query)")
            #expect(answer.text == #"{"ndp_proxies":[]}"#)
            let sent = try #require(gateway.cloud.ndpProxies.seenQueries.last)
            #expect(sent.filters.map(\.field) == ["router_id", "port_id", "ip_address"])
            #expect(sent.filters.last?.values == ["2001:db8::5"])
        }
    }
}

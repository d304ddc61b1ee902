import Synchronization
import Testing

@testable import Gateway

@Suite struct QuotasOverHTTPTests {
    private static let member = ["X-Project-Id": "p1", "X-Roles": "member"]
    private static let other = ["X-Project-Id": "p2", "X-Roles": "member"]

    private func put(_ gateway: GatewayUnderTest, _ limits: String) async throws -> HTTPAnswer {
        try await gateway.send("PUT", "/v2.0/quotas/p1", body: #"{"quota":\#(limits)}"#)
    }

    @Test func `a project's limits come from all services, the defaults filled in`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let expected: JSONValue = [
                "network": 100, "port": 500, "router": 10, "router_route": 30, "floatingip": 50,
            ]
            for path in ["/v2.0/quotas/p1", "/v2.0/quotas/p1/default", "/v2.0/quotas/p1.json"] {
                #expect(try await gateway.send("GET", path, headers: Self.member).json["quota"] == expected)
            }
        }
    }

    @Test func `details tell what is used and reserved`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.usage.withLock { $0["p1"] = ["router": 3] }
            for path in ["/v2.0/quotas/p1/details", "/v2.0/quotas/p1/details.json"] {
                let answer = try await gateway.send("GET", path, headers: Self.member)
                #expect(try answer.json["quota"]?["router"] == ["limit": 10, "used": 3, "reserved": 0])
                #expect(try answer.json["quota"]?["floatingip"] == ["limit": 50, "used": 0, "reserved": 0])
            }
        }
    }

    @Test(arguments: ["/v2.0/quotas/p1", "/v2.0/quotas/p1/default", "/v2.0/quotas/p1/details", "/v2.0/quotas"])
    func `limits of others are for administrators`(path: String) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try await gateway.send("GET", path, headers: Self.other)
            #expect(answer.status == 403)
            #expect(answer.errorType == "PolicyNotAuthorized")
            #expect(try await gateway.send("GET", path).status == 200)
        }
    }

    @Test func `callers are told which project is theirs`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let tenant = try await gateway.send("GET", "/v2.0/quotas/tenant", headers: Self.member)
            #expect(tenant.text == #"{"tenant":{"tenant_id":"p1"}}"#)
            let project = try await gateway.send("GET", "/v2.0/quotas/project", headers: Self.member)
            #expect(project.text == #"{"project":{"project_id":"p1"}}"#)
        }
    }

    @Test func `limits are set in whichever service knows them, listed, and taken back`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            #expect(try await gateway.send("GET", "/v2.0/quotas").text == #"{"quotas":[]}"#)
            let set = try await put(gateway, #"{"router":"5","floatingip":-1}"#)
            #expect(set.status == 200)
            #expect(try set.json["quota"]?["router"] == 5)
            #expect(try set.json["quota"]?["floatingip"] == -1)
            #expect(try set.json["quota"]?["network"] == 100)
            let list = try await gateway.send("GET", "/v2.0/quotas").json["quotas"]?.array ?? []
            #expect(list.count == 1)
            #expect(list.first?["project_id"] == "p1" && list.first?["tenant_id"] == "p1")
            #expect(list.first?["router"] == 5 && list.first?["network"] == 100)
            #expect(try await gateway.send("DELETE", "/v2.0/quotas/p1").status == 204)
            let gone = try await gateway.send("DELETE", "/v2.0/quotas/p1")
            #expect(gone.status == 404)
            #expect(gone.errorType == "TenantQuotaNotFound")
            #expect(try await gateway.send("GET", "/v2.0/quotas/p1").json["quota"]?["router"] == 10)
        }
    }

    @Test(arguments: [
        #"{"router":-2}"#, #"{"router":"many"}"#, #"{"router":null}"#, #"{"router":1.5}"#, #"{"nonsense":5}"#,
        #"{"router":3000000000}"#, #"{"router":5,"force":"perhaps"}"#, #"{"router":5,"nonsense":5}"#, "[]", "5",
    ]) func `limits that cannot be are refused, and none is set`(limits: String) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            #expect(try await put(gateway, limits).status == 400)
            #expect(gateway.cloud.limits.withLock { $0.isEmpty })
        }
    }

    @Test func `a limit below what is used is refused in whole, unless it is forced`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.usage.withLock { $0["p1"] = ["floatingip": 3] }
            let refused = try await put(gateway, #"{"router":5,"floatingip":2,"check_limit":true}"#)
            #expect(refused.status == 400)
            #expect(gateway.cloud.limits.withLock { $0.isEmpty })
            #expect(try await put(gateway, #"{"floatingip":3}"#).status == 200)
            #expect(try await put(gateway, #"{"floatingip":-1}"#).status == 200)
            let forced = try await put(gateway, #"{"floatingip":2,"force":true}"#)
            #expect(try forced.json["quota"]?["floatingip"] == 2)
        }
    }

    @Test func `a service that goes away amid a change is told, and the change said again is whole`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.kindsAway.withLock { $0 = ["router"] }
            let wanted = #"{"network":7,"router":5,"floatingip":6}"#
            let answer = try await put(gateway, wanted)
            #expect(answer.status == 503 && answer.errorType == "ServiceUnavailable")
            #expect(gateway.cloud.limits.withLock { $0["p1"] } == ["network": 7])
            gateway.cloud.kindsAway.withLock { $0 = [] }
            #expect(try await put(gateway, wanted).status == 200)
            #expect(gateway.cloud.limits.withLock { $0["p1"] } == ["network": 7, "router": 5, "floatingip": 6])
        }
    }

    @Test func `only administrators set limits and take them back`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let body = #"{"quota":{"router":100}}"#
            let set = try await gateway.send("PUT", "/v2.0/quotas/p1", headers: Self.member, body: body)
            #expect(set.errorType == "PolicyNotAuthorized")
            let reset = try await gateway.send("DELETE", "/v2.0/quotas/p1", headers: Self.member)
            #expect(reset.errorType == "PolicyNotAuthorized")
        }
    }

    @Test(arguments: [
        ("POST", "/v2.0/quotas", 405), ("POST", "/v2.0/quotas/p1", 405), ("PUT", "/v2.0/quotas/p1/details", 405),
        ("GET", "/v2.0/quotas/p1/nonsense", 404), ("GET", "/v2.0/quotas/p1/tags", 404),
        ("GET", "/v2.0/quotas/%00", 400),
    ]) func `nothing else can be done with limits`(method: String, path: String, status: Int) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            #expect(try await gateway.send(method, path).status == status)
        }
    }
}

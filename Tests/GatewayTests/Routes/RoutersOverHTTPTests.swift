import Contracts
import ResourceModel
import SwiftProtobuf
import Testing

@testable import Gateway

@Suite struct RoutersOverHTTPTests {
    private static let id = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"
    private static let member = ["X-Project-Id": "p1", "X-Roles": "member"]

    private static func withRouter(
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.routers.put(
                .with {
                    $0.id = id
                    $0.projectID = "p1"
                    $0.name = "r1"
                    $0.revisionNumber = 4
                }
            )
            try await body(gateway)
        }
    }

    @Test func `a router is created, shown, changed and deleted`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
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
            let deleted = try await gateway.send("DELETE", "/v2.0/routers/\(id)")
            #expect(deleted.status == 204)
            #expect(deleted.body.isEmpty)
            let gone = try await gateway.send("GET", "/v2.0/routers/\(id)")
            #expect(gone.status == 404)
            #expect(gone.errorType == "RouterNotFound")
        }
    }

    @Test func `a member's router belongs to its project and hides what administrators see`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let made = try await gateway.send(
                "POST",
                "/v2.0/routers",
                headers: Self.member,
                body: #"{"router":{}}"#
            )
            #expect(try made.json["router"]?["project_id"] == "p1")
            #expect(try made.json["router"]?["tenant_id"] == "p1")
            #expect(try made.json["router"]?["distributed"] == nil)
            #expect(gateway.cloud.seenContexts.last?.roles == [.member, .reader])
        }
    }

    @Test(arguments: ["GET", "PUT", "DELETE"]) func `what is no id is not found`(method: String) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let body = method == "PUT" ? #"{"router":{}}"# : nil
            let answer = try await gateway.send(method, "/v2.0/routers/my-router", body: body)
            #expect(answer.status == 404)
            #expect(answer.errorType == "RouterNotFound")
        }
    }

    @Test func `another project's router is not found, whatever is done with it`() async throws {
        try await Self.withRouter { gateway async throws in
            let other = ["X-Project-Id": "p2", "X-Roles": "member"]
            let path = "/v2.0/routers/\(Self.id)"
            #expect(try await gateway.send("GET", path, headers: other).errorType == "RouterNotFound")
            #expect(try await gateway.send("DELETE", path, headers: other).errorType == "RouterNotFound")
            for body in [#"{"router":{"name":"x"}}"#, #"{"router":{"distributed":true}}"#] {
                let answer = try await gateway.send("PUT", path, headers: other, body: body)
                #expect(answer.status == 404)
                #expect(answer.errorType == "RouterNotFound")
            }
        }
    }

    @Test func `what may be seen but not done is forbidden`() async throws {
        try await Self.withRouter { gateway async throws in
            let path = "/v2.0/routers/\(Self.id)"
            let reader = ["X-Project-Id": "p1", "X-Roles": "reader"]
            let name = #"{"router":{"name":"x"}}"#
            for (headers, method, body) in [
                (reader, "PUT", name), (reader, "DELETE", nil), (Self.member, "PUT", #"{"router":{"ha":false}}"#),
            ] as [([String: String], String, String?)] {
                let answer = try await gateway.send(method, path, headers: headers, body: body)
                #expect(answer.status == 403)
                #expect(answer.errorType == "PolicyNotAuthorized")
            }
            let made = try await gateway.send("POST", "/v2.0/routers", headers: reader, body: name)
            #expect(made.status == 403)
        }
    }

    @Test(arguments: [
        ("", "HTTPBadRequest"), ("{", "MalformedRequestBody"), ("[]", "MalformedRequestBody"), ("{}", "HTTPBadRequest"),
        (#"{"router":{"nonsense":1}}"#, "HTTPBadRequest"), (#"{"router":{"routes":[]}}"#, "HTTPBadRequest"),
        (#"{"router":{"name":"a","name":"b"}}"#, "MalformedRequestBody"),
        (#"{"router":{"admin_state_up":"maybe"}}"#, "InvalidInput"), (#"{"router":{"name":null}}"#, "HTTPBadRequest"),
        (#"{"routers":[{"name":"a"}]}"#, "HTTPBadRequest"),
    ])
    func `a body that is wrong is refused and nothing is made`(body: String, type: String) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try await gateway.send("POST", "/v2.0/routers", body: body)
            #expect(answer.status == 400)
            #expect(answer.errorType == type)
            #expect(gateway.cloud.routers.all.isEmpty)
        }
    }

    @Test func `a DELETE with a body is refused`() async throws {
        try await Self.withRouter { gateway async throws in
            let answer = try await gateway.send("DELETE", "/v2.0/routers/\(Self.id)", body: "{}")
            #expect(answer.status == 400)
            #expect(gateway.cloud.routers.all.count == 1)
        }
    }

    @Test func `a condition on the revision holds or refuses`() async throws {
        try await Self.withRouter { gateway async throws in
            let path = "/v2.0/routers/\(Self.id)"
            let body = #"{"router":{"name":"x"}}"#
            func put(_ condition: String) async throws -> HTTPAnswer {
                try await gateway.send("PUT", path, headers: ["If-Match": condition], body: body)
            }
            for stale in ["revision_number=3", "revision_number=0"] {
                let answer = try await put(stale)
                #expect(answer.status == 412)
                #expect(answer.errorType == "RevisionNumberConstraintFailed")
            }
            #expect(try await put("revision_number=many").errorType == "BadRequest")
            #expect(try await put("revision_number=4").status == 200)
            let deletion = try await gateway.send("DELETE", path, headers: ["If-Match": "revision_number=4"])
            #expect(deletion.status == 412)
            #expect(try await gateway.send("GET", path, headers: ["If-Match": "revision_number=1"]).status == 200)
        }
    }

    @Test func `an update without attributes shows the router as it is`() async throws {
        try await Self.withRouter { gateway async throws in
            let answer = try await gateway.send("PUT", "/v2.0/routers/\(Self.id)", body: #"{"router":{}}"#)
            #expect(answer.status == 200)
            #expect(try answer.json["router"]?["revision_number"] == 4)
        }
    }

    @Test func `an interface is added and removed with a bare body`() async throws {
        try await Self.withRouter { gateway async throws in
            for action in ["add_router_interface", "remove_router_interface"] {
                let answer = try await gateway.send(
                    "PUT",
                    "/v2.0/routers/\(Self.id)/\(action)",
                    body: #"{"subnet_id":"\#(Self.id)","x":1}"#
                )
                #expect(answer.status == 200)
                let body =
                    #"{"id":"\#(Self.id)","tenant_id":"p1","project_id":"p1","port_id":"","network_id":"","#
                    + #""subnet_id":"\#(Self.id)","subnet_ids":["\#(Self.id)"],"tags":[]}"#
                #expect(answer.text == body)
            }
        }
    }

    @Test(arguments: [
        ("add_router_interface", ""), ("add_router_interface", "{}"), ("add_router_interface", #"{"x":1}"#),
        ("add_router_interface", #"{"subnet_id":"no-id"}"#), ("add_router_interface", #"{"port_id":null}"#),
        ("add_router_interface", #"{"subnet_id":"\#(id)","port_id":"\#(id)"}"#), ("remove_router_interface", "[]"),
    ])
    func `an interface without one end is refused`(action: String, body: String) async throws {
        try await Self.withRouter { gateway async throws in
            let answer = try await gateway.send("PUT", "/v2.0/routers/\(Self.id)/\(action)", body: body)
            #expect(answer.status == 400)
            #expect(answer.errorType == "BadRequest")
        }
    }

    @Test func `routes are added and removed one by one`() async throws {
        try await Self.withRouter { gateway async throws in
            let body = #"{"router":{"routes":[{"destination":"10.1.0.0/16","nexthop":"10.0.0.9"}],"name":"ignored"}}"#
            let path = "/v2.0/routers/\(Self.id)"
            let added = try await gateway.send("PUT", path + "/add_extraroutes", body: body)
            #expect(added.status == 200)
            #expect(
                try added.json["router"]?["routes"] == [["destination": "10.1.0.0/16", "nexthop": "10.0.0.9"]]
            )
            let removed = try await gateway.send("PUT", path + "/remove_extraroutes", body: body)
            #expect(try removed.json["router"]?["routes"] == [])
            for wrong in [
                #"{"router":{}}"#, #"{"router":{"routes":1}}"#, "{}",
                #"{"router":{"routes":[{"nexthop":"10.0.0.1"}]}}"#,
            ] {
                #expect(try await gateway.send("PUT", path + "/add_extraroutes", body: wrong).status == 400)
            }
        }
    }
}

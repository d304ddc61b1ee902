import Contracts
import SwiftProtobuf
import Testing

@testable import Gateway

@Suite struct ExternalGatewaysOverHTTPTests {
    private static let id = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"
    private static let one = "5ad1b9c0-1d60-4b0f-8f45-7c1b0a6a1d11"
    private static let two = "6c9b62c5-44c7-4d1b-a9a4-2f3b4f8d0e22"
    private static let member = ["X-Project-Id": "p1", "X-Roles": "member"]

    private static func withRouter(
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.routers.put(
                .with {
                    $0.id = id
                    $0.projectID = "p1"
                }
            )
            try await body(gateway)
        }
    }

    private static func put(
        _ gateway: GatewayUnderTest,
        _ action: String,
        _ gateways: String,
        as headers: [String: String] = [:]
    ) async throws -> HTTPAnswer {
        let path = "/v2.0/routers/\(id)/\(action)_external_gateways"
        let body = #"{"router":{"external_gateways":\#(gateways)}}"#
        return try await gateway.send("PUT", path, headers: headers, body: body)
    }

    @Test func `gateways are added, replaced and removed, and shown without what is not theirs to show`() async throws {
        try await Self.withRouter { gateway async throws in
            let address = #"{"ip_address":"203.0.113.9"}"#
            let fixed = #"[{"network_id":"\#(Self.one)","enable_snat":false,"external_fixed_ips":[\#(address)]}]"#
            let added = try await Self.put(gateway, "add", fixed)
            #expect(added.status == 200)
            let shown: JSONValue = [
                "network_id": .string(Self.one),
                "external_fixed_ips": [["subnet_id": "", "ip_address": "203.0.113.9"]],
            ]
            #expect(try added.json["router"]?["external_gateways"] == [shown])
            let sent = try #require(gateway.cloud.routers.get(Self.id)?.externalGateways.first)
            #expect(sent.hasEnableSnat_p != nil && !sent.enableSnat)
            let other = #"[{"network_id":"\#(Self.two)"}]"#
            let replaced = try await Self.put(gateway, "update", other, as: Self.member)
            #expect(try replaced.json["router"]?["external_gateways"]?[0]?["network_id"]?.string == Self.two)
            #expect(gateway.cloud.routers.get(Self.id)?.externalGateways.first?.hasEnableSnat_p == nil)
            // As the openstack CLI says it, whatever it unsets.
            let none = try await Self.put(gateway, "remove", "{}", as: Self.member)
            #expect(try none.json["router"]?["external_gateways"]?[0]?["network_id"]?.string == Self.two)
            let removed = try await Self.put(gateway, "remove", other, as: Self.member)
            #expect(try removed.json["router"]?["external_gateways"] == [])
        }
    }

    @Test(arguments: [
        #"[{"network_id":"\#(one)","enable_snat":false}]"#,
        #"[{"network_id":"\#(one)"},{"network_id":"\#(two)","external_fixed_ips":[]}]"#,
    ]) func `SNAT and addresses are for administrators, in any of the gateways`(gateways: String) async throws {
        try await Self.withRouter { gateway async throws in
            for action in ["add", "update", "remove"] {
                let answer = try await Self.put(gateway, action, gateways, as: Self.member)
                #expect(answer.errorType == "PolicyNotAuthorized")
                let foreign = ["X-Project-Id": "p2", "X-Roles": "member"]
                #expect(try await Self.put(gateway, action, gateways, as: foreign).errorType == "RouterNotFound")
            }
        }
    }

    @Test(arguments: [
        "null", "{}", #"[{}]"#, #"[{"network_id":"x"}]"#, #"[{"network_id":null}]"#, #"["\#(one)"]"#,
        #"[{"network_id":"\#(one)","nonsense":1}]"#, #"[{"network_id":"\#(one)","external_fixed_ips":{}}]"#,
    ]) func `a list that cannot be is refused`(gateways: String) async throws {
        try await Self.withRouter { gateway async throws in
            #expect(try await Self.put(gateway, "add", gateways).status == 400)
        }
    }

    @Test func `the list must be there, and only PUT is known`() async throws {
        try await Self.withRouter { gateway async throws in
            let path = "/v2.0/routers/\(Self.id)/add_external_gateways"
            #expect(try await gateway.send("PUT", path, body: #"{"router":{}}"#).status == 400)
            #expect(try await gateway.send("PUT", path, body: "{}").status == 400)
            #expect(try await gateway.send("PUT", path).status == 400)
            #expect(try await gateway.send("GET", path).status == 405)
        }
    }

    @Test func `default route attributes are for administrators, null is false`() async throws {
        try await Self.withRouter { gateway async throws in
            let path = "/v2.0/routers/\(Self.id)"
            for name in ["enable_default_route_bfd", "enable_default_route_ecmp"] {
                let body = #"{"router":{"\#(name)":true}}"#
                #expect(try await gateway.send("PUT", path, headers: Self.member, body: body).status == 403)
                #expect(try await gateway.send("PUT", path, body: body).json["router"]?[name] == true)
                let off = try await gateway.send("PUT", path, body: #"{"router":{"\#(name)":null}}"#)
                #expect(try off.json["router"]?[name] == false)
            }
        }
    }
}

import Contracts
import SwiftProtobuf
import Testing

@testable import Gateway

@Suite struct FloatingIPsOverHTTPTests {
    private static let id = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"

    @Test func `an update of nothing disassociates`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.floatingIPs.put(
                .with {
                    $0.id = Self.id
                    $0.portID = Self.id
                    $0.description_p = "kept"
                }
            )
            let answer = try await gateway.send(
                "PUT",
                "/v2.0/floatingips/\(Self.id)",
                body: #"{"floatingip":{}}"#
            )
            #expect(answer.status == 200)
            #expect(try answer.json["floatingip"]?["port_id"] == .null)
            #expect(try answer.json["floatingip"]?["description"] == "kept")
        }
    }

    @Test func `a member may not choose the address and a manager may`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let body =
                #"{"floatingip":{"floating_network_id":"\#(Self.id)","floating_ip_address":"203.0.113.7"}}"#
            func post(_ role: String) async throws -> Int {
                try await gateway.send(
                    "POST",
                    "/v2.0/floatingips",
                    headers: ["X-Project-Id": "p", "X-Roles": role],
                    body: body
                ).status
            }
            #expect(try await post("member") == 403)
            #expect(try await post("manager") == 201)
        }
    }
}

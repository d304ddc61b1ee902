import Contracts
import ResourceModel
import SwiftProtobuf
import Testing

@testable import Gateway

@Suite struct CoreOverHTTPTests {
    private static let id = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"

    @Test func `networks are made in bulk, all with ids of their own`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try await gateway.send(
                "POST",
                "/v2.0/networks.json",
                body: #"{"networks":[{"name":"a"},{"name":"b","tags":["t"]}]}"#
            )
            #expect(answer.status == 201)
            let made = try answer.json["networks"]?.array ?? []
            #expect(made.map { $0["name"]?.string } == ["a", "b"])
            #expect(Set(made.map { $0["id"]?.string }).count == 2)
            #expect(made[1]["tags"] == ["t"])
        }
    }

    @Test func `zones that networks are to be in must be there`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let path = "/v2.0/networks"
            let made = try await gateway.send("POST", path, body: #"{"network":{"availability_zone_hints":["nova"]}}"#)
            #expect(made.status == 201)
            let several = #"{"networks":[{},{"availability_zone_hints":["nova","mars"]}]}"#
            let refused = try await gateway.send("POST", path, body: several)
            #expect(refused.status == 404 && refused.errorType == "AvailabilityZoneNotFound")
            #expect(gateway.cloud.networks.all.count == 1)
        }
    }

    @Test func `one wrong element keeps the others from being made`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try await gateway.send(
                "POST",
                "/v2.0/networks",
                body: #"{"networks":[{"name":"a"},{"mtu":"x"}]}"#
            )
            #expect(answer.status == 400)
            #expect(gateway.cloud.networks.all.isEmpty)
            #expect(gateway.cloud.seenContexts.isEmpty)
        }
    }

    @Test(arguments: [
        ("subnets", #"{"subnets":[{"network_id":"\#(id)","ip_version":4,"cidr":"10.0.0.0/24"}]}"#),
        ("ports", #"{"ports":[{"network_id":"\#(id)","fixed_ips":[{"ip_address":"10.0.0.5"}],"tags":["a"]}]}"#),
    ])
    func `subnets and ports are made in bulk`(collection: String, body: String) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try await gateway.send("POST", "/v2.0/\(collection)", body: body)
            #expect(answer.status == 201)
            #expect(try answer.json[collection]?.array.count == 1)
        }
    }

    @Test func `a subnet's gateway can be taken away`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.subnets.put(
                .with {
                    $0.id = Self.id
                    $0.gatewayIp = "10.0.0.1"
                }
            )
            let answer = try await gateway.send(
                "PUT",
                "/v2.0/subnets/\(Self.id)",
                body: #"{"subnet":{"gateway_ip":null}}"#
            )
            #expect(answer.status == 200)
            #expect(try answer.json["subnet"]?["gateway_ip"] == .null)
        }
    }

    @Test func `an external network is found by its flag`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            _ = try await gateway.send("GET", "/v2.0/networks?name=public&router:external=True")
            let query = try #require(gateway.cloud.networks.seenQueries.last)
            #expect(query.filters.map(\.field) == ["name", "router_external"])
            #expect(query.filters.map(\.values) == [["public"], ["true"]])
        }
    }

    @Test func `a service's refusal is told with Neutron's type and the service's words`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.refuse(with: Refusal(.macAddressInUse, "fa:16:3e:00:00:01 is taken"))
            let answer = try await gateway.send(
                "POST",
                "/v2.0/ports",
                body: #"{"port":{"network_id":"\#(Self.id)"}}"#
            )
            #expect(answer.status == 409)
            #expect(answer.errorType == "MacAddressInUse")
            #expect(answer.errorMessage == "fa:16:3e:00:00:01 is taken")
        }
    }

    @Test func `a create is asked for again with the same id when the service was away`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.refuse(with: Refusal(.serviceUnavailable, "away"))
            let answer = try await gateway.send("POST", "/v2.0/networks", body: #"{"network":{}}"#)
            #expect(answer.status == 201)
            #expect(gateway.cloud.networks.all.count == 1)
            #expect(gateway.cloud.seenContexts.count == 2)
        }
    }

    @Test func `a service that stays away is unavailable and says so`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let away = Refusal(.serviceUnavailable, "the database cannot be reached")
            gateway.cloud.refuse(with: away, away, away)
            let answer = try await gateway.send("GET", "/v2.0/networks")
            #expect(answer.status == 503)
            #expect(answer.errorType == "ServiceUnavailable")
            #expect(answer.errorMessage == "FakeCloud is unavailable: the database cannot be reached")
        }
    }

    @Test func `a delete is sent once`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.refuse(with: Refusal(.serviceUnavailable, "away"))
            #expect(try await gateway.send("DELETE", "/v2.0/networks/\(Self.id)").status == 503)
            #expect(gateway.cloud.seenContexts.count == 1)
        }
    }

    @Test func `a defect behind is told without its details`() async throws {
        struct Defect: Error {}
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.refuse(with: Defect())
            let answer = try await gateway.send("GET", "/v2.0/networks")
            #expect(answer.status == 500)
            #expect(answer.errorType == "HTTPInternalServerError")
            #expect(!answer.text.contains("Defect"))
        }
    }
}

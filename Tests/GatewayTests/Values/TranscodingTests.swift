import Contracts
import ResourceModel
import SwiftProtobuf
import Testing

@testable import Gateway

@Suite struct EncodingTests {
    private static let id = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"

    /// The message that the attributes of a body become.
    private func message<M: Message>(
        _ body: String,
        of resource: Resource,
        create: Bool = true,
        as _: M.Type = M.self
    ) throws -> M {
        guard case .object(let given) = try JSONReader.read(Array(body.utf8)) else { throw WireError() }
        let admin = RequestContext(projectID: "admin", roles: [.admin], requestID: "req")
        let check = WriteCheck(resource: resource, isCreate: create, context: admin)
        let bytes = try ResourceCodec(resource).object(id: Self.id, try check.converted(given), isCreate: create)
        return try M(serializedBytes: bytes)
    }

    @Test func `a router's attributes become its fields`() throws {
        let router: L3_Router_V1_Router = try message(
            """
            {"name":"é","admin_state_up":"no","tags":["a","b"],"tenant_id":"p2","distributed":null,"external_gateway_info":
            {"network_id":"\(Self.id)","enable_snat":false,"external_fixed_ips":[{"ip_address":"203.0.113.9"},{}]}}
            """,
            of: .router
        )
        let expected = L3_Router_V1_Router.with {
            $0.id = Self.id
            $0.name = "é"
            $0.adminStateUp = false
            $0.tags = ["a", "b"]
            $0.projectID = "p2"
            $0.externalGatewayInfo = .with {
                $0.networkID = Self.id
                $0.enableSnat = false
                $0.externalFixedIps = [.with { $0.ipAddress = "203.0.113.9" }, .init()]
            }
        }
        #expect(router == expected)
        #expect(router.hasAdminStateUp_p != nil)
    }

    @Test func `what was not given has no presence`() throws {
        let router: L3_Router_V1_Router = try message(#"{"name":"a"}"#, of: .router)
        #expect(router.hasAdminStateUp_p == nil)
        #expect(!router.hasExternalGatewayInfo)
    }

    @Test(arguments: ["null", "{}"]) func `no gateway is an absent message`(value: String) throws {
        let router: L3_Router_V1_Router = try message(
            #"{"external_gateway_info":\#(value)}"#,
            of: .router,
            create: false
        )
        #expect(!router.hasExternalGatewayInfo)
    }

    @Test func `a gateway address of null is present and empty`() throws {
        let body = #"{"network_id":"\#(Self.id)","ip_version":4,"cidr":"10.0.0.0/24","gateway_ip":null}"#
        let subnet: L3_Network_V1_Subnet = try message(body, of: .subnet)
        #expect(subnet.hasGatewayIp_p != nil)
        #expect(subnet.gatewayIp == "")
        #expect(subnet.ipVersion == 4)
        let silent: L3_Network_V1_Subnet = try message(
            #"{"network_id":"\#(Self.id)","ip_version":"4","cidr":"10.0.0.0/24"}"#,
            of: .subnet
        )
        #expect(silent.hasGatewayIp_p == nil)
    }

    @Test func `a list that was given empty is told from one that was not given`() throws {
        let given: L3_Network_V1_Port = try message(#"{"network_id":"\#(Self.id)","fixed_ips":[]}"#, of: .port)
        #expect(given.fixedIpsGiven)
        let silent: L3_Network_V1_Port = try message(#"{"network_id":"\#(Self.id)"}"#, of: .port)
        #expect(!silent.fixedIpsGiven)
    }

    @Test func `big integers keep their value`() throws {
        let network: L3_Network_V1_Network = try message(#"{"provider:segmentation_id":4294967295}"#, of: .network)
        #expect(network.providerSegmentationID == 4_294_967_295)
    }

    @Test func `an update carries mask, revision and tags`() throws {
        let codec = try ResourceCodec(.network)
        let attributes = JSONObject(["router:external": true, "name": "n"])
        let call = codec.calls.update(
            .init(
                object: codec.object(id: Self.id, attributes, isCreate: false),
                mask: codec.mask(attributes),
                expectedRevision: 7,
                addedTags: ["a"],
                removedTags: ["b"]
            )
        )
        let request = try L3_Network_V1_UpdateNetworkRequest(serializedBytes: call.request)
        #expect(request.updateMask.paths == ["router_external", "name"])
        #expect(request.expectedRevisionNumber == 7)
        #expect(request.addTags == ["a"])
        #expect(request.removeTags == ["b"])
        #expect(request.network.routerExternal)
        #expect(call.method.name == "UpdateNetwork")
        #expect(!call.method.isRepeatable)
    }

    @Test func `a query arrives as it was`() throws {
        let query = ListQuery(
            filters: [.init("name", ["a", ""])],
            sort: [.init("name", descending: true), .init("id")],
            limit: 5,
            marker: Self.id,
            reverse: true
        )
        let call = try ResourceCodec(.router).calls.list(query)
        let request = try L3_Router_V1_ListRoutersRequest(serializedBytes: call.request)
        #expect(request.query.filters.map(\.field) == ["name"])
        #expect(request.query.filters.map(\.values) == [["a", ""]])
        #expect(request.query.sort.map(\.field) == ["name", "id"])
        #expect(request.query.sort.map(\.descending) == [true, false])
        #expect(request.query.pageSize == 5)
        #expect(request.query.pageToken == Self.id)
        #expect(request.query.reverse)
    }
}

@Suite struct RenderingTests {
    private static let admin = RequestContext(projectID: "admin", roles: [.admin], requestID: "req")
    private static let member = RequestContext(projectID: "p1", roles: [.member], requestID: "req")

    private func json(
        _ message: some Message,
        of resource: Resource,
        for context: RequestContext = member,
        fields: Set<String>? = nil
    ) throws -> String {
        let view = try ResourceCodec(resource).view(for: context, fields: fields)
        return String(decoding: try view.json(try message.serializedBytes(), under: nil), as: UTF8.self)
    }

    @Test func `an empty router shows every member a project sees, null where there is none`() throws {
        let text = """
            {"id":"","name":"","tenant_id":"","project_id":"","admin_state_up":false,"status":"",\
            "external_gateway_info":null,"routes":[],"flavor_id":null,"enable_ndp_proxy":false,\
            "enable_default_route_bfd":false,"enable_default_route_ecmp":false,"external_gateways":[],\
            "availability_zone_hints":[],"availability_zones":[],"conntrack_helpers":[],"description":"","tags":[],"created_at":null,"updated_at":null,"revision_number":0}
            """
        #expect(try json(L3_Router_V1_Router(), of: .router) == text)
    }

    private static let router = L3_Router_V1_Router.with {
        $0.id = "r"
        $0.projectID = "p"
        $0.name = "a\"b"
        $0.adminStateUp = true
        $0.status = "ACTIVE"
        $0.revisionNumber = 3
        $0.createdAt = .with { $0.seconds = 1_795_448_195 }
        $0.externalGatewayInfo = .with {
            $0.networkID = "n"
            $0.enableSnat = true
            $0.externalFixedIps = [
                .with {
                    $0.subnetID = "s"
                    $0.ipAddress = "203.0.113.2"
                }
            ]
        }
        $0.routes = [
            .with {
                $0.destination = "10.1.0.0/16"
                $0.nexthop = "10.0.0.9"
            }, .init(),
        ]
        $0.statusReason = "not shown"
    }

    @Test func `a router is shown to the digit`() throws {
        let text = """
            {"id":"r","name":"a\\"b","tenant_id":"p","project_id":"p","admin_state_up":true,"status":"ACTIVE",\
            "external_gateway_info":{"network_id":"n","external_fixed_ips":[{"subnet_id":"s","ip_address":"203.0.113.2"}],\
            "enable_snat":true},"routes":[{"destination":"10.1.0.0/16","nexthop":"10.0.0.9"},\
            {"destination":"","nexthop":""}],"flavor_id":null,"enable_ndp_proxy":false,"enable_default_route_bfd":false,\
            "enable_default_route_ecmp":false,"external_gateways":[],"availability_zone_hints":[],\
            "availability_zones":[],"conntrack_helpers":[],"description":"",\
            "tags":[],"created_at":"2026-11-23T15:36:35Z","updated_at":null,"revision_number":3}
            """
        #expect(try json(Self.router, of: .router) == text)
    }

    @Test func `administrators see more`() throws {
        #expect(try json(Self.router, of: .router, for: Self.admin).contains(#""distributed":false,"ha":false"#))
        #expect(!(try json(Self.router, of: .router).contains("distributed")))
        let network = L3_Network_V1_Network.with { $0.providerNetworkType = "flat" }
        let shown = try json(network, of: .network, for: Self.admin)
        #expect(shown.contains(#""provider:network_type":"flat","provider:physical_network":null"#))
        #expect(!(try json(network, of: .network).contains("provider:")))
    }

    @Test func `fields choose members, and unknown ones choose nothing`() throws {
        #expect(try json(Self.router, of: .router, fields: ["id", "status"]) == #"{"id":"r","status":"ACTIVE"}"#)
        #expect(try json(Self.router, of: .router, fields: ["zzz"]) == "{}")
        #expect(try json(Self.router, of: .router, fields: ["distributed"]) == "{}")
    }

    @Test func `a floating IP shows null for what it lacks and never its subnet`() throws {
        let text = try json(L3_Floatingip_V1_FloatingIP.with { $0.subnetID = "s" }, of: .floatingIP)
        for name in ["port_id", "fixed_ip_address", "router_id", "port_details"] {
            #expect(text.contains("\"\(name)\":null"), "\(name)")
        }
        #expect(!text.contains("\"subnet_id\""))
    }

    @Test func `a port's profile is embedded as the JSON that it is`() throws {
        let port = L3_Network_V1_Port.with { $0.bindingProfile = #"{"a":[1]}"# }
        let text = try json(port, of: .port, for: Self.admin)
        #expect(text.contains(#""binding:profile":{"a":[1]},"binding:vif_type":"","binding:vif_details":{}"#))
    }

    @Test func `an agent has its own form of moments, and constants`() throws {
        let agent = L3_Agent_V1_Agent.with { $0.heartbeatTimestamp = .with { $0.seconds = 1_795_449_174 } }
        let text = try json(agent, of: .agent, for: Self.admin)
        #expect(text.hasSuffix(#""heartbeat_timestamp":"2026-11-23 15:52:54","resources_synced":null}"#))
        #expect(text.contains(#""description":null"#))
    }

    @Test func `fields in any order and unknown ones are read as protobuf says`() throws {
        let first = try L3_Router_V1_Router.with { $0.tags = ["a"] }.serializedBytes() as [UInt8]
        let second =
            try L3_Router_V1_Router.with {
                $0.name = "n"
                $0.tags = ["b"]
            }.serializedBytes() as [UInt8]
        let unknown: [UInt8] = [0xf8, 0x3f, 1, 0xfd, 0x3f, 1, 2, 3, 4]
        let view = try ResourceCodec(.router).view(for: Self.member, fields: ["name", "tags"])
        let text = String(decoding: try view.json(first + unknown + second, under: nil), as: UTF8.self)
        #expect(text == #"{"name":"n","tags":["a","b"]}"#)
    }

    @Test(arguments: 0..<4) func `no bytes break the renderer`(seed: Int) throws {
        var generator = SplitMix(state: UInt64(seed))
        let sample: [UInt8] = try Self.router.serializedBytes()
        let view = try ResourceCodec(.router).view(for: Self.admin)
        for _ in 0..<5000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[position] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            _ = try? view.json(bytes, under: "router")
        }
    }
}

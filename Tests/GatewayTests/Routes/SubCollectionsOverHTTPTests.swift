import Contracts
import SwiftProtobuf
import Synchronization
import Testing

@testable import Gateway

@Suite struct SubCollectionsOverHTTPTests {
    private static let id = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"
    private static let port = "5ad1b9c0-1d60-4b0f-8f45-7c1b0a6a1d11"
    private static let member = ["X-Project-Id": "p1", "X-Roles": "member"]
    private static let reader = ["X-Project-Id": "p1", "X-Roles": "reader"]
    private static let other = ["X-Project-Id": "p2", "X-Roles": "member"]
    private static let forwardings = "/v2.0/floatingips/\(id)/port_forwardings"
    private static let helpers = "/v2.0/routers/\(id)/conntrack_helpers"
    private static let helper = #"{"conntrack_helper":{"protocol":"tcp","port":21,"helper":"ftp"}}"#

    /// A forwarding's body, with other members than the usual ones where that is wanted.
    private static func forwarding(_ others: [String: String] = [:]) -> String {
        var members = [
            "protocol": #""tcp""#, "internal_port_id": #""\#(port)""#, "internal_ip_address": #""10.0.0.5""#,
            "internal_port": "22", "external_port": "2222",
        ]
        for (name, value) in others { members[name] = value }
        let text = members.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",")
        return #"{"port_forwarding":{\#(text)}}"#
    }

    private static func withParents(
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.routers.put(
                .with {
                    $0.id = id
                    $0.projectID = "p1"
                    $0.conntrackHelpers = [
                        .with {
                            $0.protocol = "udp"
                            $0.port = 69
                            $0.helper = "tftp"
                        }
                    ]
                }
            )
            gateway.cloud.floatingIPs.put(
                .with {
                    $0.id = id
                    $0.projectID = "p1"
                    $0.portForwardings = [.with { $0.id = port }]
                }
            )
            try await body(gateway)
        }
    }

    @Test func `a forwarding is made, shown, listed, changed and removed`() async throws {
        try await Self.withParents { gateway async throws in
            let made = try await gateway.send(
                "POST",
                Self.forwardings,
                headers: Self.member,
                body: Self.forwarding()
            )
            #expect(made.status == 201)
            let object = try #require(try made.json["port_forwarding"])
            #expect(object["external_port"] == 2222 && object["internal_port"] == 22)
            #expect(object["project_id"] == nil && object["revision_number"] == nil && object["floatingip_id"] == nil)
            #expect(gateway.cloud.portForwardings.withLock { $0.first?.floatingipID } == Self.id)
            let path = "\(Self.forwardings)/\(object["id"]?.string ?? "")"
            #expect(try await gateway.send("GET", path, headers: Self.reader).body == made.body)
            let list = try await gateway.send("GET", Self.forwardings, headers: Self.reader)
            #expect(try list.json["port_forwardings"]?.array == [object])
            let changed = try await gateway.send(
                "PUT",
                path,
                headers: Self.member,
                body: #"{"port_forwarding":{"external_port":null,"external_port_range":"80:90"}}"#
            )
            #expect(changed.status == 200)
            #expect(try changed.json["port_forwarding"]?["external_port"] == .null)
            #expect(try changed.json["port_forwarding"]?["external_port_range"] == "80:90")
            #expect(try await gateway.send("DELETE", path, headers: Self.member).status == 204)
            #expect(try await gateway.send("GET", path).errorType == "PortForwardingNotFound")
        }
    }

    @Test(arguments: [
        ("external_port", "0"), ("external_port", "65536"), ("external_port", #""x""#), ("nonsense", "1"),
        ("protocol", #""TCP""#), ("protocol", "6"), ("protocol", #""icmp""#), ("protocol", "null"),
        ("description", "null"), ("id", #""\#(port)""#), ("internal_ip_address", #""fd00::1""#),
        ("internal_port_id", #""vm""#), ("external_port_range", #""10000:20000:3""#),
    ]) func `a forwarding that cannot be is refused`(name: String, value: String) async throws {
        try await Self.withParents { gateway async throws in
            let body = Self.forwarding([name: value])
            let answer = try await gateway.send("POST", Self.forwardings, headers: Self.member, body: body)
            #expect(answer.status == 400)
            #expect(gateway.cloud.portForwardings.withLock { $0.isEmpty })
        }
    }

    @Test func `a helper is made, shown, listed, changed and removed`() async throws {
        try await Self.withParents { gateway async throws in
            let made = try await gateway.send("POST", Self.helpers, headers: Self.member, body: Self.helper)
            #expect(made.status == 201)
            let object = try #require(try made.json["conntrack_helper"])
            #expect(object["protocol"] == "tcp" && object["port"] == 21 && object["helper"] == "ftp")
            let path = "/v2.0/routers/\(Self.id)/conntrack-helpers/\(object["id"]?.string ?? "")"
            #expect(try await gateway.send("GET", path).body == made.body)
            let changed = try await gateway.send("PUT", path, body: #"{"conntrack_helper":{"port":"2121"}}"#)
            #expect(try changed.json["conntrack_helper"]?["port"] == 2121)
            #expect(try await gateway.send("DELETE", path).status == 204)
            #expect(try await gateway.send("GET", path).errorType == "ConntrackHelperNotFound")
        }
    }

    @Test(arguments: [
        ("PATCH", helpers), ("DELETE", helpers), ("PUT", forwardings), ("POST", "\(helpers)/\(port)"),
    ]) func `a method that there is not is refused`(method: String, path: String) async throws {
        try await Self.withParents { gateway async throws in
            #expect(try await gateway.send(method, path).errorType == "HTTPMethodNotAllowed")
        }
    }

    @Test(arguments: [
        ("POST", helpers, "RouterNotFound"), ("GET", helpers, "RouterNotFound"),
        ("GET", "\(helpers)/\(port)", "RouterNotFound"), ("GET", forwardings, "FloatingIPNotFound"),
        ("DELETE", "\(forwardings)/\(port)", "FloatingIPNotFound"),
    ]) func `what is of another project's object is not found`(method: String, path: String, type: String) async throws
    {
        try await Self.withParents { gateway async throws in
            let body = method == "POST" ? Self.helper : nil
            let answer = try await gateway.send(method, path, headers: Self.other, body: body)
            #expect(answer.status == 404)
            #expect(answer.errorType == type)
        }
    }

    @Test func `a reader may not write where it sees, and does not find where it does not`() async throws {
        try await Self.withParents { gateway async throws in
            let own = try await gateway.send("POST", Self.helpers, headers: Self.reader, body: Self.helper)
            #expect(own.errorType == "PolicyNotAuthorized")
            let foreign = ["X-Project-Id": "p2", "X-Roles": "reader"]
            let hidden = try await gateway.send("POST", Self.helpers, headers: foreign, body: Self.helper)
            #expect(hidden.errorType == "RouterNotFound")
        }
    }

    @Test(arguments: [
        ("/v2.0/routers/r1/conntrack_helpers", "RouterNotFound"),
        ("/v2.0/floatingips/x/port_forwardings/y", "FloatingIPNotFound"),
        ("\(helpers)/ftp", "ConntrackHelperNotFound"), ("\(forwardings)/ssh", "PortForwardingNotFound"),
        ("/v2.0/routers/\(id)/port_forwardings", "HTTPNotFound"),
        ("/v2.0/routers%2Fconntrack_helpers", "HTTPNotFound"), ("/v2.0/conntrack_helpers", "HTTPNotFound"),
    ]) func `a name in the path that is no id is not found`(path: String, type: String) async throws {
        try await Self.withParents { gateway async throws in
            let answer = try await gateway.send("GET", path)
            #expect(answer.status == 404)
            #expect(answer.errorType == type)
        }
    }

    @Test func `a router shows its helpers, and a floating IP its forwardings`() async throws {
        try await Self.withParents { gateway async throws in
            let router = try await gateway.send("GET", "/v2.0/routers/\(Self.id)").json["router"]
            #expect(router?["conntrack_helpers"] == [["protocol": "udp", "port": 69, "helper": "tftp"]])
            let floatingIP = try await gateway.send("GET", "/v2.0/floatingips/\(Self.id)").json["floatingip"]
            #expect(floatingIP?["port_forwardings"]?[0]?["id"]?.string == Self.port)
        }
    }

    @Test func `a condition on a revision that there is not brings nothing down`() async throws {
        try await Self.withParents { gateway async throws in
            let made = try await gateway.send("POST", Self.helpers, body: Self.helper)
            let id = try made.json["conntrack_helper"]?["id"]?.string ?? ""
            let condition = ["If-Match": "revision_number=7"]
            let body = #"{"conntrack_helper":{"port":2121}}"#
            let answer = try await gateway.send("PUT", "\(Self.helpers)/\(id)", headers: condition, body: body)
            #expect(answer.status == 200)
        }
    }
}

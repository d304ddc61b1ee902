import ResourceModel
import Testing

@testable import Gateway

@Suite struct WriteCheckTests {
    private static let admin = RequestContext(projectID: "admin", roles: [.admin], requestID: "req")
    private static let member = RequestContext(projectID: "p1", roles: [.member, .reader], requestID: "req")
    private static let manager = RequestContext(projectID: "p1", roles: [.manager, .member], requestID: "req")
    private static let reader = RequestContext(projectID: "p1", roles: [.reader], requestID: "req")
    private static let net = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"

    private func check(_ resource: Resource, create: Bool = true, as context: RequestContext = member) -> WriteCheck {
        WriteCheck(resource: resource, isCreate: create, context: context)
    }

    private func objects(_ text: String, of resource: Resource) throws -> (objects: [JSONObject], isBatch: Bool) {
        try WriteCheck.objects(in: try JSONReader.read(Array(text.utf8)), of: resource)
    }

    @Test func `one object or a list of them is found under its key, and the list wins`() throws {
        #expect(
            try objects(#"{"network":{"name":"a"},"other":1}"#, of: .network).objects == [JSONObject(["name": "a"])]
        )
        let both = try objects(#"{"network":{},"networks":[{"name":"a"},{"name":"b"}]}"#, of: .network)
        #expect(both.isBatch)
        #expect(both.objects.count == 2)
    }

    @Test(arguments: [
        (#"{}"#, "Unable to find 'network'"), (#"{"router":{}}"#, "Unable to find 'network'"),
        (#"{"network":[]}"#, "Unable to find 'network'"), (#"{"networks":[]}"#, "must be a list that is not empty"),
        (#"{"networks":{}}"#, "must be a list that is not empty"), (#"{"networks":[1]}"#, "Invalid network"),
    ])
    func `a body without a usable key is refused`(body: String, message: String) {
        #expect { try objects(body, of: .network) } throws: { error in
            guard let fault = error as? Fault else { return false }
            return fault.type == "HTTPBadRequest" && fault.message.contains(message)
        }
    }

    @Test func `no body, a body that is no object, and bulk where there is none are refused`() {
        #expect { try WriteCheck.objects(in: nil, of: .router) } throws: {
            ($0 as? Fault)?.message == "Resource body required"
        }
        #expect { try WriteCheck.objects(in: [], of: .router) } throws: {
            ($0 as? Fault)?.type == "MalformedRequestBody"
        }
        #expect { try objects(#"{"routers":[{}]}"#, of: .router) } throws: {
            ($0 as? Fault)?.message == "Bulk operation not supported"
        }
    }

    /// Neutron's order: names before values, values before the owner, the owner before policy.
    @Test func `of several faults the earliest in the order is told`() throws {
        var object = JSONObject(["nonsense": 1, "status": "x", "name": 5, "distributed": true, "project_id": "other"])
        let check = check(.router)
        func message() -> String? {
            do {
                try check.checkPolicy(try check.converted(object))
                return nil
            } catch { return error.message }
        }
        #expect(message()?.contains("Unrecognized attribute(s) 'nonsense'") == true)
        object["nonsense"] = nil
        #expect(message()?.contains("'status' not allowed in POST") == true)
        object["status"] = nil
        #expect(message()?.contains("Invalid input for name") == true)
        object["name"] = "r"
        #expect(message()?.contains("other than the authenticated project") == true)
        object["project_id"] = "p1"
        #expect(message()?.contains("create_router:distributed") == true)
        object["distributed"] = nil
        #expect(message() == nil)
    }

    @Test func `what is required must be there at creation and need not be at an update`() {
        #expect { try check(.port).converted(JSONObject()) } throws: {
            ($0 as? Fault)?.message.contains("Required attribute 'network_id' not specified") == true
        }
        #expect(throws: Never.self) { try check(.port, create: false).converted(JSONObject()) }
    }

    @Test(arguments: ["id", "status", "tags", "project_id", "tenant_id", "created_at", "revision_number"])
    func `an update may not give what is fixed`(name: String) {
        #expect { try check(.router, create: false).converted(JSONObject([name: "x"])) } throws: {
            ($0 as? Fault)?.message == "Cannot update read-only attribute \(name)"
        }
    }

    @Test func `the owner may be told under either name, and by administrators for others`() throws {
        #expect(try check(.router).converted(JSONObject(["tenant_id": "p1"])).isEmpty)
        let other = JSONObject(["tenant_id": "p2", "project_id": "p2"])
        #expect(try check(.router, as: Self.admin).converted(other) == JSONObject(["project_id": "p2"]))
        #expect(throws: Fault.self) { try check(.router).converted(other) }
        let unlike = JSONObject(["tenant_id": "p2", "project_id": "p1"])
        #expect { try check(.router, as: Self.admin).converted(unlike) } throws: {
            ($0 as? Fault)?.status == 400
        }
    }

    @Test(
        arguments: [
            (.router, JSONObject(["distributed": nil])), (.router, JSONObject(["ha": false])),
            (.router, JSONObject(["external_gateway_info": ["network_id": .string(net), "enable_snat": false]])),
            (.router, JSONObject(["external_gateway_info": ["network_id": .string(net), "external_fixed_ips": []]])),
            (.network, JSONObject(["shared": true])), (.network, JSONObject(["router:external": true])),
            (.network, JSONObject(["provider:network_type": "flat"])), (.port, JSONObject(["binding:host_id": "h"])),
            (.floatingIP, JSONObject(["floating_ip_address": "203.0.113.5"])),
            (.subnet, JSONObject(["service_types": []])),
        ] as [(Resource, JSONObject)]
    )
    func `a member may not give what is not a member's to give`(resource: Resource, object: JSONObject) {
        #expect { try check(resource).checkPolicy(object) } throws: {
            ($0 as? Fault)?.type == "PolicyNotAuthorized" && ($0 as? Fault)?.status == 403
        }
        #expect(throws: Never.self) { try check(resource, as: Self.admin).checkPolicy(object) }
    }

    @Test func `a harmless value is anyone's to give`() {
        #expect(throws: Never.self) {
            try check(.network).checkPolicy(JSONObject(["shared": false, "router:external": false]))
        }
    }

    @Test func `a manager chooses a floating address and a reader writes nothing`() {
        let object = JSONObject(["floating_ip_address": "203.0.113.5"])
        #expect(throws: Never.self) { try check(.floatingIP, as: Self.manager).checkPolicy(object) }
        #expect(throws: Fault.self) { try check(.floatingIP, as: Self.reader).checkPolicy(JSONObject()) }
    }

    @Test func `a binding profile is for services alone`() {
        let object = JSONObject(["binding:profile": "{}"])
        #expect(throws: Fault.self) { try check(.port, as: Self.admin).checkPolicy(object) }
        let service = RequestContext(projectID: "", roles: [.service], requestID: "req")
        #expect(throws: Never.self) { try check(.port, as: service).checkPolicy(object) }
    }
}

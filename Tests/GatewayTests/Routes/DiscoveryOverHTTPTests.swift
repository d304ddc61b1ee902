import Testing

@testable import Gateway

@Suite struct DiscoveryOverHTTPTests {
    @Test func `the root lists the version with a link that the client can reach`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try await gateway.send("GET", "/")
            #expect(answer.status == 200)
            let body =
                #"{"versions":[{"id":"v2.0","status":"CURRENT","links":[{"rel":"self","#
                + #""href":"http://api.test:9696/v2.0/"}]}]}"#
            #expect(answer.text == body)
            #expect(answer.headers["content-type"] == "application/json")
        }
    }

    @Test func `a proxy's scheme and a set prefix change the links`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try await gateway.send("GET", "/", headers: ["X-Forwarded-Proto": "https"])
            #expect(answer.text.contains("https://api.test:9696/v2.0/"))
        }
        var settings = RESTApplication.Settings()
        settings.linkPrefix = "https://cloud.example/network"
        try await GatewayUnderTest.run(settings: settings) { gateway async throws in
            #expect(try await gateway.send("GET", "/").text.contains("https://cloud.example/network/v2.0/"))
        }
    }

    @Test(arguments: ["/v2.0", "/v2.0/"]) func `the version lists the four core collections`(path: String) async throws
    {
        try await GatewayUnderTest.run { gateway async throws in
            let resources = try await gateway.send("GET", path).json["resources"]?.array ?? []
            #expect(resources.map { $0["collection"]?.string } == ["networks", "subnets", "subnetpools", "ports"])
        }
    }

    @Test func `extensions are listed and shown one by one`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let all = try await gateway.send("GET", "/v2.0/extensions").json["extensions"]?.array ?? []
            #expect(all.count == APIExtension.all.count)
            for item in all {
                #expect(item["alias"]?.string != nil && item["updated"]?.string != nil && item["links"] == [])
            }
            let one = try await gateway.send("GET", "/v2.0/extensions/router.json")
            #expect(try one.json["extension"]?["alias"] == "router")
            let none = try await gateway.send("GET", "/v2.0/extensions/nonsense")
            #expect(none.status == 404)
            #expect(none.errorType == "HTTPNotFound")
        }
    }

    @Test func `no alias is listed twice`() {
        #expect(Set(APIExtension.all.map(\.alias)).count == APIExtension.all.count)
    }

    @Test(
        arguments: [
            ("GET", "/v3", 404, "HTTPNotFound"), ("GET", "/v2.0/nonsense", 404, "HTTPNotFound"),
            ("GET", "/v2.0/routers/x/nonsense", 404, "HTTPNotFound"), ("PUT", "/v2.0/nonsense/x", 404, "HTTPNotFound"),
            ("GET", "/v2.0/agents/x/tags", 404, "HTTPNotFound"),
            ("GET", "/v2.0/availability_zones/x", 404, "HTTPNotFound"),
            ("HEAD", "/v2.0/routers", 405, nil), ("PATCH", "/v2.0/routers/x", 405, "HTTPMethodNotAllowed"),
            ("POST", "/v2.0/routers/x", 405, "HTTPMethodNotAllowed"),
            ("PUT", "/v2.0/routers", 405, "HTTPMethodNotAllowed"),
            ("DELETE", "/v2.0/routers", 405, "HTTPMethodNotAllowed"), ("POST", "/", 405, "HTTPMethodNotAllowed"),
            ("GET", "/v2.0/routers/x/add_router_interface", 405, "HTTPMethodNotAllowed"),
            ("POST", "/v2.0/availability_zones", 405, "HTTPMethodNotAllowed"),
            ("OPTIONS", "/v2.0/routers", 405, "HTTPMethodNotAllowed"),
            ("POST", "/v2.0/agents", 400, "HTTPBadRequest"),
        ] as [(String, String, Int, String?)]
    )
    func `unknown URLs and methods are refused`(method: String, path: String, status: Int, type: String?) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try await gateway.send(method, path, body: method == "GET" || method == "HEAD" ? nil : "{}")
            #expect(answer.status == status)
            #expect(answer.errorType == type)
            #expect((answer.headers["allow"] != nil) == (status == 405))
            #expect(answer.headers["x-openstack-request-id"]?.hasPrefix("req-") == true)
        }
    }

    @Test func `a defect is logged by the ids of the request, and nothing of it is told`() async throws {
        let book = LogBook()
        let services = Services(all: GarbledService())
        try await GatewayUnderTest.serving(services, logger: book.logger) { gateway async throws in
            let answer = try await gateway.send(
                "GET",
                "/v2.0/routers/00000000-0000-4000-8000-00000000dead",
                headers: ["X-Openstack-Request-Id": "req-of-the-client"]
            )
            #expect(answer.status == 500 && answer.errorType == "HTTPInternalServerError")
            #expect(answer.errorMessage == Fault.internalError.message)
            let noted = try #require(book.notes.first { $0["global-request"] == "req-of-the-client" })
            #expect(noted["request"] == answer.headers["x-openstack-request-id"])
        }
    }

    @Test func `every answer has an id of its own`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let first = try await gateway.send("GET", "/").headers["x-openstack-request-id"]
            let second = try await gateway.send("GET", "/").headers["x-openstack-request-id"]
            #expect(first?.count == 40)
            #expect(first != second)
        }
    }
}

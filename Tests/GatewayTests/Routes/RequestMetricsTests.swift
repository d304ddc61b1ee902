import Logging
import NIOHTTP1
import ServiceRuntime
import Testing

@testable import Gateway

@Suite struct RequestMetricsTests {
    @Test(arguments: [
        ("/", "/"), ("/v2.0", "/v2.0/"), ("/v2.0/extensions/router", "/v2.0/extensions/{alias}"),
        ("/v2.0/routers.json", "/v2.0/routers"), ("/v2.0/routers/x", "/v2.0/routers/{id}"),
        ("/v2.0/address_scopes/x", "/v2.0/address-scopes/{id}"),
        ("/v2.0/routers/x/add_router_interface", "/v2.0/routers/{id}/add_router_interface"),
        ("/v2.0/routers/x/tags/blue", "/v2.0/routers/{id}/tags/{tag}"),
        ("/v2.0/agents/x/l3-routers/y", "/v2.0/agents/{id}/l3-routers/{router}"),
        ("/v2.0/quotas/x/details", "/v2.0/quotas/{project}/details"), ("/openapi.json", "/openapi.json"),
        ("/v2.0/nonsense", "none"), ("/v2.0/routers/x/nonsense", "none"), ("/v2.0/quotas/x/tags", "none"),
        ("/x", "none"),
    ]) func `a request is counted by its route, whatever ids are in it`(path: String, route: String) async throws {
        let text = try await metrics(after: [("GET", path)])
        #expect(text.contains(#"sluice_http_requests_total{method="GET",route="\#(route)",status="#))
        #expect(text.contains(#"sluice_http_request_seconds_count{method="GET",route="\#(route)"} 1"#))
    }

    @Test func `requests are counted by status, strange methods as one`() async throws {
        let calls = [
            ("GET", "/v2.0/extensions"), ("GET", "/v2.0/extensions"), ("GET", "/v2.0/routers"), ("BREW", "/pot"),
        ]
        let text = try await metrics(after: calls)
        for line in [
            #"{method="GET",route="/v2.0/extensions",status="200"} 2"#,
            #"{method="GET",route="/v2.0/routers",status="503"} 1"#, #"{method="other",route="none",status="404"} 1"#,
        ] { #expect(text.contains("sluice_http_requests_total\(line)\n")) }
    }

    private func metrics(after calls: [(method: String, path: String)]) async throws -> String {
        let registry = MetricRegistry()
        let away = AwayService()
        let application = try RESTApplication(
            services: Services(network: away, router: away, floatingIP: away),
            settings: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: registry
        )
        for (method, path) in calls {
            _ = await application.respond(to: APIRequest(method: HTTPMethod(rawValue: method), target: path))
        }
        return registry.text
    }
}

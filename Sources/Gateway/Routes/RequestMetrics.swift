internal import NIOHTTP1
internal import ServiceRuntime

/// Counts the API's requests by method, route and status, and how long their answers took to begin.
struct RequestMetrics: Sendable {
    private let requests: Counter
    private let durations: DurationHistogram
    private static let methods: [HTTPMethod] = [.GET, .POST, .PUT, .DELETE, .PATCH, .HEAD, .OPTIONS]

    init(_ registry: MetricRegistry) {
        requests = registry.counter(
            "sluice_http_requests_total",
            "Requests that were answered.",
            labels: ["method", "route", "status"]
        )
        durations = registry.histogram(
            "sluice_http_request_seconds",
            "How long requests took until their answers began.",
            labels: ["method", "route"]
        )
    }

    /// Counts a request that is answered with the status.
    func note(_ method: HTTPMethod, on route: String, status: Int, since start: ContinuousClock.Instant) {
        let method = Self.methods.contains(method) ? method.rawValue : "other"
        requests.add(1, method, route, "\(status)")
        durations.record(.now - start, method, route)
    }
}

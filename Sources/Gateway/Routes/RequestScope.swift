internal import NIOHTTP1
internal import ResourceModel

/// One request being answered: what was asked, by whom, and where the answer's links point.
struct RequestScope: Sendable {
    var request: APIRequest
    var context: RequestContext
    var parameters: QueryString
    /// What stands before the path in links; nil for what the client used.
    var linkPrefix: String?

    /// Scheme and host, for example `http://127.0.0.1:9696`.
    var base: String {
        if let linkPrefix { return linkPrefix }
        let scheme = request.headers["X-Forwarded-Proto"].first == "https" ? "https" : "http"
        return "\(scheme)://\(request.headers["Host"].first ?? "localhost:9696")"
    }

    /// The request's URL without parameters, for links to other pages of it.
    var url: String { base + request.path }

    /// - Throws: 405 unless the request's method is among those.
    func allow(_ methods: HTTPMethod...) throws(Fault) {
        guard methods.contains(request.method) else { throw .methodNotAllowed(methods.map(\.rawValue)) }
    }

    /// - Throws: 400 when there is a body.
    func refuseBody() throws(Fault) {
        guard request.body.isEmpty else { throw .badRequest("\(request.method.rawValue) takes no body") }
    }

    /// - Throws: 403 unless the caller is an administrator.
    func requireAdmin(_ action: String) throws(Fault) {
        guard context.isAdmin else { throw .disallowed("rule:\(action)") }
    }

    /// - Throws: 400.
    func body() throws(Fault) -> JSONObject {
        guard let body = try request.json() else { throw .badRequest("Resource body required") }
        guard case .object(let object) = body else { throw .malformedBody("it is not an object") }
        return object
    }
}

extension Resource {
    /// The id of a URL in its canonical form.
    ///
    /// - Throws: 404 for what is no id: an object of that name cannot exist.
    func id(_ text: String) throws(Fault) -> String {
        guard let id = ID<Any>(text) else { throw notFound(text) }
        return id.description
    }
}

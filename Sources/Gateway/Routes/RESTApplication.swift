internal import Logging
internal import NIOHTTP1
internal import ResourceModel
internal import ServiceRuntime

/// The API: a request in, an answer out.
///
/// Holds no state but the tables.
struct RESTApplication: Sendable {
    let catalogue: Catalogue
    let services: Services
    let settings: Settings
    let logger: Logger
    /// What `/openapi.json` answers.
    private let description: [UInt8]
    private let identity = HeaderIdentity()

    struct Settings: Hashable, Sendable {
        /// What stands before the path in links, for example `https://api.example.org`; nil is what the client used.
        var linkPrefix: String?
        /// The most objects of one list answer; 0 is no bound.
        var greatestLimit = 0
        /// The most objects that one call of a service is asked for.
        var pageSize = 1000
    }

    /// - Throws: `TableError` when a table does not fit the contracts.
    init(services: Services, settings: Settings, logger: Logger) throws(TableError) {
        catalogue = try Catalogue()
        description = OpenAPIDocument(resources: Catalogue.resources).json.text
        self.services = services
        self.settings = settings
        self.logger = logger
    }

    /// Answers a request; whatever goes wrong becomes an answer too.
    ///
    /// Every answer carries the request's id.
    func respond(to request: APIRequest) async -> APIResponse {
        let requestID = "req-\(ID<Any>.random())"
        var response: APIResponse
        do {
            response = try await answer(request, requestID: requestID)
        } catch let fault as Fault {
            response = APIResponse(fault)
        } catch let error as RemoteError {
            response = APIResponse(Fault(error, asking: resource(of: request)))
        } catch {
            log(error, request, requestID)
            response = APIResponse(.internalError)
        }
        response.headers.append((name: "x-openstack-request-id", value: requestID))
        return response
    }

    private func answer(_ request: APIRequest, requestID: String) async throws -> APIResponse {
        guard request.method != .HEAD, request.method != .PATCH else { throw Fault.methodNotAllowed(["GET"]) }
        // Whoever wants to learn how to ask need not be known yet.
        if request.path == "/openapi.json" {
            guard request.method == .GET else { throw Fault.methodNotAllowed(["GET"]) }
            return APIResponse(status: 200, body: description)
        }
        guard let target = Target(path: request.path) else { throw Fault.unknownURL }
        let scope = RequestScope(
            request: request,
            context: try identity.context(requestID: requestID) { request.headers[$0] },
            parameters: try QueryString(request.queryText),
            base: base(of: request)
        )
        return try await CurrentRequest.$context.withValue(scope.context) {
            try await route(scope, to: target)
        }
    }

    /// The resource that a request's URL names, for the words of an error.
    private func resource(of request: APIRequest) -> Resource? {
        guard case .collection(let name)? = Target(path: request.path) else { return nil }
        return catalogue[name]?.resource
    }

    private func base(of request: APIRequest) -> String {
        if let prefix = settings.linkPrefix { return prefix }
        let scheme = request.headers["X-Forwarded-Proto"].first == "https" ? "https" : "http"
        return "\(scheme)://\(request.headers["Host"].first ?? "localhost:9696")"
    }

    private func log(_ error: any Error, _ request: APIRequest, _ requestID: String) {
        var metadata: Logger.Metadata = [
            "request": "\(requestID)", "method": "\(request.method)", "path": "\(request.path)", "error": "\(error)",
        ]
        if let global = request.headers["X-Openstack-Request-Id"].first { metadata["global-request"] = "\(global)" }
        logger.error("request failed", metadata: metadata)
    }
}

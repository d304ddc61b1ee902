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
    private let routeNames: RouteNames
    private let metrics: RequestMetrics
    private let identity: Identity
    private let requestIDs = RequestIDs()

    struct Settings: Hashable, Sendable {
        /// What stands before the path in links, for example `https://api.example.org`; nil is what the client used.
        var linkPrefix: String?
        /// The most objects of one list answer; 0 is no bound.
        var greatestLimit = 0
        /// The most objects that one call of a service is asked for.
        var pageSize = 500
    }

    /// - Throws: `TableError` when a table does not fit the contracts.
    init(
        services: Services,
        settings: Settings,
        logger: Logger,
        identity: Identity = .headers(HeaderIdentity()),
        metrics: MetricRegistry = MetricRegistry()
    ) throws(TableError) {
        catalogue = try Catalogue()
        let document = OpenAPIDocument(resources: Catalogue.resources)
        description = document.json.text
        routeNames = RouteNames(paths: document.paths)
        self.metrics = RequestMetrics(metrics)
        self.identity = identity
        self.services = services
        self.settings = settings
        self.logger = logger
    }

    /// Answers a request; whatever goes wrong becomes an answer too.
    ///
    /// Every answer carries the request's id.
    func respond(to request: APIRequest) async -> APIResponse {
        let start = ContinuousClock.now
        let target = Target(path: request.path)
        let response = await response(to: request, for: target)
        let route = request.path == Self.descriptionPath ? Self.descriptionPath : routeNames[target]
        metrics.note(request.method, on: route, status: response.status, since: start)
        return response
    }

    private func response(to request: APIRequest, for target: Target?) async -> APIResponse {
        let requestID = requestIDs.next()
        var response: APIResponse
        do {
            response = try await answer(request, target, requestID: requestID)
        } catch let fault as Fault {
            response = APIResponse(fault)
        } catch let error as RemoteError {
            response = APIResponse(Fault(error, asking: resource(of: target)))
        } catch {
            // Without a client it is no failure but the end of the call.
            if !Task.isCancelled { log("request failed", error, request, requestID) }
            response = APIResponse(.internalError)
        }
        response.headers.append((name: "x-openstack-request-id", value: requestID))
        return response
    }

    private static let descriptionPath = "/openapi.json"

    private func answer(_ request: APIRequest, _ target: Target?, requestID: String) async throws -> APIResponse {
        guard request.method != .HEAD, request.method != .PATCH else { throw Fault.methodNotAllowed(["GET"]) }
        // Whoever wants to learn how to ask need not be known yet.
        if request.path == Self.descriptionPath {
            guard request.method == .GET else { throw Fault.methodNotAllowed(["GET"]) }
            return APIResponse(status: 200, body: description)
        }
        guard let target else { throw Fault.unknownURL }
        let scope = RequestScope(
            request: request,
            context: try await caller(of: request, for: target, requestID: requestID),
            parameters: try QueryString(request.queryText),
            linkPrefix: settings.linkPrefix
        )
        var response = try await CurrentRequest.$context.withValue(scope.context) {
            try await route(scope, to: target)
        }
        if let stream = response.stream {
            response.stream = { sink in try await perform(stream, to: sink, scope) }
        }
        return response
    }

    /// Who asks; what versions there are, anybody may ask.
    ///
    /// - Throws: As `Identity`; 403 for one whose roles mean nothing here, who may only learn what there is.
    private func caller(of request: APIRequest, for target: Target, requestID: String) async throws -> RequestContext {
        if target == .versions { return RequestContext(projectID: "", roles: [], requestID: requestID) }
        let context = try await identity.context(requestID: requestID, request.headers)
        switch target {
        case .coreCollections, .extensions, .extensionItem: return context
        default:
            guard !context.roles.isEmpty else { throw Fault.disallowed("rule:admin_or_reader") }
            return context
        }
    }

    /// Writes a long body on behalf of the caller; what goes wrong on the way can only be logged.
    private func perform(_ stream: APIResponse.Stream, to sink: any BodySink, _ scope: RequestScope) async throws {
        do {
            try await CurrentRequest.$context.withValue(scope.context) { try await stream(sink) }
        } catch {
            if Task.isCancelled || error is ClientGone {
                logger.debug(
                    "client left before the end of its answer",
                    metadata: ["request": "\(scope.context.requestID)"]
                )
            } else {
                log("answer broken off", error, scope.request, scope.context.requestID)
            }
            throw error
        }
    }

    /// The resource that a request's URL names, for the words of an error.
    private func resource(of target: Target?) -> Resource? {
        switch target {
        case .collection(let name)?: catalogue[name]?.resource
        case .member(let parents, _, let name)?: catalogue[parents, name]?.resource
        default: nil
        }
    }

    private func log(_ message: Logger.Message, _ error: any Error, _ request: APIRequest, _ requestID: String) {
        var metadata: Logger.Metadata = [
            "request": "\(requestID)", "method": "\(request.method)", "path": "\(request.path)", "error": "\(error)",
        ]
        if let global = request.headers["X-Openstack-Request-Id"].first { metadata["global-request"] = "\(global)" }
        logger.error(message, metadata: metadata)
    }
}

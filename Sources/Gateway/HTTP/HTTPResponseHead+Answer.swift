internal import NIOHTTP1
internal import ResourceModel

extension HTTPResponseHead {
    /// The head of an answer.
    init(_ response: APIResponse, keepAlive: Bool) {
        var headers = HTTPHeaders()
        if !response.body.isEmpty { headers.add(name: "Content-Type", value: "application/json") }
        if response.status != 204 { headers.add(name: "Content-Length", value: String(response.body.count)) }
        self.init(response, version: .http1_1, headers: headers, keepAlive: keepAlive)
    }

    /// The head of an answer whose length nobody knows yet: in chunks where the client's version has them.
    init(streaming response: APIResponse, inChunks: Bool, keepAlive: Bool) {
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        if inChunks { headers.add(name: "Transfer-Encoding", value: "chunked") }
        self.init(response, version: inChunks ? .http1_1 : .http1_0, headers: headers, keepAlive: keepAlive)
    }

    private init(_ response: APIResponse, version: HTTPVersion, headers: HTTPHeaders, keepAlive: Bool) {
        var headers = headers
        for (name, value) in response.headers { headers.add(name: name, value: value) }
        if !keepAlive { headers.add(name: "Connection", value: "close") }
        self.init(version: version, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
    }
}

extension APIResponse {
    /// The answer to what never became a request; it too has an id.
    static func refusing(_ fault: Fault) -> APIResponse {
        var response = APIResponse(fault)
        response.headers.append((name: "x-openstack-request-id", value: "req-\(ID<Any>.random())"))
        return response
    }
}

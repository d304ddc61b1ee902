internal import NIOHTTP1

/// One request as it came off the connection.
struct APIRequest: Sendable {
    var method: HTTPMethod
    let path: Substring
    /// What stands behind the question mark.
    let queryText: Substring
    var headers: HTTPHeaders
    var body: [UInt8]

    /// A request for a path with its query, as they stand in the request line.
    init(method: HTTPMethod, target: String, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.method = method
        let end = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        path = target[..<end]
        queryText = target[end...].dropFirst()
        self.headers = headers
        self.body = body
    }

    /// The body's value; nil when there is no body.
    ///
    /// - Throws: 400 `MalformedRequestBody`.
    func json() throws(Fault) -> JSONValue? {
        if body.isEmpty { return nil }
        do {
            return try JSONReader.read(body)
        } catch {
            throw .malformedBody(error.explanation)
        }
    }
}

/// One answer.
struct APIResponse: Sendable {
    var status: Int
    /// JSON, or empty.
    var body: [UInt8]
    /// Writes the body instead, where it is too long to be held.
    var stream: Stream?
    var headers: [(name: String, value: String)] = []

    /// Writes a body; what it throws breaks the answer off.
    typealias Stream = @Sendable (any BodySink) async throws -> Void

    init(status: Int, body: [UInt8] = []) {
        self.status = status
        self.body = body
    }

    init(status: Int, stream: @escaping Stream) {
        self.init(status: status)
        self.stream = stream
    }

    init(_ fault: Fault) {
        self.init(status: fault.status, body: fault.body)
        if !fault.allowedMethods.isEmpty {
            headers.append((name: "Allow", value: fault.allowedMethods.joined(separator: ", ")))
        }
        if let url = fault.tokenURL { headers.append((name: "WWW-Authenticate", value: "Keystone uri=\"\(url)\"")) }
    }

    init(status: Int = 200, json: JSONValue) {
        self.init(status: status, body: json.text)
    }
}

internal import NIOHTTP1

/// One request as it came off the connection.
struct APIRequest: Sendable {
    var method: HTTPMethod
    /// Path and query, as in the request line.
    var target: String
    var headers: HTTPHeaders
    var body: [UInt8]

    init(method: HTTPMethod, target: String, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    var path: Substring { target.prefix { $0 != "?" } }
    var queryText: Substring { target.drop { $0 != "?" }.dropFirst() }

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
    var headers: [(name: String, value: String)] = []

    init(status: Int, body: [UInt8] = []) {
        self.status = status
        self.body = body
    }

    init(_ fault: Fault) {
        self.init(status: fault.status, body: fault.body)
        if !fault.allowedMethods.isEmpty {
            headers.append((name: "Allow", value: fault.allowedMethods.joined(separator: ", ")))
        }
    }

    init(status: Int = 200, json: JSONValue) {
        self.init(status: status, body: json.text)
    }
}

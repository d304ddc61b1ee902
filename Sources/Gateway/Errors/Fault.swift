internal import ResourceModel

/// A refusal as a client sees it: an HTTP status and Neutron's error type and message.
struct Fault: Error, Hashable, Sendable {
    var status: Int
    /// Neutron's exception name, which clients match on.
    var type: String
    var message: String
    /// For 405: the methods that there are.
    var allowedMethods: [String] = []
    /// For 401: where to get a token.
    var tokenURL: String?
}

extension Fault {
    static func badRequest(_ message: String) -> Fault { Fault(status: 400, type: "HTTPBadRequest", message: message) }

    /// A list parameter or header that cannot be understood.
    static func badParameter(_ message: String) -> Fault { Fault(status: 400, type: "BadRequest", message: message) }

    static func invalidInput(_ message: String) -> Fault {
        Fault(status: 400, type: "InvalidInput", message: "Invalid input for operation: \(message).")
    }

    /// An attribute's value that its type refuses.
    static func invalid(_ attribute: String, _ reason: String) -> Fault {
        badRequest("Invalid input for \(attribute). Reason: \(reason).")
    }

    static func malformedBody(_ reason: String) -> Fault {
        Fault(status: 400, type: "MalformedRequestBody", message: "Malformed request body: \(reason).")
    }

    /// Something is not there, in the words for that.
    static func notFound(_ reason: ErrorReason, _ thing: String) -> Fault {
        let type = reason.neutronType
        return Fault(status: type.status, type: type.name, message: "\(thing) could not be found")
    }

    static func disallowed(_ action: String) -> Fault {
        Fault(status: 403, type: "PolicyNotAuthorized", message: "\(action) is disallowed by policy")
    }

    /// Who asks is not known.
    ///
    /// Source: keystonemiddleware's answer, whose shape is not Neutron's.
    static func unauthorized(_ tokenURL: String) -> Fault {
        var fault = Fault(
            status: 401,
            type: "Unauthorized",
            message: "The request you have made requires authentication."
        )
        fault.tokenURL = tokenURL
        return fault
    }

    static let unknownURL = Fault(status: 404, type: "HTTPNotFound", message: "The resource could not be found.")

    static func methodNotAllowed(_ allowed: [String]) -> Fault {
        Fault(
            status: 405,
            type: "HTTPMethodNotAllowed",
            message: "The method is not allowed for this resource.",
            allowedMethods: allowed
        )
    }

    static func unavailable(_ message: String) -> Fault {
        Fault(status: 503, type: "ServiceUnavailable", message: message)
    }

    /// A defect of ours; nothing of it is told.
    static let internalError = Fault(
        status: 500,
        type: "HTTPInternalServerError",
        message: "Request Failed: internal server error while processing your request."
    )

    /// The body of the answer; always the same three members, but for 401.
    var body: [UInt8] {
        if tokenURL != nil {
            let error: JSONValue = ["error": ["code": 401, "title": .string(type), "message": .string(message)]]
            return error.text
        }
        let error: JSONValue = ["NeutronError": ["type": .string(type), "message": .string(message), "detail": ""]]
        return error.text
    }
}

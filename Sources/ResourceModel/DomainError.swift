/// An error that a caller can act on: one fact, named, with a text that says which thing.
///
/// Each service room has one enum that conforms; ServiceRuntime alone makes a gRPC status of it (AIP-193), and the
/// gateway alone a Neutron error body.
public protocol DomainError: Error {
    /// The fact.
    var reason: ErrorReason { get }
    /// One sentence in lower case without a final stop, naming the thing.
    var message: String { get }
    /// Further facts for programs, e.g. `["router_id": "…"]`.
    var metadata: [String: String] { get }
}

extension DomainError {
    /// No further facts.
    public var metadata: [String: String] { [:] }
}

/// The family that a reason belongs to; it decides the gRPC code and, by default, the HTTP status.
public enum ErrorFamily: Sendable {
    /// The request is wrong in itself: INVALID_ARGUMENT, 400.
    case invalid
    /// The caller may see the thing but not do this: PERMISSION_DENIED, 403.
    case forbidden
    /// No such thing, or not the caller's to see: NOT_FOUND, 404.
    case notFound
    /// The thing's present state forbids it: FAILED_PRECONDITION, 409.
    case conflict
    /// The revision that the caller named is not the present one: ABORTED, 412.
    case stale
    /// No more to be had: RESOURCE_EXHAUSTED, 409.
    case exhausted
    /// Something behind is away; the same request may succeed later: UNAVAILABLE, 503.
    case unavailable
}

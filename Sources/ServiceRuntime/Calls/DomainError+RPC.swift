public import GRPCCore
public import GRPCProtobuf
public import ResourceModel

extension ErrorReason {
    /// The gRPC code of the reason's family (AIP-193).
    public var code: RPCError.Code {
        switch family {
        case .invalid: .invalidArgument
        case .forbidden: .permissionDenied
        case .notFound: .notFound
        case .conflict: .failedPrecondition
        case .stale: .aborted
        case .exhausted: .resourceExhausted
        case .unavailable: .unavailable
        }
    }
}

extension DomainError {
    /// The error as it travels: code, message, and `google.rpc.ErrorInfo` with reason, domain and facts.
    public var status: GoogleRPCStatus {
        GoogleRPCStatus(
            code: reason.code,
            message: message,
            details: .errorInfo(reason: reason.rawValue, domain: "sluice", metadata: metadata)
        )
    }
}

/// The refusal of another service, as it was thrown there; or that the service could not be reached.
public struct RemoteError: DomainError, Hashable, CustomStringConvertible {
    /// The fact.
    public var reason: ErrorReason
    /// One sentence.
    public var message: String
    /// Further facts.
    public var metadata: [String: String]

    /// An error of the given parts.
    public init(reason: ErrorReason, message: String, metadata: [String: String] = [:]) {
        self.reason = reason
        self.message = message
        self.metadata = metadata
    }

    /// What a failed call means; nil when the failure is not the other side's answer (a defect, or a reason that this
    /// program does not know).
    public init?(_ error: any Error) {
        if let error = error as? RemoteError {
            self = error
            return
        }
        guard let error = error as? RPCError else { return nil }
        if let info = try? error.unpackGoogleRPCStatus()?.details.lazy.compactMap(\.errorInfo).first,
            let reason = ErrorReason(rawValue: info.reason)
        {
            self.init(reason: reason, message: error.message, metadata: info.metadata)
        } else if error.code == .unavailable || error.code == .deadlineExceeded || error.code == .cancelled {
            self.init(reason: .serviceUnavailable, message: error.message)
        } else {
            return nil
        }
    }

    /// Reason and message, for logs.
    public var description: String { "\(reason.rawValue): \(message)" }
}

/// Makes a call of another service and gives its refusals as `RemoteError`s.
///
/// - Throws: `RemoteError` for a refusal or a service that is away; anything else as it came.
public func callingRemote<Answer: Sendable>(_ call: () async throws -> Answer) async throws -> Answer {
    do {
        return try await call()
    } catch {
        throw RemoteError(error) ?? error
    }
}

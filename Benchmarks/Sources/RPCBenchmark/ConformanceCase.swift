import GRPCCore

/// One thing that a client and a server of different make must agree on.
enum ConformanceCase: String, CaseIterable, Sendable {
    case unary = "unary call"
    case emptyMessages = "empty messages"
    case clientStream = "client stream"
    case serverStream = "server stream of 10,000"
    case metadata = "both ways, with metadata"
    case turns = "both ways, in turns"
    case halfClose = "answer behind the request's end"
    case earlyAnswer = "answer before the request's end"
    case largeMessages = "large messages"
    case overLimit = "message over the limit"
    case manyCalls = "500 calls at once"
    case statuses = "every status"
    case lateStatuses = "every status behind a message"
    case unknownMethod = "unknown method"
    case compression = "compressed request"
    case deadline = "deadline"
    case cancellation = "cancellation mid-stream"
    case leaving = "leaving a stream"
    case slowReader = "slow reader holds its writer"
    case goAway = "server goes away under load"
    case restart = "server comes back"

    func run(_ calls: ConformanceCalls<some ClientTransport>) async throws {
        switch self {
        case .unary: try await calls.unary()
        case .emptyMessages: try await calls.emptyMessages()
        case .clientStream: try await calls.clientStream()
        case .serverStream: try await calls.serverStream()
        case .metadata: try await calls.metadata()
        case .turns: try await calls.turns(50)
        case .halfClose: try await calls.halfClose()
        case .earlyAnswer: try await calls.earlyAnswer()
        case .largeMessages: try await calls.largeMessages()
        case .overLimit: try await calls.overLimit()
        case .manyCalls: try await calls.manyCalls()
        case .statuses: try await calls.statuses(behindMessages: 0)
        case .lateStatuses: try await calls.statuses(behindMessages: 1)
        case .unknownMethod: try await calls.unknownMethod()
        case .compression: try await calls.compression()
        case .deadline: try await calls.deadline()
        case .cancellation: try await calls.cancellation()
        case .leaving: try await calls.leaving()
        case .slowReader: try await calls.slowReader()
        case .goAway: try await calls.goAway()
        case .restart: try await calls.restart()
        }
    }
}

/// Where the answer to a call is, seen from the client; see docs/design/rpc.md.
struct ClientCallState {
    private enum Answer: Equatable { case nothing, head, ended }

    /// What to do at the end of a header list.
    enum Headers: Equatable {
        /// It opens the answer.
        case head
        /// It ends the answer; `isOnlyOne` where it also opened it.
        case trailers(isOnlyOne: Bool)
        case ignore
        /// The server breaks gRPC's rules.
        case fault
    }

    private var answer = Answer.nothing

    /// Whether the caller has been told how the call ended.
    var hasEnded: Bool { answer == .ended }
    var takesData: Bool { answer == .head }

    mutating func headersEnded(endsStream: Bool, isInformational: Bool) -> Headers {
        switch answer {
        case .nothing where isInformational && !endsStream: return .ignore
        case .nothing:
            answer = endsStream ? .ended : .head
            return endsStream ? .trailers(isOnlyOne: true) : .head
        case .head:
            answer = .ended
            return endsStream ? .trailers(isOnlyOne: false) : .fault
        case .ended: return .ignore
        }
    }

    /// Ends the answer for its caller; false where it had ended already.
    mutating func end() -> Bool {
        defer { answer = .ended }
        return answer != .ended
    }
}

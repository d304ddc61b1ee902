/// What went wrong between this program and the kernel.
public enum NetlinkError: Error, Hashable, Sendable {
    /// The kernel refused these requests of a list, in their order; all others of the list were carried out.
    case refused([Refusal])
    /// A system call failed; `subject` names what it was about.
    case system(call: String, subject: String, ErrorNumber)
    /// The kernel did not answer in time. Whether it did what was asked is unknown.
    case timedOut
    /// Answers were lost because they came faster than they were read (ENOBUFS). Whether all was done is unknown.
    case overrun
    /// An answer was longer than the buffer.
    case truncated(byteCount: Int)
    /// What was to be listed changed so fast that no listing in one piece was to be had.
    case interrupted
    /// An answer did not have the form it must have.
    case malformed(String)

    /// One request that the kernel refused.
    public struct Refusal: Hashable, Sendable {
        /// The request's position in the list that was sent.
        public let index: Int
        /// What was asked, in words: `add address 10.0.0.1/24 to interface 2`.
        public let request: String
        /// The kernel's error number.
        public let error: ErrorNumber
        /// What the kernel says about it (its extended acknowledgement), where it says something.
        public let explanation: String?
    }

    /// The kernel's error number, where there is one; of several refusals the first.
    public var number: ErrorNumber? {
        switch self {
        case .refused(let refusals): refusals.first?.error
        case .system(_, _, let number): number
        case .timedOut, .overrun, .truncated, .interrupted, .malformed: nil
        }
    }
}

extension NetlinkError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        switch self {
        case .refused(let refusals): refusals.map(\.description).joined(separator: "; ")
        case .system(let call, let subject, let number): "\(call) \(subject): \(number.advice)"
        case .timedOut: "the kernel did not answer in time"
        case .overrun: "answers of the kernel were lost"
        case .truncated(let byteCount): "an answer of \(byteCount) bytes did not fit"
        case .interrupted: "the listing changed while it was read"
        case .malformed(let what): "malformed answer: \(what)"
        }
    }
}

extension NetlinkError.Refusal: CustomStringConvertible {
    /// The refusal in one line.
    public var description: String {
        "\(request): \(error.advice)" + (explanation.map { ": \($0)" } ?? "")
    }
}

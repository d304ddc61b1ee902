public import Netlink

/// What went wrong between this program and nftables.
public enum NftablesError: Error, Hashable, Sendable {
    /// The kernel refused these steps of a transaction, in their order. Nothing of it was applied.
    case refused([NetlinkError.Refusal])
    /// Someone else committed since the generation that the transaction was made for. Nothing of it was applied.
    case generationChanged
    /// The kernel's answer was lost, and the generation is no longer the one that the transaction was made for: either
    /// it was applied, or someone else committed. Read the table to learn which.
    case outcomeUnknown(Generation)
    /// The socket failed, or a listing did. Nothing was applied.
    case netlink(NetlinkError)

    /// The kernel's error number, where there is one; of several refusals the first.
    public var number: ErrorNumber? {
        switch self {
        case .refused(let refusals): refusals.first?.error
        case .netlink(let error): error.number
        case .generationChanged, .outcomeUnknown: nil
        }
    }
}

extension NftablesError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        switch self {
        case .refused(let refusals): refusals.map(\.description).joined(separator: "; ")
        case .generationChanged: "the ruleset was changed by someone else"
        case .outcomeUnknown(let generation):
            "the answer was lost; the ruleset is now of generation \(generation.rawValue)"
        case .netlink(let error): error.description
        }
    }
}

internal import CNftnl
internal import Netlink

/// Whether what listings tell is of one generation of the ruleset.
///
/// Each message of a listing bears the lower half of the generation's number; a listing of nothing bears none. Source:
/// nf_tables_api.c, `nft_base_seq_be16`.
struct GenerationView {
    let generation: Generation
    /// Whether some message was of another generation.
    private(set) var isTorn = false
    /// Whether the last listing was of this generation for sure, and with it all before.
    private(set) var isUpToDate = false

    /// A view of a generation.
    init(of generation: Generation) {
        self.generation = generation
    }

    /// Another listing begins.
    mutating func beginListing() { isUpToDate = false }

    /// Takes in a message of a listing.
    mutating func note(_ message: RawSpan) throws(NetlinkError) {
        let half = UInt16(bigEndian: try message.fixedPart(nfgenmsg.self).res_id)
        let isOfIt = half == UInt16(truncatingIfNeeded: generation.rawValue)
        isUpToDate = isOfIt
        if !isOfIt { isTorn = true }
    }
}

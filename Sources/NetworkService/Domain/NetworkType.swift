/// How a network's frames travel between nodes.
enum NetworkType: String, Sendable, CaseIterable {
    case flat, vlan, vxlan, gre, geneve, local

    /// The MTU that fits a 1500-byte underlay after the encapsulation's headers.
    var defaultMTU: Int {
        switch self {
        case .flat, .vlan, .local: 1500
        case .gre: 1458
        case .vxlan: 1450
        case .geneve: 1442
        }
    }

    /// The ids that tell networks of this type apart; nil where there is none.
    ///
    /// Source: IEEE 802.1Q (12 bits, 0 and 4095 reserved), RFC 7348 and RFC 8926 (24 bits), RFC 2890 (32 bits).
    var segmentationIDs: ClosedRange<Int64>? {
        switch self {
        case .flat, .local: nil
        case .vlan: 1...4094
        case .vxlan, .geneve: 1...16_777_215
        case .gre: 1...4_294_967_295
        }
    }

    /// Whether a network of this type rides on a named physical network.
    var needsPhysicalNetwork: Bool { self == .flat || self == .vlan }
}

/// The segment that carries a network.
struct Segment: Hashable, Sendable {
    var type: NetworkType
    /// Empty unless the type needs one.
    var physicalNetwork: String
    /// Nil for types without ids and, in a draft, where one is to be found.
    var segmentationID: Int64?

    /// A segment that makes sense.
    ///
    /// - Throws: `invalidInput` for an unknown type, a physical network that is missing or meaningless, or an id out
    ///   of the type's range.
    init(type name: String, physicalNetwork: String, segmentationID: Int64?) throws(NetworkError) {
        guard let type = NetworkType(rawValue: name) else { throw .invalidInput("unknown network type \"\(name)\"") }
        try Labels.check(physicalNetwork, as: "provider:physical_network")
        if type.needsPhysicalNetwork, physicalNetwork.isEmpty {
            throw .invalidInput("a \(name) network needs provider:physical_network")
        }
        if !type.needsPhysicalNetwork, !physicalNetwork.isEmpty {
            throw .invalidInput("a \(name) network has no provider:physical_network")
        }
        if let segmentationID {
            guard let range = type.segmentationIDs else {
                throw .invalidInput("a \(name) network has no provider:segmentation_id")
            }
            guard range.contains(segmentationID) else {
                throw .invalidInput(
                    "provider:segmentation_id \(segmentationID) is not in \(range.lowerBound)…\(range.upperBound)"
                )
            }
        }
        self.init(stored: type, physicalNetwork: physicalNetwork, segmentationID: segmentationID)
    }

    /// A segment as it was stored.
    init(stored type: NetworkType, physicalNetwork: String, segmentationID: Int64?) {
        self.type = type
        self.physicalNetwork = physicalNetwork
        self.segmentationID = segmentationID
    }

    /// Whether an id must still be found.
    var lacksSegmentationID: Bool { type.segmentationIDs != nil && segmentationID == nil }
}

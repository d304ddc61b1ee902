internal import ResourceModel

/// A node's agent.
struct Agent: Hashable, Sendable {
    let id: AgentID
    /// The node's name.
    let host: String
    var availabilityZone = ""
    var isAdminUp = true
    var description = ""
    /// Whether its lease is valid.
    var isAlive = true
    var load = AgentLoad()
    var createdAt = Timestamp(microseconds: 0)
    var startedAt = Timestamp(microseconds: 0)
    var heartbeatAt = Timestamp(microseconds: 0)

    static let type = "L3 agent"
}

/// What an agent says it carries.
struct AgentLoad: Hashable, Sendable {
    var routers = 0
    var gateways = 0
    var interfaces = 0
    var floatingIPs = 0
}

/// What an agent says of itself when it starts.
struct AgentRegistration: Hashable, Sendable {
    let host: String
    var availabilityZone = ""
    var version = ""
    var bootID = ""

    /// A registration, checked.
    init(host: String, availabilityZone: String, version: String, bootID: String) throws(RouterError) {
        guard !host.isEmpty else { throw .invalidInput("an agent needs a host") }
        self.host = try TextRules.checked(host, "host")
        self.availabilityZone = try TextRules.checked(availabilityZone, "availability_zone")
        self.version = try TextRules.checked(version, "version")
        self.bootID = try TextRules.checked(bootID, "boot_id")
    }
}

extension ID where Kind == AgentKind {
    /// The one id of a host's agent: the 128-bit FNV-1a hash of type and host, as a version 8 UUID.
    ///
    /// Source: RFC 9562, section 5.8; draft-eastlake-fnv.
    static func agent(on host: String) -> AgentID {
        let prime = UInt128(0x0000_0000_0100_0000) << 64 | 0x0000_0000_0000_013b
        var hash = UInt128(0x6c62_272e_07bb_0142) << 64 | 0x62b8_2175_6295_c58d
        for byte in "\(Agent.type)/\(host)".utf8 { hash = (hash ^ UInt128(byte)) &* prime }
        let high = UInt64(truncatingIfNeeded: hash >> 64) & 0xffff_ffff_ffff_0fff | 0x8000
        let low = UInt64(truncatingIfNeeded: hash) & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        return AgentID(high: high, low: low)
    }
}

/// A zone that agents are in.
struct AvailabilityZone: Hashable, Sendable {
    let name: String
    var resource = Resource.router
    /// Whether an agent there takes routers.
    let isAvailable: Bool

    var state: String { isAvailable ? "available" : "unavailable" }

    /// What zones are for: routers are placed in them, networks are in all that have nodes.
    enum Resource: String, Sendable, CaseIterable {
        case router
        case network
    }
}

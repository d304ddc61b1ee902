internal import ResourceModel

/// Follows what changes at NetworkService.
protocol NetworkChangesDirectory: Sendable {
    /// Calls the body with each event until the stream ends or breaks.
    ///
    /// - Parameters:
    ///   - position: Where to continue; empty begins with a snapshot.
    ///   - body: Gets one event at a time.
    /// - Throws: What the body throws; `PositionLost` when the position was compacted; a `RemoteError`.
    func follow(from position: String, _ body: @escaping @Sendable (NetworkEvent) async throws -> Void) async throws
}

/// Something that NetworkService said changed.
enum NetworkEvent: Hashable, Sendable {
    case network(Network)
    case subnet(Subnet)
    case port(Port)
    case networkGone(NetworkID)
    case subnetGone(SubnetID)
    case portGone(PortID)
    /// The snapshot, or the backlog, is complete.
    case synced(String)
    /// Everything up to here has been sent.
    case progress(String)
}

/// The position to continue from was compacted: begin anew.
struct PositionLost: Error {}

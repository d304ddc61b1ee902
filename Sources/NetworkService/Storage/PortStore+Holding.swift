internal import Listing
internal import Postgres
internal import ResourceModel

/// Ports that are kept for objects of other services.
extension PortStore {
    /// Whether the port was a tenant's before its holder took it over.
    func isClaimed(_ id: PortID) async throws -> Bool {
        try await !source.query("SELECT 1 FROM ports WHERE id = \(id) AND claimed_from_owner IS NOT NULL").isEmpty
    }

    /// Takes a port over for a holder, and remembers what its device owner was.
    func claim(_ id: PortID, for holder: Holder, as owner: String) async throws {
        _ = try await source.query(
            """
            UPDATE ports SET
                claimed_from_owner = device_owner, device_owner = \(owner), device_id = \(holder.id),
                holder_kind = \(holder.kind), holder_id = \(holder.id), holder_checked_at = clock_timestamp(),
                updated_at = now(), revision_number = revision_number + 1
            WHERE id = \(id)
            """
        )
    }

    /// Gives a claimed port back as it was before.
    func unclaim(_ id: PortID) async throws {
        _ = try await source.query(
            """
            UPDATE ports SET
                device_owner = claimed_from_owner, device_id = '', claimed_from_owner = NULL, holder_kind = NULL,
                holder_id = NULL, updated_at = now(), revision_number = revision_number + 1
            WHERE id = \(id) AND claimed_from_owner IS NOT NULL
            """
        )
    }

    /// Whether its holder asked for the port after a moment.
    func wasAsked(for id: PortID, after moment: Timestamp) async throws -> Bool {
        try await !source.query("SELECT 1 FROM ports WHERE id = \(id) AND holder_checked_at > \(moment)").isEmpty
    }

    /// Its holder has just asked for the port.
    func noteAsked(_ id: PortID) async throws {
        _ = try await source.query("UPDATE ports SET holder_checked_at = clock_timestamp() WHERE id = \(id)")
    }
}

internal import ResourceModel

extension ReservationRegistry {
    /// Lets go of what its holder does not have any more, unless the holder asked for it since it was picked: a
    /// reference is dropped, a claimed port goes back to its tenant, any other port is deleted.
    func drop(_ keepsake: Keepsake) async throws {
        let (port, holder, moment) = (keepsake.portID, keepsake.holder, keepsake.checkedAt)
        switch keepsake.kind {
        case .reference:
            try await SweepStore(database: ports.storage.database).drop(keepsake)
        case .port:
            if try await ports.storage.reading.ports.isClaimed(port) {
                try await unclaim(port, for: holder, unlessAskedAfter: moment)
            } else {
                try await release(port, of: holder, unlessAskedAfter: moment)
            }
        }
    }
}

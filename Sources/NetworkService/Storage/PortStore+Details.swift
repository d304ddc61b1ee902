internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// What a floating IP shows of its port.
struct PortDetails: Hashable, Sendable {
    let id: PortID
    let networkID: NetworkID
    let name: String
    let mac: MACAddress
    let isAdminUp: Bool
    let status: PortStatus
    let deviceID: String
    let deviceOwner: String
}

extension PortStore {
    /// Those of the ids that exist and that the caller may see, without what takes another look at each.
    func details(_ ids: [PortID], visibleTo caller: RequestContext) async throws -> [PortDetails] {
        try await source.all(
            """
            SELECT p.id, p.network_id, p.name, p.mac_address, p.admin_state_up, p.status, p.device_id, p.device_owner
            FROM ports p JOIN networks n ON n.id = p.network_id
            WHERE p.id = ANY(\(ids)::uuid[]) AND \(Visibility(caller: caller).ofPorts)
            """
        ) { row throws(PostgresError) in
            PortDetails(
                id: try row.column(0),
                networkID: try row.column(1),
                name: try row.column(2),
                mac: try row.column(3),
                isAdminUp: try row.column(4),
                status: try PortStatus(column: "status", of: row),
                deviceID: try row.column(6),
                deviceOwner: try row.column(7)
            )
        }
    }
}

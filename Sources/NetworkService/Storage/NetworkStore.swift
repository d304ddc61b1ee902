internal import Listing
internal import Postgres
internal import ResourceModel

/// The statements on networks.
struct NetworkStore: Sendable {
    let source: any QueryRunner

    func network(_ id: NetworkID, visibleTo caller: RequestContext) async throws -> Network? {
        try await source.first(
            """
            SELECT \(Network.columns(for: caller)) FROM networks n
            WHERE n.id = \(id) AND \(Visibility(caller: caller).ofNetworks)
            """,
            Network.init(row:)
        )
    }

    /// Keeps the network from being deleted, and its row from being changed in what ports depend on.
    func networkForKeyShare(_ id: NetworkID, visibleTo caller: RequestContext) async throws -> Network? {
        try await source.first(
            """
            SELECT \(Network.columnsForPorts(for: caller)) FROM networks n
            WHERE n.id = \(id) AND \(Visibility(caller: caller).ofNetworks) FOR KEY SHARE OF n
            """,
            Network.init(row:)
        )
    }

    /// Lets one writer of the network's subnets in at a time, and ports meanwhile.
    func networkForSubnets(_ id: NetworkID, visibleTo caller: RequestContext) async throws -> Network? {
        try await source.first(
            """
            SELECT \(Network.columns(for: caller)) FROM networks n
            WHERE n.id = \(id) AND \(Visibility(caller: caller).ofNetworks) FOR NO KEY UPDATE OF n
            """,
            Network.init(row:)
        )
    }

    /// Lets nobody else at the network, and no port appear on it.
    func networkForUpdate(_ id: NetworkID, visibleTo caller: RequestContext) async throws -> Network? {
        try await source.first(
            """
            SELECT \(Network.columns(for: caller)) FROM networks n
            WHERE n.id = \(id) AND \(Visibility(caller: caller).ofNetworks) FOR UPDATE OF n
            """,
            Network.init(row:)
        )
    }

    /// Networks in the order of their ids.
    func networks(_ ids: [NetworkID]) async throws -> [Network] {
        try await source.all(
            "SELECT \(Network.columns()) FROM networks n WHERE n.id = ANY(\(ids)) ORDER BY n.id",
            Network.init(row:)
        )
    }

    /// The next networks after an id, in the order of their ids.
    func networks(after id: NetworkID?, limit: Int) async throws -> [Network] {
        try await source.all(
            """
            SELECT \(Network.columns()) FROM networks n
            WHERE \(id)::uuid IS NULL OR n.id > \(id)::uuid ORDER BY n.id LIMIT \(limit)
            """,
            Network.init(row:)
        )
    }

    /// Puts a network in; nil when its id is taken.
    ///
    /// - Throws: `flatNetworkInUse`, or `conflict` for a segment that is taken or a second default.
    func insert(_ network: Network) async throws -> Network? {
        let history: History?
        do throws(PostgresError) {
            history = try await source.first(insertion(of: network), History.init(row:))
        } catch {
            throw Self.refusal(of: error, for: network)
        }
        guard let history else { return nil }
        var stored = network
        stored.history = history
        return stored
    }

    private func insertion(of network: Network) -> SQL {
        """
        INSERT INTO networks (
            id, project_id, name, description, tags, admin_state_up, shared, router_external, external_to_all,
            is_default, mtu, provider_network_type, provider_physical_network, provider_segmentation_id, port_security_enabled,
            availability_zone_hints, dns_domain, qos_policy_id)
        VALUES (
            \(network.id), \(network.projectID), \(network.labels.name), \(network.labels.description),
            \(network.labels.tags), \(network.isAdminUp), \(network.isShared), \(network.isExternal),
            \(network.isExternalToAll), \(network.isDefault), \(network.mtu), \(network.segment.type.rawValue),
            \(network.segment.physicalNetwork), \(network.segment.segmentationID), \(network.isPortSecurityEnabled),
            \(network.availabilityZoneHints), \(network.dnsDomain), \(network.qosPolicyID))
        ON CONFLICT (id) DO NOTHING
        RETURNING created_at, updated_at, revision_number
        """
    }

    /// Writes all that can change, as one more revision, and gives what it is now.
    ///
    /// - Throws: As `insert`.
    func update(_ network: Network) async throws -> Network {
        var stored = network
        do throws(PostgresError) {
            for row in try await source.query(change(to: network)) { stored.history = try History(row: row) }
        } catch {
            throw Self.refusal(of: error, for: network)
        }
        return stored
    }

    private func change(to network: Network) -> SQL {
        """
        UPDATE networks SET
            name = \(network.labels.name), description = \(network.labels.description), tags = \(network.labels.tags),
            admin_state_up = \(network.isAdminUp), shared = \(network.isShared),
            router_external = \(network.isExternal), external_to_all = \(network.isExternalToAll), is_default = \(network.isDefault), mtu = \(network.mtu),
            provider_segmentation_id = \(network.segment.segmentationID),
            port_security_enabled = \(network.isPortSecurityEnabled), dns_domain = \(network.dnsDomain),
            qos_policy_id = \(network.qosPolicyID), updated_at = now(), revision_number = revision_number + 1
        WHERE id = \(network.id)
        RETURNING created_at, updated_at, revision_number
        """
    }

    /// One more revision, as when a subnet comes or goes.
    func touch(_ id: NetworkID) async throws -> Revision? {
        try await source.first(
            """
            UPDATE networks SET updated_at = now(), revision_number = revision_number + 1
            WHERE id = \(id) RETURNING revision_number
            """
        ) { row throws(PostgresError) in try row.column(0, as: Revision.self) }
    }

    func delete(_ id: NetworkID) async throws {
        _ = try await source.query("DELETE FROM networks WHERE id = \(id)")
    }

    private static func refusal(of error: PostgresError, for network: Network) -> any Error {
        switch error.serverError?.constraint {
        case "networks_flat_key":
            NetworkError.flatNetworkInUse(physicalNetwork: network.segment.physicalNetwork)
        case "networks_segment_key":
            NetworkError.segmentTaken(network.segment)
        case "networks_default_key":
            NetworkError.conflict("there is a default external network already")
        default: error
        }
    }
}

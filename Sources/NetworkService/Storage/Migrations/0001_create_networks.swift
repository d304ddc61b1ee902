internal import Postgres

extension Migrations {
    static let createNetworks = Migration(
        number: 1,
        name: "0001_create_networks",
        sql: """
            -- Networks; no two share a segment, a flat physical network, or being the default.
            CREATE TABLE networks (
                id uuid PRIMARY KEY,
                project_id text NOT NULL,
                name text NOT NULL,
                description text NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now(),
                revision_number bigint NOT NULL DEFAULT 1,
                tags text[] NOT NULL,
                admin_state_up boolean NOT NULL,
                status text NOT NULL DEFAULT 'ACTIVE',
                shared boolean NOT NULL,
                router_external boolean NOT NULL,
                is_default boolean NOT NULL,
                mtu integer NOT NULL,
                provider_network_type text NOT NULL,
                provider_physical_network text NOT NULL,
                provider_segmentation_id bigint,
                port_security_enabled boolean NOT NULL,
                availability_zone_hints text[] NOT NULL,
                dns_domain text NOT NULL,
                qos_policy_id text NOT NULL,
                CONSTRAINT networks_segment_key
                    UNIQUE (provider_network_type, provider_physical_network, provider_segmentation_id)
            );
            CREATE UNIQUE INDEX networks_flat_key ON networks (provider_physical_network)
                WHERE provider_network_type = 'flat';
            CREATE UNIQUE INDEX networks_default_key ON networks (is_default) WHERE is_default;
            CREATE INDEX networks_project_idx ON networks (project_id);
            CREATE INDEX networks_public_idx ON networks (id) WHERE shared OR router_external;

            -- Where the search for a free segmentation id begins, so that concurrent ones do not meet.
            CREATE SEQUENCE vlan_segmentation_ids AS bigint MAXVALUE 4094 CYCLE;
            CREATE SEQUENCE vxlan_segmentation_ids AS bigint MAXVALUE 16777215 CYCLE;
            CREATE SEQUENCE geneve_segmentation_ids AS bigint MAXVALUE 16777215 CYCLE;
            CREATE SEQUENCE gre_segmentation_ids AS bigint MAXVALUE 4294967295 CYCLE;
            """
    )
}

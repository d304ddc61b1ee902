internal import ChangeFeed
internal import Postgres

/// The schema of FloatingIPService's database, step by step.
enum Migrations {
    static let all = [
        Migration(number: 1, name: "0001_create_change_feed", sql: FeedSchema.creation),
        Migration(number: 2, name: "0002_create_floating_ips", sql: createFloatingIPs),
        Migration(number: 3, name: "0003_create_port_forwardings", sql: createPortForwardings),
        Migration(number: 4, name: "0004_create_undertakings", sql: createUndertakings),
        Migration(number: 5, name: "0005_create_project_usage", sql: createProjectUsage),
        Migration(number: 6, name: "0006_create_quota_limits", sql: createQuotaLimits),
        Migration(number: 7, name: "0007_create_ndp_proxies", sql: createNDPProxies),
    ]

    private static let createFloatingIPs = """
        -- Floating IPs and what they are mapped to. A fixed address has at most one of each external network.
        CREATE TABLE floating_ips (
            id uuid CONSTRAINT floating_ips_pkey PRIMARY KEY,
            project_id text NOT NULL,
            network_id uuid NOT NULL,
            address inet NOT NULL,
            description text NOT NULL,
            tags text[] NOT NULL,
            dns_name text NOT NULL,
            dns_domain text NOT NULL,
            port_id uuid,
            fixed_ip_address inet,
            subnet_id uuid,
            router_id uuid,
            -- Its node may still have the address when the floating IP is on no router.
            last_router_id uuid,
            status text NOT NULL CONSTRAINT floating_ips_status_check CHECK (status IN ('ACTIVE', 'DOWN', 'ERROR')),
            status_reason text NOT NULL DEFAULT '',
            -- What a node last reported about.
            applied_revision bigint NOT NULL DEFAULT 0,
            -- Of the last change that nodes care about.
            mapping_revision bigint NOT NULL DEFAULT 1,
            revision_number bigint NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT floating_ips_address_key UNIQUE (network_id, address),
            CONSTRAINT floating_ips_target_key UNIQUE (network_id, port_id, fixed_ip_address),
            CONSTRAINT floating_ips_target_check CHECK (
                num_nulls(port_id, fixed_ip_address, subnet_id) IN (0, 3)
                AND (port_id IS NULL OR router_id IS NOT NULL))
        );
        CREATE INDEX floating_ips_project_id_idx ON floating_ips (project_id, id);
        CREATE INDEX floating_ips_port_id_idx ON floating_ips (port_id) WHERE port_id IS NOT NULL;
        CREATE INDEX floating_ips_router_id_idx ON floating_ips (router_id) WHERE router_id IS NOT NULL;
        CREATE INDEX floating_ips_leaving_idx ON floating_ips (last_router_id)
            WHERE router_id IS NULL AND status <> 'DOWN';
        """

    private static let createPortForwardings = """
        -- Forwardings of floating IPs. Neither the external nor the internal side of two may overlap.
        CREATE EXTENSION IF NOT EXISTS btree_gist;
        CREATE TABLE port_forwardings (
            id uuid CONSTRAINT port_forwardings_pkey PRIMARY KEY,
            floating_ip_id uuid NOT NULL CONSTRAINT port_forwardings_floating_ip_id_fkey REFERENCES floating_ips,
            protocol text NOT NULL CONSTRAINT port_forwardings_protocol_check
                CHECK (protocol IN ('tcp', 'udp', 'sctp', 'dccp')),
            internal_port_id uuid NOT NULL,
            internal_ip_address inet NOT NULL,
            internal_subnet_id uuid NOT NULL,
            external_ports int4range NOT NULL CONSTRAINT port_forwardings_external_ports_check
                CHECK (external_ports <@ int4range(1, 65536) AND NOT isempty(external_ports)),
            internal_ports int4range NOT NULL CONSTRAINT port_forwardings_internal_ports_check
                CHECK (internal_ports <@ int4range(1, 65536) AND NOT isempty(internal_ports)),
            description text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT port_forwardings_external_excl EXCLUDE USING gist (
                floating_ip_id WITH =, protocol WITH =, external_ports WITH &&),
            CONSTRAINT port_forwardings_internal_excl EXCLUDE USING gist (
                internal_port_id WITH =, internal_ip_address inet_ops WITH =, protocol WITH =, internal_ports WITH &&)
        );
        CREATE INDEX port_forwardings_floating_ip_id_idx ON port_forwardings (floating_ip_id, id);
        CREATE INDEX port_forwardings_internal_port_id_idx ON port_forwardings (internal_port_id);
        """

    private static let createUndertakings = """
        -- For which floating IPs and forwardings others' holds are being changed, and what is still owed about them.
        CREATE TABLE undertakings (
            holder_kind text NOT NULL,
            holder_id uuid NOT NULL,
            token uuid NOT NULL,
            lease_until timestamptz NOT NULL,
            -- Ports about which others may hold something without a row that tells of it.
            port_ids uuid[] NOT NULL,
            CONSTRAINT undertakings_pkey PRIMARY KEY (holder_kind, holder_id)
        );
        CREATE INDEX undertakings_lease_until_idx ON undertakings (lease_until);
        """

    private static let createProjectUsage = """
        -- How many floating IPs each project has; whoever makes one locks its project's row.
        CREATE TABLE project_usage (
            project_id text CONSTRAINT project_usage_pkey PRIMARY KEY,
            floating_ips bigint NOT NULL CONSTRAINT project_usage_floating_ips_check CHECK (floating_ips >= 0)
        );
        """

    private static let createQuotaLimits = """
        -- Limits that a project has of its own; the others are the program's.
        CREATE TABLE quota_limits (
            project_id text NOT NULL,
            kind text NOT NULL,
            most bigint NOT NULL,
            CONSTRAINT quota_limits_key PRIMARY KEY (project_id, kind)
        );
        """

    private static let createNDPProxies = """
        -- IPv6 addresses that routers answer for; on an external network only one router answers for an address.
        CREATE TABLE ndp_proxies (
            id uuid CONSTRAINT ndp_proxies_pkey PRIMARY KEY,
            project_id text NOT NULL,
            name text NOT NULL,
            description text NOT NULL,
            router_id uuid NOT NULL,
            network_id uuid NOT NULL,
            port_id uuid NOT NULL,
            ip_address inet NOT NULL,
            subnet_id uuid NOT NULL,
            revision_number bigint NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT ndp_proxies_address_key UNIQUE (network_id, ip_address)
        );
        CREATE INDEX ndp_proxies_project_id_idx ON ndp_proxies (project_id, id);
        CREATE INDEX ndp_proxies_port_id_idx ON ndp_proxies (port_id);
        CREATE INDEX ndp_proxies_router_id_idx ON ndp_proxies (router_id);
        """
}

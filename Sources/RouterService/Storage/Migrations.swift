internal import ChangeFeed
internal import Postgres

/// The schema of RouterService's database, step by step.
enum Migrations {
    static let all = [
        Migration(number: 1, name: "0001_create_change_feed", sql: FeedSchema.creation),
        Migration(number: 2, name: "0002_create_agents", sql: createAgents),
        Migration(number: 3, name: "0003_create_routers", sql: createRouters),
        Migration(number: 4, name: "0004_create_network_copies", sql: createNetworkCopies),
        Migration(number: 5, name: "0005_create_router_ports", sql: createRouterPorts),
        Migration(number: 6, name: "0006_create_bindings", sql: createBindings),
        Migration(number: 7, name: "0007_create_duties", sql: createDuties),
        Migration(number: 8, name: "0008_count_placements", sql: countPlacements),
        Migration(number: 9, name: "0009_create_conntrack_helpers", sql: createConntrackHelpers),
        Migration(number: 10, name: "0010_create_quotas", sql: createQuotas),
        Migration(number: 11, name: "0011_allow_several_gateways", sql: allowSeveralGateways),
    ]

    private static let createAgents = """
        -- Node agents and their leases: whoever lets the lease run out loses its routers.
        CREATE TABLE agents (
            id uuid PRIMARY KEY,
            host text NOT NULL CONSTRAINT agents_host_key UNIQUE,
            availability_zone text NOT NULL,
            version text NOT NULL,
            boot_id text NOT NULL,
            admin_state_up boolean NOT NULL DEFAULT true,
            description text NOT NULL DEFAULT '',
            routers integer NOT NULL DEFAULT 0,
            external_gateways integer NOT NULL DEFAULT 0,
            interfaces integer NOT NULL DEFAULT 0,
            floating_ips integer NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL DEFAULT now(),
            started_at timestamptz NOT NULL DEFAULT now(),
            heartbeat_at timestamptz NOT NULL DEFAULT now(),
            lease_until timestamptz NOT NULL
        );
        """

    private static let createRouters = """
        -- Routers with their routes: the row is what a change of anything attached locks.
        CREATE TABLE routers (
            id uuid PRIMARY KEY,
            project_id text NOT NULL,
            name text NOT NULL,
            description text NOT NULL,
            tags text[] NOT NULL,
            admin_state_up boolean NOT NULL,
            status text NOT NULL CONSTRAINT routers_status_check CHECK (status IN ('ACTIVE', 'ERROR')),
            status_reason text NOT NULL DEFAULT '',
            route_destinations cidr[] NOT NULL DEFAULT '{}',
            route_nexthops inet[] NOT NULL DEFAULT '{}',
            availability_zone_hints text[] NOT NULL,
            flavor_id text NOT NULL DEFAULT '',
            enable_ndp_proxy boolean NOT NULL,
            enable_default_route_bfd boolean NOT NULL,
            enable_default_route_ecmp boolean NOT NULL,
            enable_snat boolean NOT NULL DEFAULT true,
            agent_id uuid CONSTRAINT routers_agent_id_fkey REFERENCES agents,
            -- An administrator took it off its agent: placed again by hand or with its next change.
            placement_held boolean NOT NULL DEFAULT false,
            -- What the agent last reported about.
            applied_revision bigint NOT NULL DEFAULT 0,
            revision_number bigint NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT routers_routes_check CHECK (cardinality(route_destinations) = cardinality(route_nexthops))
        );
        CREATE INDEX routers_project_id_idx ON routers (project_id, id);
        CREATE INDEX routers_agent_id_idx ON routers (agent_id);
        CREATE INDEX routers_unplaced_idx ON routers (id) WHERE agent_id IS NULL;
        """

    private static let createNetworkCopies = """
        -- Copies of what NetworkService says, kept true by following its changes; an older revision never replaces a newer.
        CREATE TABLE networks (
            id uuid PRIMARY KEY,
            external boolean NOT NULL,
            mtu integer NOT NULL,
            network_type text NOT NULL,
            physical_network text NOT NULL,
            segmentation_id bigint NOT NULL,
            has_ipv6_scope boolean NOT NULL,
            revision_number bigint NOT NULL,
            seen_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE subnets (
            id uuid PRIMARY KEY,
            network_id uuid NOT NULL,
            project_id text NOT NULL,
            cidr cidr NOT NULL,
            gateway_ip inet,
            ipv6_ra_mode text NOT NULL,
            ipv6_address_mode text NOT NULL,
            dns_nameservers text[] NOT NULL,
            revision_number bigint NOT NULL,
            seen_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX subnets_network_id_idx ON subnets (network_id);
        CREATE TABLE ports (
            id uuid PRIMARY KEY,
            network_id uuid NOT NULL,
            project_id text NOT NULL,
            mac_address macaddr NOT NULL,
            subnet_ids uuid[] NOT NULL,
            ip_addresses inet[] NOT NULL,
            revision_number bigint NOT NULL,
            seen_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT ports_addresses_check CHECK (cardinality(subnet_ids) = cardinality(ip_addresses))
        );
        CREATE INDEX ports_network_id_idx ON ports (network_id);
        CREATE INDEX ports_subnet_ids_idx ON ports USING gin (subnet_ids);
        CREATE TABLE followed (
            name text PRIMARY KEY,
            position text NOT NULL,
            holder text NOT NULL,
            lease_until timestamptz NOT NULL
        );
        """

    private static let createRouterPorts = """
        -- Which ports are whose, and what NetworkService has been told of where they are.
        CREATE TABLE router_ports (
            port_id uuid PRIMARY KEY,
            router_id uuid NOT NULL CONSTRAINT router_ports_router_id_fkey REFERENCES routers,
            role text NOT NULL CONSTRAINT router_ports_role_check CHECK (role IN ('interface', 'gateway')),
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            host text NOT NULL DEFAULT '',
            status text NOT NULL DEFAULT '',
            told_host text NOT NULL DEFAULT '',
            told_status text NOT NULL DEFAULT '',
            tell_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX router_ports_router_id_idx ON router_ports (router_id);
        CREATE UNIQUE INDEX router_ports_one_gateway_key ON router_ports (router_id) WHERE role = 'gateway';
        CREATE INDEX router_ports_untold_idx ON router_ports (tell_at)
            WHERE host <> told_host OR status <> told_status;
        """

    private static let createBindings = """
        -- What leans on routers; a router or interface with one does not go.
        CREATE TABLE bindings (
            holder_kind text NOT NULL,
            holder_id uuid NOT NULL,
            router_id uuid NOT NULL CONSTRAINT bindings_router_id_fkey REFERENCES routers,
            subnet_id uuid NOT NULL,
            bound_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            CONSTRAINT bindings_pkey PRIMARY KEY (holder_kind, holder_id, router_id, subnet_id)
        );
        CREATE INDEX bindings_router_id_idx ON bindings (router_id, subnet_id);
        CREATE INDEX bindings_checked_at_idx ON bindings (checked_at);
        """

    private static let createDuties = """
        -- What is under way or still owed to NetworkService: written before a port is made there, gone when the router's
        -- row says the same. A crash leaves a duty behind, and whoever finds it undoes what was begun.
        CREATE TABLE duties (
            port_id uuid CONSTRAINT duties_pkey PRIMARY KEY,
            router_id uuid NOT NULL,
            action text NOT NULL CONSTRAINT duties_action_check
                CHECK (action IN ('making', 'claiming', 'changing', 'release', 'unclaim', 'restore')),
            subnet_ids uuid[] NOT NULL DEFAULT '{}',
            ip_addresses inet[] NOT NULL DEFAULT '{}',
            due_at timestamptz NOT NULL
        );
        CREATE INDEX duties_due_at_idx ON duties (due_at);
        """

    private static let createConntrackHelpers = """
        -- Kernel modules that follow protocols which carry addresses, by router; nodes get them with the router.
        CREATE TABLE conntrack_helpers (
            id uuid CONSTRAINT conntrack_helpers_pkey PRIMARY KEY,
            router_id uuid NOT NULL
                CONSTRAINT conntrack_helpers_router_id_fkey REFERENCES routers ON DELETE CASCADE,
            protocol text NOT NULL,
            port integer NOT NULL CONSTRAINT conntrack_helpers_port_check CHECK (port BETWEEN 1 AND 65535),
            helper text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            CONSTRAINT conntrack_helpers_one_of_a_kind_key UNIQUE (router_id, protocol, port, helper)
        );
        """

    private static let createQuotas = """
        -- Limits that a project has of its own; the others are the program's.
        CREATE TABLE quota_limits (
            project_id text NOT NULL,
            kind text NOT NULL,
            most bigint NOT NULL,
            CONSTRAINT quota_limits_key PRIMARY KEY (project_id, kind)
        );
        -- How many routers each project has; whoever makes one locks its project's row, so that the count is exact.
        CREATE TABLE project_usage (
            project_id text CONSTRAINT project_usage_pkey PRIMARY KEY,
            routers bigint NOT NULL CONSTRAINT project_usage_routers_check CHECK (routers >= 0)
        );
        INSERT INTO project_usage (project_id, routers) SELECT project_id, count(*) FROM routers GROUP BY project_id;
        """

    private static let allowSeveralGateways = """
        -- A router has one compatible gateway and any number of further ones; source NAT is each gateway's own affair,
        -- and what leans on a router leans on its way to one external network.
        ALTER TABLE router_ports DROP CONSTRAINT router_ports_role_check;
        ALTER TABLE router_ports ADD CONSTRAINT router_ports_role_check
            CHECK (role IN ('interface', 'gateway', 'extra_gateway'));
        ALTER TABLE router_ports ADD COLUMN enable_snat boolean NOT NULL DEFAULT true;
        UPDATE router_ports l SET enable_snat = false FROM routers r
            WHERE r.id = l.router_id AND l.role = 'gateway' AND NOT r.enable_snat;
        CREATE INDEX router_ports_extra_gateways_idx ON router_ports (router_id) WHERE role = 'extra_gateway';
        ALTER TABLE bindings ADD COLUMN external_network_id uuid;
        UPDATE bindings b SET external_network_id = p.network_id FROM router_ports l JOIN ports p ON p.id = l.port_id
            WHERE l.router_id = b.router_id AND l.role = 'gateway';
        """
}

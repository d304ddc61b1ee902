internal import Postgres

extension Migrations {
    static let createSubnets = Migration(
        number: 2,
        name: "0002_create_subnets",
        sql: """
            -- Subnets. That blocks of one network do not overlap is held under the lock of the network's row.
            CREATE TABLE subnets (
                id uuid PRIMARY KEY,
                project_id text NOT NULL,
                name text NOT NULL,
                description text NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now(),
                revision_number bigint NOT NULL DEFAULT 1,
                tags text[] NOT NULL,
                network_id uuid NOT NULL CONSTRAINT subnets_network_fkey REFERENCES networks (id),
                ip_version smallint NOT NULL,
                cidr cidr NOT NULL,
                gateway_ip inet,
                enable_dhcp boolean NOT NULL,
                dns_nameservers inet[] NOT NULL,
                host_route_destinations cidr[] NOT NULL,
                host_route_nexthops inet[] NOT NULL,
                ipv6_ra_mode text NOT NULL,
                ipv6_address_mode text NOT NULL,
                service_types text[] NOT NULL,
                segment_id text NOT NULL,
                dns_publish_fixed_ip boolean NOT NULL,
                CONSTRAINT subnets_cidr_key UNIQUE (network_id, cidr)
            );
            CREATE INDEX subnets_project_idx ON subnets (project_id);

            -- Ranges that addresses are taken from. Those before next_address were put into free_addresses once; null
            -- when all were.
            CREATE TABLE allocation_pools (
                subnet_id uuid NOT NULL CONSTRAINT allocation_pools_subnet_fkey
                    REFERENCES subnets (id) ON DELETE CASCADE,
                first_address inet NOT NULL,
                last_address inet NOT NULL,
                next_address inet,
                PRIMARY KEY (subnet_id, first_address)
            );
            """
    )
}

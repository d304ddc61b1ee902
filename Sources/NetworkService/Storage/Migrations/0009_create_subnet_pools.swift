internal import Postgres

extension Migrations {
    static let createSubnetPools = Migration(
        number: 9,
        name: "0009_create_subnet_pools",
        sql: """
            -- Address scopes and subnet pools. That the prefixes of a scope's pools do not overlap is held under the
            -- lock of the scope's row, that a pool's blocks do not under the lock of the pool's.
            CREATE TABLE address_scopes (
                id uuid PRIMARY KEY,
                project_id text NOT NULL,
                name text NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now(),
                revision_number bigint NOT NULL DEFAULT 1,
                ip_version smallint NOT NULL,
                shared boolean NOT NULL
            );
            CREATE INDEX address_scopes_project_idx ON address_scopes (project_id);

            CREATE TABLE subnet_pools (
                id uuid PRIMARY KEY,
                project_id text NOT NULL,
                name text NOT NULL,
                description text NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now(),
                revision_number bigint NOT NULL DEFAULT 1,
                tags text[] NOT NULL,
                ip_version smallint NOT NULL,
                prefixes cidr[] NOT NULL,
                default_prefixlen smallint NOT NULL,
                min_prefixlen smallint NOT NULL,
                max_prefixlen smallint NOT NULL,
                default_quota bigint,
                address_scope_id uuid CONSTRAINT subnet_pools_scope_fkey REFERENCES address_scopes (id),
                is_default boolean NOT NULL,
                shared boolean NOT NULL
            );
            CREATE INDEX subnet_pools_project_idx ON subnet_pools (project_id);
            CREATE INDEX subnet_pools_scope_idx ON subnet_pools (address_scope_id);
            CREATE UNIQUE INDEX subnet_pools_default_key ON subnet_pools (ip_version) WHERE is_default;

            ALTER TABLE subnets ADD COLUMN subnetpool_id uuid
                CONSTRAINT subnets_pool_fkey REFERENCES subnet_pools (id);
            CREATE INDEX subnets_pool_idx ON subnets (subnetpool_id, cidr) WHERE subnetpool_id IS NOT NULL;
            """
    )
}

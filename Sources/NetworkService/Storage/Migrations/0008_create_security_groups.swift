internal import Postgres

extension Migrations {
    static let createSecurityGroups = Migration(
        number: 8,
        name: "0008_create_security_groups",
        sql: """
            -- Security groups, of which each project has one default; no two rules of a group mean the same.
            CREATE TABLE security_groups (
                id uuid PRIMARY KEY,
                project_id text NOT NULL,
                name text NOT NULL,
                description text NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now(),
                revision_number bigint NOT NULL DEFAULT 1,
                tags text[] NOT NULL,
                stateful boolean NOT NULL,
                is_default boolean NOT NULL
            );
            CREATE INDEX security_groups_project_idx ON security_groups (project_id);
            CREATE UNIQUE INDEX security_groups_default_key ON security_groups (project_id) WHERE is_default;

            CREATE TABLE security_group_rules (
                id uuid PRIMARY KEY,
                project_id text NOT NULL,
                description text NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now(),
                revision_number bigint NOT NULL DEFAULT 1,
                security_group_id uuid NOT NULL CONSTRAINT security_group_rules_group_fkey
                    REFERENCES security_groups (id),
                direction text NOT NULL,
                ethertype text NOT NULL,
                protocol text NOT NULL,
                port_range_min integer,
                port_range_max integer,
                remote_ip_prefix inet,
                remote_group_id uuid CONSTRAINT security_group_rules_remote_fkey REFERENCES security_groups (id),
                meaning text NOT NULL,
                CONSTRAINT security_group_rules_meaning_key UNIQUE (security_group_id, meaning)
            );
            CREATE INDEX security_group_rules_project_idx ON security_group_rules (project_id);
            CREATE INDEX security_group_rules_remote_idx ON security_group_rules (remote_group_id)
                WHERE remote_group_id IS NOT NULL;

            -- Which ports have a group, for its deletion and for lists.
            CREATE INDEX ports_security_groups_idx ON ports USING gin (security_groups);
            """
    )
}

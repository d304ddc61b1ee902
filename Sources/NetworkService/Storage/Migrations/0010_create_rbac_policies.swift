internal import Postgres

extension Migrations {
    static let createRBACPolicies = Migration(
        number: 10,
        name: "0010_create_rbac_policies",
        sql: """
            -- Which projects may use what is not theirs. The flags of the objects themselves say what all may, and are
            -- kept as the policies for `*` are, under the lock of the object's row.
            CREATE TABLE rbac_policies (
                id uuid PRIMARY KEY,
                project_id text NOT NULL,
                object_type text NOT NULL,
                object_id uuid NOT NULL,
                action text NOT NULL,
                target_project text NOT NULL,
                CONSTRAINT rbac_policies_key UNIQUE (object_id, object_type, action, target_project)
            );
            CREATE INDEX rbac_policies_project_idx ON rbac_policies (project_id);
            CREATE INDEX rbac_policies_target_idx ON rbac_policies (target_project, object_type);

            -- A network is external as soon as one project may use it so; whether all may is another matter.
            ALTER TABLE networks ADD COLUMN external_to_all boolean NOT NULL DEFAULT false;
            UPDATE networks SET external_to_all = router_external;
            DROP INDEX networks_public_idx;
            CREATE INDEX networks_public_idx ON networks (id) WHERE shared OR external_to_all;

            -- For whose router or floating IP an address is kept.
            ALTER TABLE ports ADD COLUMN holder_project text NOT NULL DEFAULT '';

            INSERT INTO rbac_policies (id, project_id, object_type, object_id, action, target_project)
                SELECT gen_random_uuid(), project_id, 'network', id, 'access_as_shared', '*'
                FROM networks WHERE shared
                UNION ALL SELECT gen_random_uuid(), project_id, 'network', id, 'access_as_external', '*'
                FROM networks WHERE router_external
                UNION ALL SELECT gen_random_uuid(), project_id, 'subnetpool', id, 'access_as_shared', '*'
                FROM subnet_pools WHERE shared
                UNION ALL SELECT gen_random_uuid(), project_id, 'address_scope', id, 'access_as_shared', '*'
                FROM address_scopes WHERE shared;

            ALTER TABLE security_groups ADD COLUMN shared boolean NOT NULL DEFAULT false;
            """
    )
}

internal import Postgres

extension Migrations {
    static let createQuotas = Migration(
        number: 6,
        name: "0006_create_quotas",
        sql: """
            -- Limits that a project has of its own; the others are the program's.
            CREATE TABLE quota_limits (
                project_id text NOT NULL,
                kind text NOT NULL,
                most bigint NOT NULL,
                CONSTRAINT quota_limits_key PRIMARY KEY (project_id, kind)
            );
            -- How many objects a project has; the row's lock makes concurrent creates exact.
            CREATE TABLE quota_usage (
                project_id text NOT NULL,
                kind text NOT NULL,
                used bigint NOT NULL CONSTRAINT quota_usage_not_negative CHECK (used >= 0),
                CONSTRAINT quota_usage_key PRIMARY KEY (project_id, kind)
            );
            """
    )
}

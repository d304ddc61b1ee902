internal import Postgres

extension Migrations {
    static let createReferences = Migration(
        number: 5,
        name: "0005_create_references",
        sql: """
            -- Which objects of other services lean on a port's address, so that the address's end is told to them.
            CREATE TABLE port_references (
                port_id uuid NOT NULL CONSTRAINT port_references_port_fkey REFERENCES ports (id) ON DELETE CASCADE,
                holder_kind text NOT NULL,
                holder_id text NOT NULL,
                ip_address inet NOT NULL,
                checked_at timestamptz NOT NULL DEFAULT now(),
                CONSTRAINT port_references_key PRIMARY KEY (port_id, holder_kind, holder_id, ip_address)
            );
            CREATE INDEX port_references_checked_idx ON port_references (checked_at);
            """
    )
}

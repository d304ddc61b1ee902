/// The feed's tables, for a service to take into one of its migrations.
public enum FeedSchema {
    /// Creates the tables.
    ///
    /// Never changed: what comes later is another text.
    public static let creation = """
        -- The order of the entries is (xid, sequence); see ARCHITECTURE.md, "Change feed".
        CREATE TABLE change_feed (
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
            kind text NOT NULL,
            id uuid NOT NULL,
            scope text,
            revision bigint NOT NULL,
            deleted boolean NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT change_feed_key PRIMARY KEY (xid, sequence)
        );
        -- Entries up to here are gone. Always exactly one row.
        CREATE TABLE change_feed_compaction (
            singleton boolean NOT NULL DEFAULT true,
            xid xid8 NOT NULL,
            sequence bigint NOT NULL,
            CONSTRAINT change_feed_compaction_key PRIMARY KEY (singleton),
            CONSTRAINT change_feed_compaction_singleton CHECK (singleton)
        );
        INSERT INTO change_feed_compaction (xid, sequence) VALUES ('0', 0);
        """
}

extension Migrations {
    /// Counts of the routers on each agent.
    static let countPlacements = """
        -- How many routers each agent has, so that placing one does not count them. A session writes to a slot of its own,
        -- that those who place at the same time seldom wait for one another: the sum over an agent's slots counts.
        CREATE TABLE placements (
            agent_id uuid NOT NULL CONSTRAINT placements_agent_id_fkey REFERENCES agents ON DELETE CASCADE,
            slot integer NOT NULL,
            routers bigint NOT NULL,
            CONSTRAINT placements_pkey PRIMARY KEY (agent_id, slot)
        );
        INSERT INTO placements SELECT agent_id, 0, count(*) FROM routers WHERE agent_id IS NOT NULL GROUP BY agent_id;

        CREATE FUNCTION count_placements() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO placements AS p
                SELECT agent_id, pg_backend_pid() % 8, count(*) FROM after_change WHERE agent_id IS NOT NULL
                GROUP BY agent_id ORDER BY agent_id
                ON CONFLICT ON CONSTRAINT placements_pkey DO UPDATE SET routers = p.routers + excluded.routers;
            ELSIF TG_OP = 'DELETE' THEN
                INSERT INTO placements AS p
                SELECT agent_id, pg_backend_pid() % 8, -count(*) FROM before_change WHERE agent_id IS NOT NULL
                GROUP BY agent_id ORDER BY agent_id
                ON CONFLICT ON CONSTRAINT placements_pkey DO UPDATE SET routers = p.routers + excluded.routers;
            ELSE
                INSERT INTO placements AS p
                SELECT agent_id, pg_backend_pid() % 8, sum(routers) FROM (
                    SELECT agent_id, 1 AS routers FROM after_change
                    UNION ALL SELECT agent_id, -1 FROM before_change) AS moved
                WHERE agent_id IS NOT NULL GROUP BY agent_id HAVING sum(routers) <> 0 ORDER BY agent_id
                ON CONFLICT ON CONSTRAINT placements_pkey DO UPDATE SET routers = p.routers + excluded.routers;
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER routers_placed_by_insert AFTER INSERT ON routers
            REFERENCING NEW TABLE AS after_change FOR EACH STATEMENT EXECUTE FUNCTION count_placements();
        CREATE TRIGGER routers_placed_by_update AFTER UPDATE ON routers
            REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
            FOR EACH STATEMENT EXECUTE FUNCTION count_placements();
        CREATE TRIGGER routers_placed_by_delete AFTER DELETE ON routers
            REFERENCING OLD TABLE AS before_change FOR EACH STATEMENT EXECUTE FUNCTION count_placements();
        """
}

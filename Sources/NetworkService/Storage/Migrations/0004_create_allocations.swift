internal import Postgres

extension Migrations {
    static let createAllocations = Migration(
        number: 4,
        name: "0004_create_allocations",
        sql: """
            -- Who has which address: the arbiter of every race for one.
            CREATE TABLE ip_allocations (
                network_id uuid NOT NULL,
                ip_address inet NOT NULL,
                subnet_id uuid NOT NULL CONSTRAINT ip_allocations_subnet_fkey REFERENCES subnets (id),
                port_id uuid NOT NULL CONSTRAINT ip_allocations_port_fkey REFERENCES ports (id) ON DELETE CASCADE,
                position smallint NOT NULL,
                CONSTRAINT ip_allocations_address_key PRIMARY KEY (network_id, ip_address)
            );
            CREATE INDEX ip_allocations_port_idx ON ip_allocations (port_id);
            CREATE INDEX ip_allocations_address_idx ON ip_allocations (ip_address);
            CREATE INDEX ip_allocations_subnet_idx ON ip_allocations (subnet_id, ip_address);

            -- A stock of addresses to take without waiting for one another; what was let go comes last. It may hold
            -- one that was allocated by name meanwhile, but it never lacks a free one before a pool's next_address.
            CREATE TABLE free_addresses (
                subnet_id uuid NOT NULL CONSTRAINT free_addresses_subnet_fkey
                    REFERENCES subnets (id) ON DELETE CASCADE,
                ip_address inet NOT NULL,
                ticket bigint GENERATED ALWAYS AS IDENTITY,
                CONSTRAINT free_addresses_key PRIMARY KEY (subnet_id, ip_address)
            );
            CREATE INDEX free_addresses_ticket_idx ON free_addresses (subnet_id, ticket);
            """
    )
}

internal import Postgres

extension Migrations {
    static let createPorts = Migration(
        number: 3,
        name: "0003_create_ports",
        sql: """
            -- Ports; a hardware address is unique in its network. A holder is the object of another service that the
            -- port is kept for; one that was claimed goes back to what it was, instead of being deleted.
            CREATE TABLE ports (
                id uuid PRIMARY KEY,
                project_id text NOT NULL,
                name text NOT NULL,
                description text NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now(),
                revision_number bigint NOT NULL DEFAULT 1,
                tags text[] NOT NULL,
                network_id uuid NOT NULL CONSTRAINT ports_network_fkey REFERENCES networks (id),
                admin_state_up boolean NOT NULL,
                mac_address macaddr NOT NULL,
                device_id text NOT NULL,
                device_owner text NOT NULL,
                status text NOT NULL,
                security_groups text[] NOT NULL,
                port_security_enabled boolean NOT NULL,
                address_pair_prefixes text[] NOT NULL,
                address_pair_macs text[] NOT NULL,
                dhcp_option_names text[] NOT NULL,
                dhcp_option_values text[] NOT NULL,
                dhcp_option_versions smallint[] NOT NULL,
                binding_vnic_type text NOT NULL,
                binding_host_id text NOT NULL,
                binding_profile json NOT NULL,
                dns_name text NOT NULL,
                dns_domain text NOT NULL,
                ip_allocation text NOT NULL,
                qos_policy_id text NOT NULL,
                holder_kind text,
                holder_id text,
                claimed_from_owner text,
                holder_checked_at timestamptz NOT NULL DEFAULT now(),
                CONSTRAINT ports_mac_address_key UNIQUE (network_id, mac_address)
            );
            CREATE INDEX ports_project_idx ON ports (project_id);
            CREATE INDEX ports_device_idx ON ports (device_id);
            CREATE INDEX ports_owner_idx ON ports (device_owner);
            CREATE INDEX ports_holder_idx ON ports (holder_checked_at) WHERE holder_kind IS NOT NULL;
            """
    )
}

-- psql: fills the three databases with :routers routers of :project from number :first on, spread over the agents that
-- are there; each with a gateway, one interface on a network of its own, and ten floating IPs mapped to ten ports there.
-- Keys are not checked and watchers hear of nothing, as when a backup is restored. Ids are made of names, so that the
-- databases agree on them; rows come in the order of their keys and find no other indexes, which takes a fraction of the
-- time. Needs :external and :external_subnet, and the superuser.
\set ON_ERROR_STOP on
\set QUIET on
\set last :first + :routers - 1

\connect sluice_network
SET session_replication_role = replica;
SET synchronous_commit = off;
CREATE TEMPORARY TABLE dropped AS
SELECT indexrelid::regclass AS index, pg_get_indexdef(indexrelid) AS definition FROM pg_index
JOIN pg_class ON oid = indrelid WHERE relnamespace = 'public'::regnamespace AND NOT indisunique
    AND NOT indisexclusion;
SELECT format('DROP INDEX %s', index) FROM dropped \gexec
INSERT INTO networks (id, project_id, name, description, tags, admin_state_up, shared, router_external, is_default, mtu,
    provider_network_type, provider_physical_network, provider_segmentation_id, port_security_enabled,
    availability_zone_hints, dns_domain, qos_policy_id)
SELECT md5('network-' || r)::uuid, :'project', 'fill', '', '{}', true, false, false, false, 1450, 'vxlan', '',
    1000000 + r, true, '{}', '', ''
FROM generate_series(:first, :last) r;
INSERT INTO subnets (id, project_id, name, description, tags, network_id, ip_version, cidr, gateway_ip, enable_dhcp,
    dns_nameservers, host_route_destinations, host_route_nexthops, ipv6_ra_mode, ipv6_address_mode, service_types,
    segment_id, dns_publish_fixed_ip)
SELECT md5('subnet-' || r)::uuid, :'project', 'fill', '', '{}', md5('network-' || r)::uuid, 4, '10.0.0.0/24',
    '10.0.0.1', false, '{}', '{}', '{}', '', '', '{}', '', false
FROM generate_series(:first, :last) r;
INSERT INTO allocation_pools (subnet_id, first_address, last_address, next_address)
SELECT md5('subnet-' || r)::uuid, '10.0.0.2', '10.0.0.254', '10.0.0.100' FROM generate_series(:first, :last) r;
CREATE TEMPORARY TABLE made AS
SELECT md5('gateway-' || r)::uuid AS id, :'external'::uuid AS network, :'external_subnet'::uuid AS subnet,
    '100.90.0.0'::inet + r AS address, '' AS project, md5('router-' || r)::uuid::text AS device,
    'network:router_gateway' AS owner, 'router' AS holder, 3 * 16777216::bigint + r AS mac
FROM generate_series(:first, :last) r
UNION ALL
SELECT md5('interface-' || r)::uuid, md5('network-' || r)::uuid, md5('subnet-' || r)::uuid, '10.0.0.1', :'project',
    md5('router-' || r)::uuid::text, 'network:router_interface', 'router', r
FROM generate_series(:first, :last) r
UNION ALL
SELECT md5('port-' || r || '-' || f)::uuid, md5('network-' || r)::uuid, md5('subnet-' || r)::uuid,
    '10.0.0.10'::inet + f, :'project', '', 'compute:nova', NULL, 16777216::bigint * f + r
FROM generate_series(:first, :last) r, generate_series(1, 10) f
UNION ALL
SELECT md5('address-' || r || '-' || f)::uuid, :'external'::uuid, :'external_subnet'::uuid,
    '100.65.0.0'::inet + 10 * r + f, '', md5('floatingip-' || r || '-' || f)::uuid::text, 'network:floatingip',
    'floating_ip', 16777216::bigint * (10 + f) + r
FROM generate_series(:first, :last) r, generate_series(1, 10) f;
INSERT INTO ports (id, project_id, name, description, tags, network_id, admin_state_up, mac_address, device_id,
    device_owner, status, security_groups, port_security_enabled, address_pair_prefixes, address_pair_macs,
    dhcp_option_names, dhcp_option_values, dhcp_option_versions, binding_vnic_type, binding_host_id, binding_profile,
    dns_name, dns_domain, ip_allocation, qos_policy_id, holder_kind, holder_id, holder_checked_at)
SELECT id, project, '', '', '{}', network, true, ('02' || lpad(to_hex(mac), 10, '0'))::macaddr, device, owner, 'ACTIVE',
    '{}', false, '{}', '{}', '{}', '{}', '{}', 'normal', '', '{}', '', '', 'immediate', '', holder,
    CASE WHEN holder IS NOT NULL THEN device END, now() + interval '1 day'
FROM made ORDER BY id;
INSERT INTO ip_allocations (network_id, ip_address, subnet_id, port_id, position)
SELECT network, address, subnet, id, 1 FROM made ORDER BY network, address;
INSERT INTO port_references (port_id, holder_kind, holder_id, ip_address, checked_at)
SELECT md5('port-' || r || '-' || f)::uuid, 'floating_ip', md5('floatingip-' || r || '-' || f)::uuid::text,
    '10.0.0.10'::inet + f, now() + interval '1 day'
FROM generate_series(:first, :last) r, generate_series(1, 10) f ORDER BY 1;
UPDATE allocation_pools SET next_address = '100.92.0.0' WHERE subnet_id = :'external_subnet';
DELETE FROM free_addresses WHERE subnet_id = :'external_subnet';
SELECT definition FROM dropped \gexec

\connect sluice_router
SET session_replication_role = replica;
SET synchronous_commit = off;
CREATE TEMPORARY TABLE dropped AS
SELECT indexrelid::regclass AS index, pg_get_indexdef(indexrelid) AS definition FROM pg_index
JOIN pg_class ON oid = indrelid WHERE relnamespace = 'public'::regnamespace AND NOT indisunique
    AND NOT indisexclusion;
SELECT format('DROP INDEX %s', index) FROM dropped \gexec
INSERT INTO routers (id, project_id, name, description, tags, admin_state_up, status, availability_zone_hints,
    enable_ndp_proxy, enable_default_route_bfd, enable_default_route_ecmp, agent_id)
SELECT md5('router-' || r)::uuid, :'project', 'fill', '', '{}', true, 'ACTIVE', '{}', false, false, false, a.id
FROM generate_series(:first, :last) r
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS count FROM agents) a
    ON a.place = r % a.count;
INSERT INTO placements (agent_id, slot, routers)
SELECT agent_id, 0, count(*) FROM routers WHERE agent_id IS NOT NULL GROUP BY agent_id
ON CONFLICT ON CONSTRAINT placements_pkey DO UPDATE SET routers = excluded.routers;
INSERT INTO networks (id, external, mtu, network_type, physical_network, segmentation_id, has_ipv6_scope,
    revision_number)
SELECT md5('network-' || r)::uuid, false, 1450, 'vxlan', '', 1000000 + r, false, 1
FROM generate_series(:first, :last) r;
INSERT INTO subnets (id, network_id, project_id, cidr, gateway_ip, ipv6_ra_mode, ipv6_address_mode, dns_nameservers,
    revision_number)
SELECT md5('subnet-' || r)::uuid, md5('network-' || r)::uuid, :'project', '10.0.0.0/24', '10.0.0.1', '', '', '{}', 1
FROM generate_series(:first, :last) r;
INSERT INTO ports (id, network_id, project_id, mac_address, subnet_ids, ip_addresses, revision_number)
SELECT md5('gateway-' || r)::uuid, :'external'::uuid, '',
    ('02' || lpad(to_hex(3 * 16777216::bigint + r), 10, '0'))::macaddr, ARRAY[:'external_subnet'::uuid],
    ARRAY['100.90.0.0'::inet + r], 1
FROM generate_series(:first, :last) r
UNION ALL
SELECT md5('interface-' || r)::uuid, md5('network-' || r)::uuid, :'project',
    ('02' || lpad(to_hex(r), 10, '0'))::macaddr, ARRAY[md5('subnet-' || r)::uuid], ARRAY['10.0.0.1'::inet], 1
FROM generate_series(:first, :last) r;
INSERT INTO router_ports (port_id, router_id, role)
SELECT md5(kind || '-' || r)::uuid, md5('router-' || r)::uuid, kind
FROM generate_series(:first, :last) r, unnest(ARRAY['gateway', 'interface']) kind;
INSERT INTO bindings (holder_kind, holder_id, router_id, subnet_id, checked_at)
SELECT 'floating_ip', md5('floatingip-' || r || '-' || f)::uuid, md5('router-' || r)::uuid, md5('subnet-' || r)::uuid,
    now() + interval '1 day'
FROM generate_series(:first, :last) r, generate_series(1, 10) f ORDER BY 2;
SELECT definition FROM dropped \gexec

\connect sluice_floatingip
SET session_replication_role = replica;
SET synchronous_commit = off;
CREATE TEMPORARY TABLE dropped AS
SELECT indexrelid::regclass AS index, pg_get_indexdef(indexrelid) AS definition FROM pg_index
JOIN pg_class ON oid = indrelid WHERE relnamespace = 'public'::regnamespace AND NOT indisunique
    AND NOT indisexclusion;
SELECT format('DROP INDEX %s', index) FROM dropped \gexec
INSERT INTO floating_ips (id, project_id, network_id, address, description, tags, dns_name, dns_domain, port_id,
    fixed_ip_address, subnet_id, router_id, last_router_id, status)
SELECT md5('floatingip-' || r || '-' || f)::uuid, :'project', :'external'::uuid, '100.65.0.0'::inet + 10 * r + f, '',
    '{}', '', '', md5('port-' || r || '-' || f)::uuid, '10.0.0.10'::inet + f, md5('subnet-' || r)::uuid,
    md5('router-' || r)::uuid, md5('router-' || r)::uuid, 'ACTIVE'
FROM generate_series(:first, :last) r, generate_series(1, 10) f ORDER BY 1;
INSERT INTO project_usage (project_id, floating_ips) VALUES (:'project', 10 * :routers);
SELECT definition FROM dropped \gexec

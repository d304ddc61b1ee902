"""The contract's tables of what stands around the core."""
from collection import Collection
from tables import (AGENTS, AVAILABILITY_ZONES, FLOATING_IPS, NETWORKS, OWNER, PORTS, ROUTERS, STANDARD, SUBNETS,
                    TIMES)

SUBNET_POOLS = Collection(
    "subnetpools", "subnetpool", "SubnetPoolNotFound", bulk=True, taggable=True,
    make=lambda world, n: {"name": f"pool-{n}", "prefixes": [f"10.{n % 250}.0.0/16"],
                           "default_prefixlen": 24},
    table="""
id                        uuid    FS     any  -
name                      str255  RPUFS  any  "a name"
prefixes                  list    RPU    any  -
ip_version                int     FS     any  -
default_prefixlen         int     PUFS   any  26
min_prefixlen             int     PUFS   any  20
max_prefixlen             int     PUFS   any  30
default_quota             int?    PUFS   any  7
address_scope_id          uuid?   PUFS   any  -
is_default                bool    PUFS   adm  -
shared                    bool    PF     adm  true
""" + OWNER + STANDARD)

ADDRESS_SCOPES = Collection(
    "address-scopes", "address_scope", "AddressScopeNotFound", standard=False,
    make=lambda world, n: {"name": f"scope-{n}", "ip_version": 4},
    table="""
id                        uuid    FS     any  -
name                      str255  PUFS   any  "a name"
ip_version                int     RPFS   any  -
shared                    bool    PUF    adm  true
""" + OWNER)

SECURITY_GROUPS = Collection(
    "security-groups", "security_group", "SecurityGroupNotFound", bulk=True, taggable=True,
    make=lambda world, n: {"name": f"group-{n}"},
    table="""
id                        uuid    FS     any  -
name                      str255  PUFS   any  "a name"
stateful                  bool    PUFS   any  false
shared                    bool    F      any  -
security_group_rules      list    -      any  -
""" + OWNER + STANDARD)

SECURITY_GROUP_RULES = Collection(
    "security-group-rules", "security_group_rule", "SecurityGroupRuleNotFound", bulk=True, updatable=False,
    make=lambda world, n: {"security_group_id": world.security_group, "direction": "ingress", "protocol": "tcp",
                           "port_range_min": n, "port_range_max": n},
    table="""
id                        uuid    FS     any  -
security_group_id         uuid    RPFS   any  -
direction                 word    RPFS   any  -
ethertype                 word    PFS    any  -
protocol                  any?    PFS    any  -
port_range_min            int?    PFS    any  -
port_range_max            int?    PFS    any  -
remote_ip_prefix          cidr?   PFS    any  "192.0.2.0/24"
normalized_cidr           cidr?   -      any  -
remote_group_id           uuid?   PFS    any  -
remote_address_group_id   uuid?   O      any  -
belongs_to_default_sg     bool    FO     any  -
description               str255  PF     any  "words"
""" + OWNER + TIMES)

RBAC_POLICIES = Collection(
    "rbac-policies", "rbac_policy", "RbacPolicyNotFound", standard=False,
    make=lambda world, n: {"object_type": "network", "object_id": world.network, "action": "access_as_shared",
                           "target_tenant": f"gamma-{n}"},
    judged_as={"action": "InvalidActionForType", "object_type": "InvalidInput"},
    table="""
id                        uuid    FS     any  -
object_type               word    RPFS   any  -
object_id                 uuid    RPFS   any  -
action                    word    RPFS   any  -
target_tenant             str255  RPUFS  any  "delta"
target_project            str255  PUFS   any  -
""" + OWNER)

PORT_FORWARDINGS = Collection(
    "port_forwardings", "port_forwarding", "PortForwardingNotFound", standard=False,
    path=lambda world: f"/v2.0/floatingips/{world.floating_ip}/port_forwardings",
    document_path="/v2.0/floatingips/{floatingip}/port_forwardings",
    judged_as={"internal_port_range": "InvalidInput", "external_port_range": "InvalidInput"},
    make=lambda world, n: {"protocol": "tcp", "internal_port_id": world.port["id"], "internal_port": n,
                           "internal_ip_address": world.port["fixed_ips"][0]["ip_address"], "external_port": n},
    table="""
id                        uuid    FS     any  -
protocol                  word    RPUFS  any  "udp"
internal_port_id          uuid    RPUFS  any  -
internal_ip_address       ip4     RPU    any  -
internal_port             int?    PU     any  -
external_port             int?    PUFS   any  -
internal_port_range       word?   PU     any  -
external_port_range       word?   PUFS   any  -
description               str255  PUF    any  "words"
""")

CONNTRACK_HELPERS = Collection(
    "conntrack_helpers", "conntrack_helper", "ConntrackHelperNotFound", standard=False,
    path=lambda world: f"/v2.0/routers/{world.router}/conntrack_helpers",
    document_path="/v2.0/routers/{router}/conntrack_helpers",
    make=lambda world, n: {"protocol": "tcp", "port": n, "helper": "ftp"},
    judged_as={"helper": "ConntrackHelperNotAllowed"},
    table="""
id                        uuid    FS     any  -
protocol                  word    RPUFS  any  "tcp"
port                      int     RPUFS  any  2121
helper                    word    RPUFS  any  "ftp"
""")

NDP_PROXIES = Collection(
    "ndp_proxies", "ndp_proxy", "NDPProxyNotFound",
    make=lambda world, n: {"router_id": world.proxied[0], "port_id": world.proxied_port(), "name": f"proxy-{n}"},
    table="""
id                        uuid    FS     any  -
name                      str255  PUFS   any  "a name"
description               str255  PUF    any  "words"
router_id                 uuid    RPFS   any  -
port_id                   uuid    RPFS   any  -
ip_address                ip?     PFS    any  -
""" + OWNER + TIMES)

IP_AVAILABILITIES = Collection(
    "network-ip-availabilities", "network_ip_availability", "NetworkNotFound", operators=True, standard=False,
    table="""
network_id                uuid    FS     any  -
network_name              word    FS     any  -
ip_version                int     IF     any  -
total_ips                 int     -      any  -
used_ips                  int     -      any  -
subnet_ip_availability    list    -      any  -
ip_availability_details   dict    -      any  -
tenant_id                 text    FS     any  -
project_id                text    FS     any  -
""")

FLOATING_IP_POOLS = Collection(
    "floatingip_pools", "floatingip_pool", "SubnetNotFound", standard=False, items=False,
    table="""
subnet_id                 uuid    FS     any  -
subnet_name               word    FS     any  -
network_id                uuid    FS     any  -
cidr                      cidr    FS     any  -
tenant_id                 text    FS     any  -
project_id                text    FS     any  -
""")

ALL = [NETWORKS, SUBNETS, PORTS, ROUTERS, FLOATING_IPS, SUBNET_POOLS, ADDRESS_SCOPES, SECURITY_GROUPS,
       SECURITY_GROUP_RULES, RBAC_POLICIES, PORT_FORWARDINGS, CONNTRACK_HELPERS, NDP_PROXIES, AGENTS,
       AVAILABILITY_ZONES, IP_AVAILABILITIES, FLOATING_IP_POOLS]

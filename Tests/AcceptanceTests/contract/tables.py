"""The contract's tables of the core, in the rows' own notation; see `Attribute`. A new collection is one entry."""
from collection import Collection

OWNER = """
tenant_id                 text    PFS    any  -
project_id                text    PFS    any  -
"""
TIMES = """
created_at                time    -      any  -
updated_at                time    -      any  -
revision_number           int     F      any  -
"""
STANDARD = TIMES + """
description               str255  PUF    any  "words"
tags                      list    P      any  ["blue", "green"]
"""

NETWORKS = Collection(
    "networks", "network", "NetworkNotFound", bulk=True, taggable=True,
    make=lambda world, n: {"name": f"net-{n}"},
    table="""
id                        uuid    FS     any  -
name                      str255  PUFS   any  "a name"
admin_state_up            bool    PUFS   any  false
status                    word    FS     any  -
subnets                   list    -      any  -
shared                    bool    PUF    adm  true
router:external           bool    PUF    adm  true
is_default                bool    PUF    adm  true
mtu                       int     PUFS   any  1400
provider:network_type     word?   PUFSH  adm  -
provider:physical_network str255? PUFSH  adm  -
provider:segmentation_id  int?    PUFSH  adm  -
port_security_enabled     bool    PU     any  false
availability_zone_hints   list    P      any  -
availability_zones        list    -      any  -
dns_domain                str255  PU     any  "example.org."
ipv4_address_scope        uuid?   -      any  -
ipv6_address_scope        uuid?   -      any  -
l2_adjacency              bool    -      any  -
qos_policy_id             uuid?   PU     any  null
""" + OWNER + STANDARD)

SUBNETS = Collection(
    "subnets", "subnet", "SubnetNotFound", bulk=True, taggable=True,
    make=lambda world, n: {"network_id": world.network, "ip_version": 4, "cidr": world.cidr(n), "name": f"sub-{n}"},
    table="""
id                        uuid    FS     any  -
name                      str255  PUFS   any  "a name"
network_id                uuid    RPFS   any  -
ip_version                int     RPFS   any  -
cidr                      cidr?   PFS    any  -
gateway_ip                ip?     PUFS   any  null
allocation_pools          list    PU     any  -
enable_dhcp               bool    PUFS   any  false
dns_nameservers           list?   PU     any  ["192.0.2.53", "192.0.2.54"]
host_routes               list?   PU     any  [{"destination": "10.99.0.0/16", "nexthop": "10.99.0.1"}]
ipv6_ra_mode              word?   PFS    any  -
ipv6_address_mode         word?   PFS    any  -
subnetpool_id             uuid?   PFS    any  -
prefixlen                 int?    PI     any  -
use_default_subnetpool    bool?   PI     any  -
service_types             list    PU     adm  ["network:router_gateway"]
segment_id                uuid?   PUFSH  adm  null
dns_publish_fixed_ip      bool    PU     any  true
router:external           bool    F      any  -
""" + OWNER + STANDARD)

PORTS = Collection(
    "ports", "port", "PortNotFound", bulk=True, taggable=True,
    make=lambda world, n: {"network_id": world.network, "name": f"port-{n}"},
    table="""
id                        uuid    FS     any  -
name                      str255  PUFS   any  "a name"
network_id                uuid    RPFS   any  -
admin_state_up            bool    PUFS   any  false
mac_address               mac?    PUFS   any  -
fixed_ips                 list    PU     any  []
device_id                 str255  PUFS   any  "a device"
device_owner              str255  PUFS   any  "compute:nova"
status                    word    FS     any  -
security_groups           list?   PUFO   any  []
port_security_enabled     bool    PU     any  true
allowed_address_pairs     list?   PU     any  []
extra_dhcp_opts           list?   PU     any  [{"opt_name": "mtu", "opt_value": "1400", "ip_version": 4}]
binding:vnic_type         word    PU     any  "direct"
binding:host_id           str255? PUFH   adm  "a-host"
binding:profile           dict?   PUH    svc  {"key": "value"}
binding:vif_type          word    H      any  -
binding:vif_details       dict    H      any  -
dns_name                  str255  PU     any  "label"
dns_domain                str255  PU     any  "example.org."
dns_assignment            list    -      any  -
ip_allocation             word    FS     any  -
""" + OWNER + STANDARD)

ROUTERS = Collection(
    "routers", "router", "RouterNotFound", taggable=True,
    make=lambda world, n: {"name": f"router-{n}"},
    table="""
id                        uuid    FS     any  -
name                      str255  PUFS   any  "a name"
admin_state_up            bool    PUFS   any  false
status                    word    FS     any  -
external_gateway_info     dict?   PU     any  null
routes                    list?   U      any  []
distributed               bool?   PUH    adm  false
ha                        bool?   PUH    adm  false
flavor_id                 uuid?   PSO    any  null
availability_zone_hints   list    P      any  -
availability_zones        list    -      any  -
enable_ndp_proxy          bool    PUFO   any  -
enable_default_route_bfd  bool?   PUO    adm  true
enable_default_route_ecmp bool?   PUO    adm  true
external_gateways         list    O      any  -
conntrack_helpers         list    O      any  -
""" + OWNER + STANDARD)

FLOATING_IPS = Collection(
    "floatingips", "floatingip", "FloatingIPNotFound", taggable=True,
    make=lambda world, n: {"floating_network_id": world.external, "description": f"floating-{n}"},
    table="""
id                        uuid    FS     any  -
floating_network_id       uuid    RPFS   any  -
floating_ip_address       ip4?    PFS    mgr  -
subnet_id                 uuid?   PI     any  -
port_id                   uuid?   PUF    any  null
fixed_ip_address          ip4?    PUFS   any  null
router_id                 uuid?   PUFS   any  null
status                    word    FS     any  -
dns_name                  str255  P      any  "label"
dns_domain                str255  P      any  "example.org."
port_details              dict?   -      any  -
port_forwardings          list    O      any  -
qos_policy_id             uuid?   PUO    any  null
""" + OWNER + STANDARD)

AGENTS = Collection(
    "agents", "agent", "AgentNotFound", operators=True, standard=False,
    table="""
id                        uuid    FS     any  -
agent_type                word    FS     any  -
binary                    word    FS     any  -
topic                     word    FS     any  -
host                      word    FS     any  -
admin_state_up            bool    UFS    adm  true
description               str255? UFS    adm  "words"
alive                     bool    F      any  -
availability_zone         word    FS     any  -
configurations            dict    -      any  -
created_at                time    -      any  -
started_at                time    -      any  -
heartbeat_timestamp       time    -      any  -
resources_synced          bool?   -      any  -
""")

AVAILABILITY_ZONES = Collection(
    "availability_zones", "availability_zone", "AvailabilityZoneNotFound", items=False, standard=False,
    table="""
name                      word    F      any  -
resource                  word    F      any  -
state                     word    F      any  -
""")

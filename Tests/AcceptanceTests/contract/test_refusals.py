"""The error rows of sections 3, 4 and 6 to 8: a request that is wrong in one way, and what it is told."""
import pytest

from rest import UNKNOWN

NETWORKS, SUBNETS, PORTS = "/v2.0/networks", "/v2.0/subnets", "/v2.0/ports"
ROUTERS, FLOATING_IPS = "/v2.0/routers", "/v2.0/floatingips"


def gateway(**info):
    return lambda world: {"external_gateway_info": {name: value(world) if callable(value) else value
                                                    for name, value in info.items()}}


EXTERNAL = lambda world: world.external  # noqa: E731

ROUTER_ROWS = {
    "an unknown network": (gateway(network_id=UNKNOWN), "member", 404, "NetworkNotFound"),
    "a network that is not external": (gateway(network_id=lambda w: w.network), "member", 400, "BadRequest"),
    "another project's network": (gateway(network_id=lambda w: w.network), "stranger", 404, "NetworkNotFound"),
    "no network": (gateway(enable_snat=True), "admin", 400, "HTTPBadRequest"),
    "a further key": (gateway(network_id=EXTERNAL, nonsense=1), "admin", 400, "HTTPBadRequest"),
    "an address of no subnet": (gateway(network_id=EXTERNAL, external_fixed_ips=[{"ip_address": "10.0.0.1"}]),
                                "admin", 400, "InvalidIpForNetwork"),
    "the subnet's gateway": (gateway(network_id=EXTERNAL, external_fixed_ips=[{"ip_address": "198.18.0.1"}]),
                             "admin", 400, "BadRequest"),
    "another network's subnet": (gateway(network_id=EXTERNAL,
                                         external_fixed_ips=lambda w: [{"subnet_id": w.subnet}]),
                                 "admin", 400, "InvalidInput"),
    "an unknown subnet": (gateway(network_id=EXTERNAL, external_fixed_ips=[{"subnet_id": UNKNOWN}]),
                          "admin", 404, "SubnetNotFound"),
    "routes": (lambda w: {"routes": []}, "member", 400, "HTTPBadRequest"),
    "an unknown zone": (lambda w: {"availability_zone_hints": ["nowhere"]}, "member", 404,
                        "AvailabilityZoneNotFound"),
    "a zone twice": (lambda w: {"availability_zone_hints": ["nova", "nova"]}, "member", 400, "HTTPBadRequest"),
}


@pytest.mark.parametrize("row", ROUTER_ROWS.values(), ids=ROUTER_ROWS.keys())
def test_a_router_is_not_created_with(world, row):
    body, who, status, kind = row
    before = len(world.admin.get(ROUTERS).ok(200)["routers"])
    getattr(world, who).post(ROUTERS, {"router": body(world)}).refused(status, kind)
    assert len(world.admin.get(ROUTERS).ok(200)["routers"]) == before


def test_a_taken_gateway_address_leaves_no_router_behind(world, scene):
    shown = world.admin.get(f"{ROUTERS}/{world.router}").ok(200)["router"]["external_gateway_info"]
    taken = shown["external_fixed_ips"][0]["ip_address"]
    body = gateway(network_id=EXTERNAL, external_fixed_ips=[{"ip_address": taken}])(world) | {"name": "left behind"}
    world.admin.post(ROUTERS, {"router": body}).refused(409, "IpAddressAlreadyAllocated")
    assert world.admin.get(ROUTERS, {"name": "left behind"}).ok(200)["routers"] == []


ROUTE_ROWS = {
    "a nexthop that is not attached": ([{"destination": "10.99.0.0/16", "nexthop": "10.1.1.1"}], "InvalidRoutes"),
    "the router itself as nexthop": ([{"destination": "10.99.0.0/16", "nexthop": "10.40.0.1"}], "InvalidRoutes"),
    "host bits": ([{"destination": "10.99.0.1/16", "nexthop": "10.40.0.9"}], "HTTPBadRequest"),
    "no prefix length": ([{"destination": "10.99.0.0", "nexthop": "10.40.0.9"}], "HTTPBadRequest"),
    "one route twice": ([{"destination": "10.99.0.0/16", "nexthop": "10.40.0.9"}] * 2, "HTTPBadRequest"),
    "a further key": ([{"destination": "10.99.0.0/16", "nexthop": "10.40.0.9", "x": 1}], "HTTPBadRequest"),
    "no nexthop": ([{"destination": "10.99.0.0/16"}], "HTTPBadRequest"),
    "no list": ("10.99.0.0/16", "HTTPBadRequest"),
}


@pytest.mark.parametrize("row", ROUTE_ROWS.values(), ids=ROUTE_ROWS.keys())
def test_routes_are_not_taken_with(world, row):
    routes, kind = row
    body = {"router": {"routes": routes}}
    world.member.put(f"{ROUTERS}/{world.router}", body).refused(400, kind)
    world.member.put(f"{ROUTERS}/{world.router}/add_extraroutes", body).refused(400, kind, "HTTPBadRequest")
    assert world.member.get(f"{ROUTERS}/{world.router}").ok(200)["router"]["routes"] == []


def test_interfaces_are_refused(world, scene):
    own = scene.router()
    add, remove = f"{ROUTERS}/{own}/add_router_interface", f"{ROUTERS}/{own}/remove_router_interface"
    network = scene.network()
    subnet = scene.subnet(network)
    for body, status, kind in (
            ({}, 400, "BadRequest"), ({"subnet_id": subnet, "port_id": UNKNOWN}, 400, "BadRequest"),
            ({"subnet_id": "x"}, 400, "BadRequest"), ({"subnet_id": UNKNOWN}, 404, "SubnetNotFound"),
            ({"port_id": UNKNOWN}, 404, "PortNotFound"),
            ({"port_id": scene.port(network, device_id="a machine")["id"]}, 409, "PortInUse"),
            ({"port_id": scene.port(network, fixed_ips=[])["id"]}, 400, "BadRequest"),
            ({"subnet_id": scene.subnet(gateway_ip=None)}, 400, "BadRequest")):
        world.member.put(add, body).refused(status, kind)
    for body, status, kind in (
            ({"subnet_id": subnet}, 404, "RouterInterfaceNotFoundForSubnet"),
            ({"subnet_id": UNKNOWN}, 404, "SubnetNotFound"), ({"port_id": UNKNOWN}, 404, "RouterInterfaceNotFound"),
            ({"port_id": scene.port(network)["id"]}, 404, "RouterInterfaceNotFound")):
        world.member.put(remove, body).refused(status, kind)
    world.member.put(add, {"subnet_id": subnet}).ok(200)
    world.member.put(add, {"subnet_id": subnet}).refused(400, "BadRequest")
    world.member.put(add, {"subnet_id": scene.subnet(cidr="10.50.0.128/25")}).refused(400, "BadRequest")
    world.member.delete(f"{ROUTERS}/{own}").refused(409, "RouterInUse")
    port = scene.ports(device_id=own)[0]
    assert (port["device_owner"], port["project_id"], port["name"]) == ("network:router_interface", "alpha", "")
    world.member.delete(f"{PORTS}/{port['id']}").refused(409, "ServicePortInUse")
    body = {"port": {"fixed_ips": [{"subnet_id": subnet, "ip_address": "10.50.0.9"}]}}
    world.member.put(f"{PORTS}/{port['id']}", body).refused(400, "BadRequest")
    world.member.put(f"{PORTS}/{port['id']}", {"port": {"device_id": ""}}).refused(409)
    world.member.delete(f"{SUBNETS}/{subnet}").refused(409, "SubnetInUse")
    message = world.member.delete(f"{NETWORKS}/{network}").refused(409, "NetworkInUse")
    assert "There are one or more ports still in use on the network" in message
    body = {"subnet": {"gateway_ip": "10.50.0.2"}}
    world.member.put(f"{SUBNETS}/{subnet}", body).refused(409, "GatewayIpInUse", "GatewayConflictWithAllocationPools")
    route = {"router": {"routes": [{"destination": "10.99.0.0/16", "nexthop": "10.50.0.9"}]}}
    world.member.put(f"{ROUTERS}/{own}", route).ok(200)
    world.member.put(remove, {"subnet_id": subnet}).refused(409, "RouterInterfaceInUseByRoute")
    world.member.put(f"{ROUTERS}/{own}", {"router": {"routes": None}}).ok(200)


def floating(world, **more):
    return {"floatingip": {"floating_network_id": world.external} | more}


FLOATING_ROWS = {
    "an unknown network": (lambda w: {"floating_network_id": UNKNOWN}, 404, "NetworkNotFound"),
    "a network that is not external": (lambda w: {"floating_network_id": w.network}, 400, "BadRequest"),
    "an unknown port": (lambda w: {"port_id": UNKNOWN}, 404, "PortNotFound"),
    "an address without a port": (lambda w: {"fixed_ip_address": "10.40.0.9"}, 400, "BadRequest"),
    "an address that the port has not": (lambda w: {"port_id": w.port["id"], "fixed_ip_address": "10.40.255.9"}, 400,
                                         "BadRequest"),
    "a subnet of another network": (lambda w: {"subnet_id": w.subnet}, 400, "InvalidInput"),
    "an unknown subnet": (lambda w: {"subnet_id": UNKNOWN}, 404, "SubnetNotFound"),
    "an address of no subnet": (lambda w: {"floating_ip_address": "10.0.0.1"}, 400, "InvalidIpForNetwork"),
    "the network's address": (lambda w: {"floating_ip_address": "198.18.0.0"}, 400, "InvalidIpForNetwork"),
    "a qualified name": (lambda w: {"dns_name": "a.b"}, 400, "HTTPBadRequest"),
    "a domain without its dot": (lambda w: {"dns_domain": "example.org"}, 400, "HTTPBadRequest"),
}


@pytest.mark.parametrize("row", FLOATING_ROWS.values(), ids=FLOATING_ROWS.keys())
def test_a_floating_ip_is_not_created_with(world, row):
    more, status, kind = row
    count = lambda: len(world.admin.get(PORTS, {"network_id": world.external}).ok(200)["ports"])  # noqa: E731
    body = floating(world, **more(world))
    before = count()
    world.manager.post(FLOATING_IPS, body).refused(status, kind)
    assert count() == before


def test_associations_are_refused(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    port = scene.port(network)["id"]
    first, second = scene.floating_ip(), scene.floating_ip()
    bind = {"floatingip": {"port_id": port}}
    world.member.put(f"{FLOATING_IPS}/{first}", bind).refused(404, "ExternalGatewayForFloatingIPNotFound")
    router = scene.router(subnet, gateway=True)
    world.member.put(f"{FLOATING_IPS}/{first}", bind).ok(200)
    world.member.put(f"{FLOATING_IPS}/{second}", bind).refused(409, "FloatingIPPortAlreadyAssociated")
    none = {"floatingip": {"port_id": None, "fixed_ip_address": "10.50.0.9"}}
    world.member.put(f"{FLOATING_IPS}/{first}", none).refused(400)
    detach = {"subnet_id": subnet}
    answer = world.member.put(f"{ROUTERS}/{router}/remove_router_interface", detach)
    answer.refused(409, "RouterInterfaceInUseByFloatingIP")
    answer = world.member.put(f"{ROUTERS}/{router}", {"router": {"external_gateway_info": {}}})
    answer.refused(409, "RouterExternalGatewayInUseByFloatingIp")
    answer = world.member.put(f"{PORTS}/{port}", {"port": {"fixed_ips": []}})
    answer.refused(400, "BadRequest")
    two = scene.port(network, fixed_ips=[{"subnet_id": subnet}, {"subnet_id": subnet}])["id"]
    world.member.put(f"{FLOATING_IPS}/{second}", {"floatingip": {"port_id": two}}).refused(400, "BadRequest")
    bare = scene.port(network, fixed_ips=[])["id"]
    world.member.put(f"{FLOATING_IPS}/{second}", {"floatingip": {"port_id": bare}}).refused(400, "BadRequest")
    dhcp = scene.port(network, device_owner="network:dhcp")["id"]
    world.member.put(f"{FLOATING_IPS}/{second}", {"floatingip": {"port_id": dhcp}}).refused(400, "BadRequest")
    shown = world.member.put(f"{FLOATING_IPS}/{first}", {"floatingip": {}}).ok(200)["floatingip"]
    assert shown["port_id"] is None and shown["router_id"] is None


SUBNET_ROWS = {
    "a family that is not the block's": ({"ip_version": 6, "cidr": "10.1.0.0/24"}, 400, "InvalidInput"),
    "neither block nor pool": ({"ip_version": 4}, 400, "BadRequest"),
    "a block that overlaps": ({"ip_version": 4, "cidr": "10.50.0.0/25"}, 400, "InvalidInput"),
    "a multicast block": ({"ip_version": 4, "cidr": "224.0.0.0/24"}, 400, None),
    "a block too small for DHCP": ({"ip_version": 4, "cidr": "10.1.0.0/31"}, 400, None),
    "a gateway that is the network": ({"ip_version": 4, "cidr": "10.1.0.0/24", "gateway_ip": "10.1.0.0"}, 400,
                                      "InvalidInput"),
    "a gateway in a pool": ({"ip_version": 4, "cidr": "10.1.0.0/24", "gateway_ip": "10.1.0.5",
                             "allocation_pools": [{"start": "10.1.0.2", "end": "10.1.0.9"}]}, 409,
                            "GatewayConflictWithAllocationPools"),
    "a pool backwards": ({"ip_version": 4, "cidr": "10.1.0.0/24",
                          "allocation_pools": [{"start": "10.1.0.9", "end": "10.1.0.2"}]}, 400,
                         "InvalidAllocationPool"),
    "a pool outside": ({"ip_version": 4, "cidr": "10.1.0.0/24",
                        "allocation_pools": [{"start": "10.2.0.2", "end": "10.2.0.9"}]}, 400,
                       "OutOfBoundsAllocationPool"),
    "pools that overlap": ({"ip_version": 4, "cidr": "10.1.0.0/24",
                            "allocation_pools": [{"start": "10.1.0.2", "end": "10.1.0.9"},
                                                 {"start": "10.1.0.9", "end": "10.1.0.20"}]}, 409,
                           "OverlappingAllocationPools"),
    "six name servers": ({"ip_version": 4, "cidr": "10.1.0.0/24",
                          "dns_nameservers": [f"192.0.2.{n}" for n in range(1, 7)]}, 400, "DNSNameServersExhausted"),
    "21 host routes": ({"ip_version": 4, "cidr": "10.1.0.0/24",
                        "host_routes": [{"destination": f"10.99.{n}.0/24", "nexthop": "10.1.0.9"}
                                        for n in range(21)]}, 400, "HostRoutesExhausted"),
    "a mode of IPv6 for IPv4": ({"ip_version": 4, "cidr": "10.1.0.0/24", "ipv6_ra_mode": "slaac"}, 400, None),
    "two modes that differ": ({"ip_version": 6, "cidr": "2001:db8:1::/64", "ipv6_ra_mode": "slaac",
                               "ipv6_address_mode": "dhcpv6-stateful"}, 400, None),
    "a mode that needs 64 bits": ({"ip_version": 6, "cidr": "2001:db8:1::/80", "ipv6_ra_mode": "slaac",
                                   "ipv6_address_mode": "slaac"}, 400, None),
    "a mode without DHCP": ({"ip_version": 6, "cidr": "2001:db8:1::/64", "ipv6_ra_mode": "slaac",
                             "enable_dhcp": False}, 400, None),
}


@pytest.mark.parametrize("row", SUBNET_ROWS.values(), ids=SUBNET_ROWS.keys())
def test_a_subnet_is_not_created_with(world, scene, row):
    body, status, kind = row
    network = scene.network()
    scene.subnet(network)
    answer = world.member.post(SUBNETS, {"subnet": {"network_id": network} | body})
    answer.refused(status, *([kind] if kind else []))
    assert len(world.member.get(f"{NETWORKS}/{network}").ok(200)["network"]["subnets"]) == 1


PORT_ROWS = {
    "an address outside": (lambda w: {"fixed_ips": [{"ip_address": "10.9.0.1"}]}, 400, "InvalidIpForNetwork"),
    "an address outside its subnet": (lambda w: {"fixed_ips": [{"subnet_id": w.subnet, "ip_address": "10.9.0.1"}]},
                                      400, "InvalidIpForSubnet"),
    "the broadcast address": (lambda w: {"fixed_ips": [{"subnet_id": w.subnet, "ip_address": "10.40.255.255"}]}, 400,
                              "InvalidIpForSubnet"),
    "an unknown subnet": (lambda w: {"fixed_ips": [{"subnet_id": UNKNOWN}]}, 404, "SubnetNotFound"),
    "a subnet of another network": (lambda w: {"fixed_ips": [{"subnet_id": w.other}]}, 400, "InvalidInput"),
    "a taken address": (lambda w: {"fixed_ips": w.port["fixed_ips"]}, 409, "IpAddressAlreadyAllocated"),
    "a taken MAC address": (lambda w: {"mac_address": w.port["mac_address"]}, 409, "MacAddressInUse"),
    "an unknown network": (lambda w: {"network_id": UNKNOWN}, 404, "NetworkNotFound"),
    "no list of addresses": (lambda w: {"fixed_ips": None}, 400, "HTTPBadRequest"),
    "address pairs, but no port security": (
        lambda w: {"port_security_enabled": False, "allowed_address_pairs": [{"ip_address": "10.0.0.9"}]}, 409,
        ("AddressPairAndPortSecurityRequired", "Conflict")),
}


@pytest.mark.parametrize("row", PORT_ROWS.values(), ids=PORT_ROWS.keys())
def test_a_port_is_not_created_with(world, scene, row):
    more, status, kind = row
    world.other = scene.subnet()
    count = lambda: len(world.admin.get(PORTS).ok(200)["ports"])  # noqa: E731
    body = {"port": {"network_id": world.network} | more(world)}
    before = count()
    world.member.post(PORTS, body).refused(status, *([kind] if isinstance(kind, str) else kind))
    assert count() == before


def test_a_networks_uses_keep_it(world):
    path = f"{NETWORKS}/{world.external}"
    assert world.router
    world.admin.put(path, {"network": {"router:external": False}}).refused(409, "ExternalNetworkInUse")
    for change in ({"mtu": 67}, {"mtu": -1}):
        world.admin.put(path, {"network": change}).refused(400, "HTTPBadRequest")
    for body, kind in (({"provider:network_type": "flat"}, "InvalidInput"),
                       ({"provider:network_type": "nonsense"}, "HTTPBadRequest"),
                       ({"provider:network_type": "vlan", "provider:physical_network": "x",
                         "provider:segmentation_id": 5000}, "InvalidInput"),
                       ({"provider:network_type": "flat", "provider:physical_network": "x",
                         "provider:segmentation_id": 5}, "InvalidInput")):
        world.admin.post(NETWORKS, {"network": body}).refused(400, kind)

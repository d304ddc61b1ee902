"""Sections 3 to 3.2: what a router's gateway is, and what becomes of it."""
import pytest

from rest import eventually

ROUTERS, FLOATING_IPS = "/v2.0/routers", "/v2.0/floatingips"


def info(network, **more):
    return {"router": {"external_gateway_info": network and {"network_id": network} | more}}


def gateway_ports(scene, router):
    return scene.ports(device_id=router, device_owner="network:router_gateway")


def addresses(shown):
    return sorted(one["ip_address"] for one in shown["external_gateway_info"]["external_fixed_ips"])


def test_a_router_shows_its_gateway_and_nothing_that_is_ours(world, scene):
    router = scene.router(gateway=True)
    shown = scene.shown("routers", router)
    assert not {"gw_port_id", "ha_vr_id", "enable_snat"} & set(shown)
    assert shown["status"] == "ACTIVE" and shown["flavor_id"] is None
    gateway = shown["external_gateway_info"]
    assert set(gateway) == {"network_id", "external_fixed_ips", "enable_snat"}
    assert gateway["network_id"] == world.external and gateway["enable_snat"] is True
    assert [set(one) for one in gateway["external_fixed_ips"]] == [{"subnet_id", "ip_address"}]
    assert scene.shown("routers", router, world.reader)["external_gateway_info"] == gateway


def test_the_port_stays_as_long_as_the_network_does(world, scene):
    router = scene.router(gateway=True)
    path, (before,) = f"{ROUTERS}/{router}", gateway_ports(scene, router)
    world.member.put(path, info(world.external)).ok(200)
    assert gateway_ports(scene, router)[0]["fixed_ips"] == before["fixed_ips"]
    named = info(world.external, external_fixed_ips=[{"ip_address": "198.18.50.50"}])
    assert addresses(world.admin.put(path, named).ok(200)["router"]) == ["198.18.50.50"]
    assert [one["id"] for one in gateway_ports(scene, router)] == [before["id"]]
    other = scene.outside("198.19.1.0/24")
    assert world.member.put(path, info(other)).ok(200)["router"]["external_gateway_info"]["network_id"] == other
    after = gateway_ports(scene, router)
    assert [one["network_id"] for one in after] == [other] and after[0]["id"] != before["id"]
    for nothing in (None, {}):
        shown = world.member.put(path, {"router": {"external_gateway_info": nothing}}).ok(200)["router"]
        assert shown["external_gateway_info"] is None and gateway_ports(scene, router) == []
        world.member.put(path, info(other)).ok(200)


def test_translation_is_on_again_when_it_is_not_named(world, scene):
    path = f"{ROUTERS}/{scene.router()}"
    shown = world.admin.put(path, info(world.external, enable_snat=False)).ok(200)["router"]
    assert shown["external_gateway_info"]["enable_snat"] is False
    assert world.member.put(path, {"router": {"name": "x"}}).ok(200)["router"]["external_gateway_info"] == \
        shown["external_gateway_info"]
    shown = world.admin.put(path, info(world.external)).ok(200)["router"]
    assert shown["external_gateway_info"]["enable_snat"] is True


@pytest.mark.parametrize("subnets, count", [
    ([], 0), ([("198.19.1.0/24", {}), ("198.19.2.0/24", {})], 1),
    ([("198.19.1.0/24", {}), ("2001:db8:51::/64", {})], 2),
    ([("2001:db8:51::/64", {}), ("2001:db8:52::/64", {})], 1),
    ([("2001:db8:51::/64", {"enable_dhcp": True, "ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}),
      ("2001:db8:52::/64", {"enable_dhcp": True, "ipv6_ra_mode": "dhcpv6-stateless",
                            "ipv6_address_mode": "dhcpv6-stateless"})], 2)],
    ids=["no subnet", "two of IPv4", "one of each", "two of IPv6", "two of IPv6 that advertise"])
def test_addresses_are_of_the_networks_subnets(world, scene, subnets, count):
    network = scene.outside()
    for cidr, more in subnets:
        scene.outside_subnet(network, cidr, **more)
    assert len(addresses(scene.shown("routers", scene.router(gateway=network)))) == count


def test_addresses_are_of_subnets_that_serve_gateways(world, scene):
    network = scene.outside()
    scene.outside_subnet(network, "198.19.1.0/24", service_types=["network:floatingip"])
    chosen = scene.outside_subnet(network, "198.19.2.0/24", service_types=["network:router_gateway"])
    gateway = scene.shown("routers", scene.router(gateway=network))["external_gateway_info"]
    assert [one["subnet_id"] for one in gateway["external_fixed_ips"]] == [chosen]
    floating = scene.shown("floatingips", scene.floating_ip(network))
    assert floating["floating_ip_address"].startswith("198.19.1.")


def test_gateways_gain_an_address_of_a_family_that_they_lack(world, scene):
    network = scene.outside()
    router = scene.router(gateway=network)
    first = scene.shown("routers", router)["revision_number"]

    def families(*expected):
        """The families of the gateway's addresses, which RouterService learns a moment later."""
        (port,) = gateway_ports(scene, router)
        assert ["6" if ":" in one["ip_address"] else "4" for one in port["fixed_ips"]] == [*expected]
        eventually(lambda: addresses(scene.shown("routers", router)) == sorted(
            one["ip_address"] for one in port["fixed_ips"]))

    for cidr, expected in (("198.19.1.0/24", "4"), ("198.19.2.0/24", "4"), ("2001:db8:51::/64", "46"),
                           ("2001:db8:52::/64", "46")):
        scene.outside_subnet(network, cidr)
        families(*expected)
    assert scene.shown("routers", router)["revision_number"] > first


def test_an_exhausted_network_leaves_no_router_behind(world, scene):
    network = scene.outside("198.19.1.0/30")
    scene.router(gateway=network)
    body = {"router": {"name": "left behind", **info(network)["router"]}}
    world.member.post(ROUTERS, body).refused(409, "IpAddressGenerationFailure")
    assert world.admin.get(ROUTERS, {"name": "left behind"}).ok(200)["routers"] == []
    bare = scene.router()
    world.member.put(f"{ROUTERS}/{bare}", info(network)).refused(409, "IpAddressGenerationFailure")
    assert scene.shown("routers", bare)["external_gateway_info"] is None


def test_gateways_and_interfaces_do_not_overlap(world, scene):
    router, subnet = scene.router(), scene.subnet(cidr="198.18.128.0/24")
    world.member.put(f"{ROUTERS}/{router}", info(world.external)).ok(200)
    scene.attach(router, subnet).refused(400, "BadRequest")
    world.member.put(f"{ROUTERS}/{router}", info(None)).ok(200)
    scene.attach(router, subnet).ok(200)
    world.member.put(f"{ROUTERS}/{router}", info(world.external)).refused(400, "BadRequest")
    # Also where it overlaps a subnet that the gateway has no address of.
    two = scene.outside("198.19.1.0/24", "198.18.128.0/25")
    world.member.put(f"{ROUTERS}/{router}", info(two)).refused(400, "BadRequest")


def test_routes_must_be_possible_with_another_gateway(world, scene):
    path = f"{ROUTERS}/{scene.router(gateway=True)}"
    routes = [{"destination": "203.0.113.0/24", "nexthop": "198.18.0.1"}]
    assert world.member.put(path, {"router": {"routes": routes}}).ok(200)["router"]["routes"] == routes
    for other in (scene.outside("198.19.1.0/24"), None):
        world.member.put(path, info(other)).refused(400, "InvalidRoutes")
    world.member.put(path, {"router": {"routes": [], **info(None)["router"]}}).ok(200)


def test_what_floating_ips_use_stays(world, scene):
    network = scene.network()
    router = scene.router(scene.subnet(network), gateway=True)
    floating = scene.floating_ip(port_id=scene.port(network)["id"])
    path, other = f"{ROUTERS}/{router}", scene.outside("198.19.1.0/24")
    for gone in (None, other):
        world.member.put(path, info(gone)).refused(409, "RouterExternalGatewayInUseByFloatingIp")
    world.member.put(path, info(world.external)).ok(200)
    world.member.delete(path).refused(409, "RouterInUse")
    world.member.delete(f"{FLOATING_IPS}/{floating}").ok(204)
    world.member.put(path, info(other)).ok(200)


@pytest.mark.parametrize("name", ["distributed", "ha"])
def test_what_only_administrators_set_is_theirs_to_see(world, scene, name):
    router = scene.make(ROUTERS, "router", world.admin, project_id="alpha", **{name: False})
    assert router[name] is False
    assert name not in scene.shown("routers", router["id"], world.member)
    path = f"{ROUTERS}/{router['id']}"
    assert name not in world.member.put(path, {"router": {"name": "x"}}).ok(200)["router"]
    world.admin.put(path, {"router": {name: False}}).ok(200)
    world.admin.post(ROUTERS, {"router": {name: True}}).refused(400, "BadRequest")
    for change in ({name: True}, {name: True, "admin_state_up": True}):
        world.admin.put(path, {"router": change}).refused(400, "BadRequest")


def test_zones_are_hinted_at_and_shown(world, scene):
    zone = world.reader.get("/v2.0/availability_zones").ok(200)["availability_zones"][0]["name"]
    router = scene.make(ROUTERS, "router", availability_zone_hints=[zone])
    assert router["availability_zone_hints"] == [zone]
    assert scene.shown("routers", router["id"])["availability_zones"] in ([], [zone])
    scene.attach(router["id"], scene.subnet()).ok(200)
    assert scene.shown("routers", router["id"])["availability_zones"] == [zone]
    for wrong in ("nova", {"a": 1}, [5]):
        world.member.post(ROUTERS, {"router": {"availability_zone_hints": wrong}}).refused(400, "HTTPBadRequest")

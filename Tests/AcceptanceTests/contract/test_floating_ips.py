"""Sections 4 to 4.2: floating IPs, whom they lead to, and what becomes of them."""
import pytest

from rest import UNKNOWN

FLOATING_IPS, PORTS, ROUTERS = "/v2.0/floatingips", "/v2.0/ports", "/v2.0/routers"


def bind(world, floating, caller=None, **change):
    return (caller or world.member).put(f"{FLOATING_IPS}/{floating}", {"floatingip": change})


@pytest.fixture
def inner(scene):
    """A network of alpha behind a router with a gateway: network, subnet, router."""
    network = scene.network()
    subnet = scene.subnet(network)
    return network, subnet, scene.router(subnet, gateway=True)


def test_an_association_is_told_at_once(world, scene, inner):
    network, _, router = inner
    port = scene.port(network, name="mine", device_id="a machine", device_owner="compute:nova")
    made = scene.make(FLOATING_IPS, "floatingip", world.member, floating_network_id=world.external, port_id=port["id"],
                      dns_name="LABEL", dns_domain="example.org.")
    fixed = port["fixed_ips"][0]["ip_address"]
    assert (made["port_id"], made["fixed_ip_address"], made["router_id"]) == (port["id"], fixed, router)
    assert made["status"] == "DOWN" and made["dns_name"] == "label" and "subnet_id" not in made
    assert made["port_forwardings"] == []
    assert made["port_details"] == {name: port[name] for name in (
        "name", "network_id", "mac_address", "admin_state_up", "status", "device_id", "device_owner")}
    for none in ({"port_id": None}, {}):
        shown = bind(world, made["id"], **none).ok(200)["floatingip"]
        assert all(shown[name] is None for name in ("port_id", "fixed_ip_address", "router_id", "port_details"))
        shown = bind(world, made["id"], port_id=port["id"], fixed_ip_address=fixed).ok(200)["floatingip"]
        assert shown["router_id"] == router


def test_an_association_moves(world, scene, inner):
    network = inner[0]
    first, second = scene.port(network)["id"], scene.port(network)["id"]
    floating = scene.floating_ip(port_id=first)
    shown = bind(world, floating, port_id=second).ok(200)["floatingip"]
    assert shown["port_id"] == second
    other = scene.floating_ip(port_id=first)
    bind(world, floating, port_id=first).refused(409, "FloatingIPPortAlreadyAssociated")
    assert scene.shown("floatingips", floating)["port_id"] == second
    assert scene.shown("floatingips", other)["port_id"] == first


def test_other_changes_leave_an_association(world, scene, inner):
    network, subnet, router = inner
    port = scene.port(network, fixed_ips=[{"subnet_id": subnet, "ip_address": f"10.50.0.{n}"} for n in (21, 22)])
    bind(world, scene.floating_ip(), port_id=port["id"]).refused(400, "BadRequest")
    floating = scene.floating_ip(port_id=port["id"], fixed_ip_address="10.50.0.22")
    shown = bind(world, floating, description="words").ok(200)["floatingip"]
    assert (shown["port_id"], shown["fixed_ip_address"], shown["router_id"]) == (port["id"], "10.50.0.22", router)
    shown = bind(world, floating, port_id=port["id"], fixed_ip_address="10.50.0.21").ok(200)["floatingip"]
    assert shown["fixed_ip_address"] == "10.50.0.21"
    second = scene.floating_ip(port_id=port["id"], fixed_ip_address="10.50.0.22")
    bind(world, second, port_id=port["id"], fixed_ip_address="10.50.0.21").refused(
        409, "FloatingIPPortAlreadyAssociated")
    gone = {"port": {"fixed_ips": [{"ip_address": "10.50.0.22"}]}}
    world.member.put(f"{PORTS}/{port['id']}", gone).refused(400, "BadRequest")


def test_the_router_at_the_subnets_gateway_is_chosen(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    beside = scene.router(gateway=True)
    port = scene.port(network, fixed_ips=[{"subnet_id": subnet, "ip_address": "10.50.0.5"}])["id"]
    scene.attach(beside, port_id=port).ok(200)
    target = scene.port(network)["id"]
    first = scene.floating_ip(port_id=target)
    assert scene.shown("floatingips", first)["router_id"] == beside
    bind(world, first, port_id=None).ok(200)
    router = scene.router(subnet, gateway=True)
    assert bind(world, first, port_id=target).ok(200)["floatingip"]["router_id"] == router
    bind(world, first, port_id=None).ok(200)
    shown = bind(world, first, port_id=target, router_id=beside).ok(200)["floatingip"]
    assert shown["router_id"] == beside


def test_a_router_can_be_named(world, scene, inner):
    network, _, router = inner
    port, floating = scene.port(network)["id"], scene.floating_ip()
    assert bind(world, floating, router_id=router).ok(200)["floatingip"]["router_id"] is None
    bind(world, floating, port_id=port, router_id=UNKNOWN).refused(404, "RouterNotFound")
    bind(world, floating, port_id=port, router_id=scene.router()).refused(409, "Conflict")
    assert bind(world, floating, port_id=port, router_id=router).ok(200)["floatingip"]["router_id"] == router


def test_a_router_that_is_named_may_reach_a_port_through_others(world, scene, inner):
    """The port's subnet is on a router without a gateway, which leads to one with."""
    behind = scene.network()
    subnet = scene.subnet(behind, cidr="10.60.0.0/24")
    scene.router(subnet)
    port, floating = scene.port(behind)["id"], scene.floating_ip()
    bind(world, floating, port_id=port).refused(404, "ExternalGatewayForFloatingIPNotFound")
    shown = bind(world, floating, port_id=port, router_id=inner[2]).ok(200)["floatingip"]
    assert (shown["router_id"], shown["port_id"]) == (inner[2], port)
    assert shown["fixed_ip_address"].startswith("10.60.0.")
    gone = {"router": {"external_gateway_info": None}}
    world.member.put(f"{ROUTERS}/{inner[2]}", gone).refused(409, "RouterExternalGatewayInUseByFloatingIp")
    scene.detach(inner[2], inner[1]).ok(200)
    world.member.delete(f"{ROUTERS}/{inner[2]}").refused(409, "RouterExternalGatewayInUseByFloatingIp")
    world.member.delete(f"{FLOATING_IPS}/{floating}").ok(204)
    world.member.delete(f"{ROUTERS}/{inner[2]}").ok(204)


def test_one_address_has_a_floating_ip_of_each_outside(world, scene, inner):
    network, subnet, _ = inner
    outside = scene.outside("198.19.1.0/24")
    beside = scene.router(gateway=outside)
    scene.attach(beside, port_id=scene.port(network, fixed_ips=[{"subnet_id": subnet}])["id"]).ok(200)
    port = scene.port(network)["id"]
    floating = [scene.floating_ip(one, port_id=port) for one in (world.external, outside)]
    assert [scene.shown("floatingips", id)["port_id"] for id in floating] == [port, port]


def test_a_routers_own_port_is_a_target(world, scene, inner):
    network, _, router = inner
    port = scene.ports(device_id=router, network_id=network)[0]
    assert scene.shown("floatingips", scene.floating_ip(port_id=port["id"]))["fixed_ip_address"] == "10.50.0.1"


def test_a_port_that_goes_leaves_its_floating_ip(world, scene, inner):
    port = scene.port(inner[0])["id"]
    floating = scene.floating_ip(port_id=port)
    world.member.delete(f"{PORTS}/{port}").ok(204)
    shown = scene.shown("floatingips", floating)
    assert all(shown[name] is None for name in ("port_id", "fixed_ip_address", "router_id"))


def test_ports_of_other_projects_are_no_targets(world, scene):
    network = scene.make("/v2.0/networks", "network", world.admin, shared=True, project_id="alpha")["id"]
    subnet = scene.make("/v2.0/subnets", "subnet", world.admin, project_id="alpha", network_id=network, ip_version=4,
                        cidr="10.50.0.0/24")["id"]
    scene.router(subnet, gateway=True)
    foreign = scene.make(PORTS, "port", world.stranger, network_id=network)["id"]
    floating = scene.floating_ip()
    # The network's owner sees it, and may still not.
    bind(world, floating, port_id=foreign).refused(400, "BadRequest")
    own = scene.port(network)["id"]
    theirs = scene.make(FLOATING_IPS, "floatingip", world.stranger, floating_network_id=world.external)["id"]
    bind(world, theirs, world.stranger, port_id=own).refused(404, "PortNotFound")
    bind(world, floating, world.admin, port_id=foreign).ok(200)
    world.stranger.delete(f"{PORTS}/{foreign}").refused(409, "FipAssociated")
    assert scene.shown("floatingips", floating)["port_id"] == foreign
    bind(world, floating, port_id=None).ok(200)
    world.stranger.delete(f"{PORTS}/{foreign}").ok(204)


@pytest.mark.parametrize("address", ["198.18.255.200", "198.19.1.1"], ids=["outside the pool", "the gateway"])
def test_an_address_may_lie_outside_the_pool(world, scene, address):
    network = scene.outside("198.19.1.0/24") if address.startswith("198.19") else scene.outside()
    if not address.startswith("198.19"):
        scene.outside_subnet(network, "198.18.255.0/24", allocation_pools=[{"start": "198.18.255.2",
                                                                            "end": "198.18.255.9"}])
    made = scene.make(FLOATING_IPS, "floatingip", floating_network_id=network, floating_ip_address=address)
    assert made["floating_ip_address"] == address
    again = {"floatingip": {"floating_network_id": network, "floating_ip_address": address}}
    world.manager.post(FLOATING_IPS, again).refused(409, "IpAddressAlreadyAllocated")


def test_a_subnet_is_chosen_and_held_to(world, scene):
    network = scene.outside("198.19.1.0/24")
    second = scene.outside_subnet(network, "198.19.2.0/24")
    made = scene.make(FLOATING_IPS, "floatingip", world.member, floating_network_id=network, subnet_id=second)
    assert made["floating_ip_address"].startswith("198.19.2.") and "subnet_id" not in made
    body = {"floatingip": {"floating_network_id": network, "subnet_id": second, "floating_ip_address": "198.19.1.9"}}
    world.manager.post(FLOATING_IPS, body).refused(400, "InvalidIpForSubnet")


def test_an_outside_without_ipv4_has_none(world, scene):
    for network in (scene.outside(), scene.outside("2001:db8:51::/64")):
        body = {"floatingip": {"floating_network_id": network}}
        world.member.post(FLOATING_IPS, body).refused(400, "BadRequest")


def test_what_is_exhausted_is_told(world, scene):
    network = scene.outside("198.19.1.0/30")
    scene.floating_ip(network)
    body = {"floatingip": {"floating_network_id": network}}
    world.member.post(FLOATING_IPS, body).refused(409, "IpAddressGenerationFailure")
    scene.outside_subnet(network, "2001:db8:51::/64")
    answer = world.member.post(FLOATING_IPS, body)
    assert (answer.status, answer.error) in ((409, "IpAddressGenerationFailure"), (400, "ExternalIpAddressExhausted"))
    assert len(scene.ports(network_id=network)) == 1


def test_its_own_port_is_hidden_and_kept(world, scene):
    floating = scene.floating_ip()
    (port,) = scene.ports(device_id=floating)
    assert (port["device_owner"], port["project_id"], port["status"]) == ("network:floatingip", "", "N/A")
    assert world.member.get(PORTS, {"device_id": floating}).ok(200)["ports"] == []
    world.admin.delete(f"{PORTS}/{port['id']}").refused(409, "ServicePortInUse")
    world.member.delete(f"{FLOATING_IPS}/{floating}").ok(204)
    world.admin.get(f"{PORTS}/{port['id']}").refused(404, "PortNotFound")


def test_an_associated_one_may_go(world, scene, inner):
    floating = scene.floating_ip(port_id=scene.port(inner[0])["id"])
    world.member.delete(f"{FLOATING_IPS}/{floating}").ok(204)
    scene.detach(inner[2], inner[1]).ok(200)


def test_a_network_takes_its_unused_floating_ips_along(world, scene, inner):
    outside = scene.outside("198.19.1.0/24")
    floating = scene.floating_ip(outside)
    world.admin.delete(f"/v2.0/networks/{outside}").ok(204)
    world.member.get(f"{FLOATING_IPS}/{floating}").refused(404, "FloatingIPNotFound")

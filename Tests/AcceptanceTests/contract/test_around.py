"""The rows of sections 3.6, 4.3, 4.4 and 15: what stands around the core."""
import pytest

from rest import UNKNOWN

ROUTERS, FLOATING_IPS = "/v2.0/routers", "/v2.0/floatingips"


def make(world, path, key, caller=None, **body):
    made = (caller or world.member).post(path, {key: body}).ok(201)[key]
    world.forget_later(f"{path}/{made['id']}")
    return made


# Section 4.3.

@pytest.fixture
def forwardings(world):
    return f"{FLOATING_IPS}/{world.floating_ip}/port_forwardings"


def forwarding(world, **more):
    return {"port_forwarding": {"protocol": "tcp", "internal_port_id": world.port["id"], "internal_port": 22,
                                "internal_ip_address": world.port["fixed_ips"][0]["ip_address"],
                                "external_port": 2222} | more}


def without(body, *names):
    return {key: {name: value for name, value in inner.items() if name not in names} for key, inner in body.items()}


@pytest.mark.parametrize("more, status, kind", [
    ({"protocol": "TCP"}, 400, None), ({"protocol": 6}, 400, None), ({"protocol": "icmp"}, 400, None),
    ({"internal_port_id": UNKNOWN}, 404, "PortNotFound"), ({"internal_ip_address": "10.40.255.1"}, 400, "BadRequest"),
    ({"internal_ip_address": "x"}, 400, None), ({"external_port": 0}, 400, None), ({"external_port": 65536}, 400, None),
    ({"internal_port": "x"}, 400, None), ({"description": "x" * 256}, 400, None)])
def test_a_forwarding_is_not_created_with(world, forwardings, more, status, kind):
    world.member.post(forwardings, forwarding(world, **more)).refused(status, *([kind] if kind else []))
    assert world.member.get(forwardings).ok(200)["port_forwardings"] == []


@pytest.mark.parametrize("internal, external, status", [
    ("22:24", "2222:2224", 201), ("22", "2222:2224", 201), ("22", "2222", 201), ("22:24", "2222:2223", 400),
    ("22:24", "2222", 400), ("24:22", "2222:2224", 400), ("0:2", "1:3", 400), ("x", "2222", 400),
    ("22:23:24", "2222", 400), ("65535:65536", "1:2", 400), (None, "2222", 400), ("22", None, 400)])
def test_ranges_of_ports(world, forwardings, internal, external, status):
    body = without(forwarding(world), "internal_port", "external_port")
    body["port_forwarding"] |= {name: value for name, value in (("internal_port_range", internal),
                                                                ("external_port_range", external)) if value}
    answer = world.member.post(forwardings, body)
    assert answer.status == status, answer
    if status == 201:
        made = answer.json["port_forwarding"]
        world.forget_later(f"{forwardings}/{made['id']}")
        single = external.isdigit()
        assert made["external_port"] == (int(external) if single else None)
        assert made["external_port_range"] == (f"{external}:{external}" if single else external)
        assert world.member.get(f"{forwardings}/{made['id']}").ok(200)["port_forwarding"] == made


def test_forwardings_and_associations_exclude_each_other(world, forwardings):
    made = make(world, forwardings, "port_forwarding", **forwarding(world)["port_forwarding"])
    assert not {"project_id", "tenant_id", "created_at"} & set(made)
    path = f"{FLOATING_IPS}/{world.floating_ip}"
    assert world.member.get(path).ok(200)["floatingip"]["router_id"] == world.router
    for again in ({"internal_port": 23}, {"external_port": 2223}):
        world.member.post(forwardings, forwarding(world, **again)).refused(400, "BadRequest")
    bind = {"floatingip": {"port_id": world.port["id"]}}
    world.member.put(path, bind).refused(409, "FipInUseByPortForwarding")
    world.member.delete(path).refused(409, "FipInUseByPortForwarding")
    other = make(world, FLOATING_IPS, "floatingip", floating_network_id=world.external)["id"]
    world.member.get(f"{FLOATING_IPS}/{other}/port_forwardings/{made['id']}").refused(404, "PortForwardingNotFound")
    end = {"subnet_id": world.subnet}
    world.member.put(f"{ROUTERS}/{world.router}/remove_router_interface", end).refused(
        409, "RouterInterfaceInUseByFloatingIP")
    world.member.put(f"{ROUTERS}/{world.router}", {"router": {"external_gateway_info": None}}).refused(
        409, "RouterExternalGatewayInUseByFloatingIp")
    world.member.delete(f"{forwardings}/{made['id']}").ok(204)
    assert world.member.get(path).ok(200)["floatingip"]["router_id"] is None
    world.member.put(f"{FLOATING_IPS}/{other}", bind).ok(200)
    world.member.post(forwardings, forwarding(world)).refused(409, "PortHasBindingFloatingIP")
    taken = f"{FLOATING_IPS}/{other}/port_forwardings"
    world.member.post(taken, forwarding(world)).refused(409, "FloatingIPPortAlreadyAssociated",
                                                        "PortHasBindingFloatingIP")


# Section 3.6.

@pytest.fixture
def helpers(world):
    return f"{ROUTERS}/{world.router}/conntrack_helpers"


@pytest.mark.parametrize("body, kind", [
    ({"protocol": "tcp", "port": 21, "helper": "nonsense"}, "ConntrackHelperNotAllowed"),
    ({"protocol": "udp", "port": 21, "helper": "ftp"}, "InvalidProtocolForHelper"),
    ({"protocol": "nonsense", "port": 21, "helper": "ftp"}, None), ({"protocol": "tcp", "port": 0, "helper": "ftp"}, None),
    ({"protocol": "tcp", "port": 65536, "helper": "ftp"}, None), ({"protocol": "tcp", "port": 21}, None)])
def test_a_conntrack_helper_is_not_created_with(world, helpers, body, kind):
    answer = world.member.post(helpers, {"conntrack_helper": body})
    answer.refused(400, *([kind] if kind else []))


def test_a_conntrack_helper_is_there_once_and_shown_by_its_router(world, helpers):
    body = {"protocol": "tcp", "port": 21, "helper": "ftp"}
    made = make(world, helpers, "conntrack_helper", **body)
    world.member.post(helpers, {"conntrack_helper": body}).refused(400, "BadRequest")
    shown = world.member.get(f"{ROUTERS}/{world.router}").ok(200)["router"]["conntrack_helpers"]
    assert shown == [body]
    world.member.delete(f"{helpers}/{made['id']}").ok(204)


# Section 4.4.

def test_pools_of_floating_ips_are_the_external_subnets(world):
    assert world.external
    found = world.member.get("/v2.0/floatingip_pools").ok(200)["floatingip_pools"]
    own = [one for one in found if one["network_id"] == world.external]
    assert [(one["cidr"], one["project_id"], one["tenant_id"]) for one in own] == [("198.18.0.0/16", "alpha", "alpha")]


def test_pools_of_floating_ips_are_those_that_the_caller_sees(world, scene):
    six = scene.outside("2001:db8:51::/64")
    both = scene.outside("198.19.1.0/24", "198.19.2.0/24", "2001:db8:52::/64")
    hidden = scene.make("/v2.0/networks", "network", world.admin)["id"]
    scene.outside_subnet(hidden, "198.19.3.0/24")
    scene.make("/v2.0/rbac-policies", "rbac_policy", world.admin, object_type="network", object_id=hidden,
               action="access_as_external", target_tenant="beta")

    def cidrs(caller, network):
        found = caller.get("/v2.0/floatingip_pools", {"network_id": network}).ok(200)["floatingip_pools"]
        assert {one["project_id"] for one in found} <= {caller.project}
        return [one["cidr"] for one in found]

    assert cidrs(world.stranger, six) == []
    assert sorted(cidrs(world.reader, both)) == ["198.19.1.0/24", "198.19.2.0/24"]
    assert cidrs(world.stranger, hidden) == ["198.19.3.0/24"] and cidrs(world.member, hidden) == []


# Section 15.

def test_how_full_a_network_is(world, scene):
    network = scene.network()
    subnet = scene.subnet(network, cidr="10.50.0.0/28")
    scene.port(network)
    shown = world.admin.get(f"/v2.0/network-ip-availabilities/{network}").ok(200)["network_ip_availability"]
    assert (shown["total_ips"], shown["used_ips"], shown["project_id"]) == (13, 1, "alpha")
    within = shown["subnet_ip_availability"]
    assert [(one["subnet_id"], one["cidr"], one["used_ips"]) for one in within] == [(subnet, "10.50.0.0/28", 1)]
    body = {"subnet": {"network_id": network, "ip_version": 6, "cidr": "2001:db8:9::/48"}}
    six = world.member.post("/v2.0/subnets", body).ok(201)["subnet"]["id"]
    world.forget_later(f"/v2.0/subnets/{six}")
    shown = world.admin.get(f"/v2.0/network-ip-availabilities/{network}").ok(200)["network_ip_availability"]
    assert shown["total_ips"] > 2**79

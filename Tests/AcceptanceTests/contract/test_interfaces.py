"""Sections 3.3 and 3.4: interfaces and extra routes."""
import pytest

ROUTERS, POLICIES = "/v2.0/routers", "/v2.0/rbac-policies"


def interfaces(scene, router):
    return scene.ports(device_id=router, device_owner="network:router_interface")


def test_an_interface_is_told_and_made(world, scene):
    router, network = scene.router(), scene.network()
    subnet = scene.subnet(network)
    for act, more in ((scene.attach, {}), (scene.detach, {})):
        told = act(router, subnet, world.member, **more).ok(200)
        assert set(told) == {"id", "tenant_id", "project_id", "port_id", "network_id", "subnet_id", "subnet_ids", "tags"}
        assert (told["id"], told["tenant_id"], told["project_id"]) == (router, "alpha", "alpha")
        assert (told["network_id"], told["subnet_id"], told["subnet_ids"], told["tags"]) == (network, subnet, [subnet],
                                                                                            [])
        if act == scene.attach:
            port = scene.shown("ports", told["port_id"], world.member)
            assert port["fixed_ips"] == [{"subnet_id": subnet, "ip_address": "10.50.0.1"}]
            assert (port["security_groups"], port["port_security_enabled"]) == ([], False)
    assert scene.ports(network_id=network) == []


def test_a_port_becomes_an_interface_and_goes_with_it(world, scene):
    router, network = scene.router(), scene.network()
    subnet = scene.subnet(network)
    port = scene.port(network, name="mine", fixed_ips=[{"subnet_id": subnet, "ip_address": "10.50.0.9"}])
    told = scene.attach(router, port_id=port["id"]).ok(200)
    assert told["port_id"] == port["id"] and told["subnet_ids"] == [subnet]
    shown = scene.shown("ports", port["id"])
    assert (shown["name"], shown["device_id"], shown["device_owner"]) == ("mine", router, "network:router_interface")
    scene.detach(router, port_id=port["id"]).ok(200)
    world.member.get(f"/v2.0/ports/{port['id']}").refused(404, "PortNotFound")


def test_a_port_that_cannot_be_one_is_left_as_it_was(world, scene):
    network, router = scene.network(), scene.router(scene.subnet())
    overlapping = scene.subnet(network, cidr="10.50.0.0/25")
    port = scene.port(network, fixed_ips=[{"subnet_id": overlapping}])
    scene.attach(router, port_id=port["id"]).refused(400, "BadRequest")
    shown = scene.shown("ports", port["id"])
    assert {name: shown[name] for name in ("device_id", "device_owner", "fixed_ips")} == \
        {name: port[name] for name in ("device_id", "device_owner", "fixed_ips")}


def test_a_port_of_two_subnets_is_none(world, scene):
    network, router = scene.network(), scene.router()
    ends = [{"subnet_id": scene.subnet(network, cidr=cidr)} for cidr in ("10.51.0.0/24", "10.52.0.0/24")]
    port = scene.port(network, fixed_ips=ends)["id"]
    scene.attach(router, port_id=port).refused(400, "BadRequest")


def test_a_taken_gateway_address_is_none(world, scene):
    network, router = scene.network(), scene.router()
    subnet = scene.subnet(network)
    scene.port(network, fixed_ips=[{"subnet_id": subnet, "ip_address": "10.50.0.1"}])
    scene.attach(router, subnet).refused(409, "IpAddressAlreadyAllocated")
    assert interfaces(scene, router) == []


def test_removal_by_both_names_both(world, scene):
    router, network = scene.router(), scene.network()
    subnet, other = scene.subnet(network), scene.subnet()
    port = scene.attach(router, subnet).ok(200)["port_id"]
    scene.detach(router, port_id=port, subnet_id=other).refused(400, "SubnetMismatchForPort")
    scene.detach(router, port_id=port, subnet_id=subnet).ok(200)


def test_the_prefixes_of_a_network_share_one_port(world, scene):
    router, network = scene.router(), scene.network()
    first, second = scene.subnet6(network), scene.subnet6(network, "2001:db8:51::/64")
    four = scene.subnet(network)
    port = scene.attach(router, first).ok(200)["port_id"]
    told = scene.attach(router, second).ok(200)
    assert told["port_id"] == port
    assert scene.attach(router, four).ok(200)["port_id"] != port
    assert {one["subnet_id"] for one in scene.shown("ports", port)["fixed_ips"]} == {first, second}
    another = scene.port(network, fixed_ips=[{"subnet_id": scene.subnet6(network, "2001:db8:52::/64")}])
    scene.attach(router, port_id=another["id"]).refused(400, "BadRequest")
    scene.detach(router, first).ok(200)
    assert [one["subnet_id"] for one in scene.shown("ports", port)["fixed_ips"]] == [second]
    scene.detach(router, first).refused(404, "RouterInterfaceNotFoundForSubnet")
    scene.detach(router, second).ok(200)
    world.admin.get(f"/v2.0/ports/{port}").refused(404, "PortNotFound")


def test_a_subnet_that_another_router_advertises_is_none(world, scene):
    network = scene.network()
    subnet = scene.make("/v2.0/subnets", "subnet", network_id=network, ip_version=6, cidr="2001:db8:50::/64",
                        ipv6_address_mode="slaac")["id"]
    scene.attach(scene.router(), subnet).refused(400, "BadRequest")


def test_what_is_another_projects_is_not_there_to_attach(world, scene):
    router = scene.router()
    network = scene.make("/v2.0/networks", "network", world.stranger)["id"]
    subnet = scene.make("/v2.0/subnets", "subnet", world.stranger, network_id=network, ip_version=4,
                        cidr="10.53.0.0/24")["id"]
    port = scene.make("/v2.0/ports", "port", world.stranger, network_id=network)["id"]
    scene.attach(router, subnet, world.member).refused(404, "SubnetNotFound")
    scene.attach(router, caller=world.member, port_id=port).refused(404, "PortNotFound")
    scene.detach(router, subnet, world.member).refused(404, "SubnetNotFound")
    scene.detach(router, caller=world.member, port_id=port).refused(404, "RouterInterfaceNotFound")
    for act in (scene.attach, scene.detach):
        act(router, caller=world.stranger, subnet_id=subnet).refused(404, "RouterNotFound")
        for wrong in ({"port_id": "x"}, {"subnet_id": 5}, {"port_id": None}, {"subnet_id": []}):
            act(router, caller=world.member, **wrong).refused(400, "BadRequest")
    # An administrator joins what belongs to different projects.
    told = scene.attach(router, subnet, world.admin).ok(200)
    assert told["project_id"] == "alpha" and scene.shown("ports", told["port_id"])["project_id"] == "alpha"


def test_a_subnet_of_another_project_must_be_shared_with_this_one(world, scene):
    network = scene.make("/v2.0/networks", "network", world.admin, project_id="beta", shared=True)["id"]
    subnet = scene.make("/v2.0/subnets", "subnet", world.admin, project_id="beta", network_id=network, ip_version=4,
                        cidr="10.53.0.0/24")["id"]
    router = scene.router()
    scene.attach(router, subnet, world.member).refused(400, "BadRequest")
    scene.make(POLICIES, "rbac_policy", world.admin, object_type="network", object_id=network,
               action="access_as_shared", target_tenant="alpha")
    told = scene.attach(router, subnet, world.member).ok(200)
    assert told["project_id"] == "alpha"
    scene.detach(router, subnet, world.member).ok(200)
    port = scene.port(network)
    assert scene.attach(router, port_id=port["id"]).ok(200)["port_id"] == port["id"]
    scene.detach(router, port_id=port["id"]).ok(200)
    outside = scene.make("/v2.0/ports", "port", world.admin, project_id="alpha", network_id=network,
                         fixed_ips=[{"subnet_id": subnet, "ip_address": "10.53.0.1"}])["id"]
    scene.attach(router, port_id=outside, caller=world.member).refused(400, "BadRequest")
    scene.attach(router, subnet, world.admin).refused(409, "IpAddressAlreadyAllocated")


ROUTES = [{"destination": "10.99.0.0/16", "nexthop": "10.50.0.9"}, {"destination": "10.99.0.0/16", "nexthop": "10.50.0.8"},
          {"destination": "0.0.0.0/0", "nexthop": "10.50.0.9"}, {"destination": "10.50.0.0/24", "nexthop": "10.50.0.9"},
          {"destination": "2001:db8:99::/48", "nexthop": "10.50.0.9"}]


def ordered(routes):
    return sorted(routes, key=str)


def test_routes_of_every_kind_are_taken(world, scene):
    path = f"{ROUTERS}/{scene.router(scene.subnet())}"
    assert ordered(world.member.put(path, {"router": {"routes": ROUTES}}).ok(200)["router"]["routes"]) == ordered(ROUTES)
    some = {"router": {"routes": ROUTES[1:3], "name": "ignored"}}
    shown = world.member.put(f"{path}/remove_extraroutes", some).ok(200)["router"]
    assert ordered(shown["routes"]) == ordered(ROUTES[:1] + ROUTES[3:]) and shown["name"] == ""
    assert world.member.put(f"{path}/remove_extraroutes", some).ok(200)["router"]["routes"] == shown["routes"]
    again = world.member.put(f"{path}/add_extraroutes", {"router": {"routes": ROUTES[:2]}}).ok(200)["router"]
    assert ordered(again["routes"]) == ordered(ROUTES[:2] + ROUTES[3:])
    for action in ("add_extraroutes", "remove_extraroutes"):
        for wrong in ({}, {"routes": None}, {"routes": "x"}, {"routes": [5]}, {"routes": {}}):
            world.member.put(f"{path}/{action}", {"router": wrong}).refused(400)
    assert world.member.put(path, {"router": {"routes": None}}).ok(200)["router"]["routes"] == []


def test_routes_have_a_limit(world, scene):
    path = f"{ROUTERS}/{scene.router(scene.subnet())}"
    world.admin.put("/v2.0/quotas/alpha", {"quota": {"router_route": 2, "force": True}}).ok(200)
    try:
        for action in ("", "/add_extraroutes"):
            world.member.put(path + action, {"router": {"routes": ROUTES[:3]}}).refused(409, "OverQuota")
        world.member.put(path, {"router": {"routes": ROUTES[:2]}}).ok(200)
        world.member.put(f"{path}/add_extraroutes", {"router": {"routes": ROUTES[2:3]}}).refused(409, "OverQuota")
    finally:
        world.admin.put("/v2.0/quotas/alpha", {"quota": {"router_route": -1}}).ok(200)


HELPERS = [("amanda", "tcp"), ("ftp", "tcp"), ("h323", "udp"), ("h323", "tcp"), ("irc", "tcp"), ("netbios-ns", "udp"),
           ("pptp", "tcp"), ("sane", "tcp"), ("sip", "udp"), ("sip", "tcp"), ("snmp", "udp"), ("tftp", "udp")]


def test_each_helper_goes_with_its_protocols(world, scene):
    path = f"{ROUTERS}/{scene.router()}/conntrack_helpers"
    made = [scene.make(path, "conntrack_helper", protocol=protocol, port=2000 + n, helper=helper)["id"]
            for n, (helper, protocol) in enumerate(HELPERS)]
    for helper in {name for name, _ in HELPERS}:
        for protocol in ("dccp", "icmp", "ipv6-icmp", "sctp", "tcp", "udp"):
            if (helper, protocol) not in HELPERS:
                body = {"conntrack_helper": {"protocol": protocol, "port": 21, "helper": helper}}
                world.member.post(path, body).refused(400, "InvalidProtocolForHelper")
    one = f"{path}/{made[0]}"
    world.member.put(one, {"conntrack_helper": {"protocol": "udp"}}).refused(400, "InvalidProtocolForHelper")
    changed = world.member.put(one, {"conntrack_helper": {"protocol": "udp", "helper": "tftp"}}).ok(200)
    assert changed["conntrack_helper"] == {"id": made[0], "protocol": "udp", "port": 2000, "helper": "tftp"}
    same = {"conntrack_helper": {"protocol": "udp", "port": 2011, "helper": "tftp"}}
    world.member.put(one, same).refused(400, "BadRequest")
    other = f"{ROUTERS}/{scene.router()}/conntrack_helpers/{made[0]}"
    world.member.get(other).refused(404, "ConntrackHelperNotFound")


@pytest.mark.parametrize("change", [{"admin_state_up": False}, {"name": "x", "description": "y"}])
def test_a_change_leaves_the_rest(world, scene, change):
    router = scene.router(scene.subnet(), gateway=True)
    path = f"{ROUTERS}/{router}"
    before = world.member.put(path, {"router": {"routes": ROUTES[:1]}}).ok(200)["router"]
    after = world.member.put(path, {"router": change}).ok(200)["router"]
    assert {name: value for name, value in after.items() if before[name] != value and not name.endswith("_at")} == \
        change | {"revision_number": after["revision_number"]}
    assert after["status"] == "ACTIVE"

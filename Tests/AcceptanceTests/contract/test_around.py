"""The rows of sections 3.5, 3.6, 4.3, 4.4, 5 and 9 to 11, 15: what stands around the core, where it is served."""
import pytest

from rest import UNKNOWN

ROUTERS, FLOATING_IPS, POOLS = "/v2.0/routers", "/v2.0/floatingips", "/v2.0/subnetpools"
SCOPES, GROUPS, RULES = "/v2.0/address-scopes", "/v2.0/security-groups", "/v2.0/security-group-rules"
POLICIES = "/v2.0/rbac-policies"


def make(world, path, key, caller=None, **body):
    made = (caller or world.member).post(path, {key: body}).ok(201)[key]
    world.forget_later(f"{path}/{made['id']}")
    return made


def has(world, alias):
    if world.reader.get(f"/v2.0/extensions/{alias}").status != 200:
        pytest.skip(f"{alias} is not served")


# Section 4.3.

@pytest.fixture
def forwardings(world):
    has(world, "floating-ip-port-forwarding")
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
    world.member.put(f"{ROUTERS}/{world.router}/remove_router_interface", end).refused(409)
    world.member.put(f"{ROUTERS}/{world.router}", {"router": {"external_gateway_info": None}}).refused(409)
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
    has(world, "l3-conntrack-helper")
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
    has(world, "floatingip-pools")
    assert world.external
    found = world.member.get("/v2.0/floatingip_pools").ok(200)["floatingip_pools"]
    own = [one for one in found if one["network_id"] == world.external]
    assert [(one["cidr"], one["project_id"], one["tenant_id"]) for one in own] == [("198.18.0.0/16", "alpha", "alpha")]


# Section 3.5.

def test_several_gateways(world, scene):
    has(world, "external-gateway-multihoming")
    router = scene.router()
    path = f"{ROUTERS}/{router}"
    gateways = lambda *list: {"router": {"external_gateways": [*list]}}  # noqa: E731
    one = {"network_id": world.external}
    shown = world.member.put(f"{path}/add_external_gateways", gateways(one)).ok(200)["router"]
    assert shown["external_gateway_info"]["network_id"] == world.external and len(shown["external_gateways"]) == 1
    shown = world.member.put(f"{path}/add_external_gateways", gateways(one)).ok(200)["router"]
    assert len(shown["external_gateways"]) == 2
    world.member.put(f"{path}/remove_external_gateways", gateways(one)).refused(409, "UnableToMatchGateways")
    for action in ("add_external_gateways", "update_external_gateways", "remove_external_gateways"):
        for wrong in ({}, {"router": {}}, {"router": {"external_gateways": "x"}}, gateways({}), gateways(5)):
            world.member.put(f"{path}/{action}", wrong).refused(400)
        world.stranger.put(f"{path}/{action}", gateways(one)).refused(404, "RouterNotFound")
        world.reader.put(f"{path}/{action}", gateways(one)).refused(403, "PolicyNotAuthorized")
    for more in ({"enable_snat": False}, {"external_fixed_ips": [{"ip_address": "198.18.9.9"}]}):
        world.member.put(f"{path}/add_external_gateways", gateways(one | more)).refused(403, "PolicyNotAuthorized")
    unknown = gateways({"network_id": UNKNOWN})
    world.member.put(f"{path}/add_external_gateways", unknown).refused(404, "NetworkNotFound")
    inner = gateways({"network_id": world.network})
    world.member.put(f"{path}/add_external_gateways", inner).refused(400, "BadRequest")
    last = shown["external_gateways"][1]
    shown = world.admin.put(f"{path}/remove_external_gateways", gateways(last)).ok(200)["router"]
    assert len(shown["external_gateways"]) == 1
    shown = world.member.put(f"{path}/update_external_gateways", gateways()).ok(200)["router"]
    assert shown["external_gateways"] == [] and shown["external_gateway_info"] is None


# Section 9.

POOL_ROWS = {
    "no prefixes": ({"prefixes": []}, 400, "EmptySubnetPoolPrefixList"),
    "two families": ({"prefixes": ["10.0.0.0/8", "2001:db8::/32"]}, 400, "PrefixVersionMismatch"),
    "bounds crossed": ({"min_prefixlen": 28, "max_prefixlen": 24}, 400, "IllegalSubnetPoolPrefixBounds"),
    "a default below the least": ({"default_prefixlen": 20, "min_prefixlen": 24}, 400,
                                  "IllegalSubnetPoolPrefixBounds"),
    "an unknown scope": ({"address_scope_id": UNKNOWN}, 404, "AddressScopeNotFound"),
}


@pytest.mark.parametrize("row", POOL_ROWS.values(), ids=POOL_ROWS.keys())
def test_a_subnet_pool_is_not_created_with(world, row):
    has(world, "subnet_allocation")
    more, status, kind = row
    body = {"subnetpool": {"name": "pool", "prefixes": ["10.128.0.0/16"]} | more}
    world.member.post(POOLS, body).refused(status, kind, "HTTPBadRequest" if kind.startswith("Empty") else kind)


def test_a_subnet_pool_is_used_and_kept(world, scene):
    has(world, "subnet_allocation")
    pool = make(world, POOLS, "subnetpool", name="pool", prefixes=["10.129.0.0/16", "10.128.0.0/16"],
                min_prefixlen=24, max_prefixlen=28, default_quota=512)
    assert pool["prefixes"] == ["10.128.0.0/15"] and pool["ip_version"] == 4
    assert (pool["min_prefixlen"], pool["default_prefixlen"], pool["max_prefixlen"]) == (24, 24, 28)
    path, network = f"{POOLS}/{pool['id']}", scene.network()
    body = {"network_id": network, "ip_version": 4, "subnetpool_id": pool["id"]}
    made = make(world, "/v2.0/subnets", "subnet", **body)
    assert made["cidr"].startswith("10.128.") and made["subnetpool_id"] == pool["id"]
    world.member.post("/v2.0/subnets", {"subnet": body | {"prefixlen": 23}}).refused(
        400, "MinPrefixSubnetAllocationError")
    world.member.post("/v2.0/subnets", {"subnet": body | {"prefixlen": 29}}).refused(
        400, "MaxPrefixSubnetAllocationError")
    again = make(world, "/v2.0/subnets", "subnet", **body)
    assert again["cidr"] != made["cidr"]
    world.member.post("/v2.0/subnets", {"subnet": body}).refused(409, "SubnetPoolQuotaExceeded")
    world.member.put(path, {"subnetpool": {"prefixes": ["10.128.0.0/16"]}}).refused(400, "IllegalSubnetPoolPrefixUpdate")
    world.member.delete(path).refused(400, "SubnetPoolDeleteError")
    grown = world.member.put(f"{path}/add_prefixes", {"prefixes": ["10.140.0.0/16"]}).ok(200)
    assert grown == {"prefixes": ["10.128.0.0/15", "10.140.0.0/16"]}
    assert world.member.put(f"{path}/remove_prefixes", {"prefixes": ["10.140.0.0/16"]}).ok(200) == {
        "prefixes": ["10.128.0.0/15"]}
    for wrong in ({}, {"prefixes": "x"}, {"prefixes": ["x"]}):
        world.member.put(f"{path}/add_prefixes", wrong).refused(400)


def test_the_pools_of_a_scope_do_not_overlap(world):
    has(world, "address-scope")
    scope = make(world, SCOPES, "address_scope", name="scope", ip_version=4)
    first = make(world, POOLS, "subnetpool", name="pool", prefixes=["10.128.0.0/16"], address_scope_id=scope["id"])
    more = {"name": "pool", "prefixes": ["10.128.128.0/17"], "address_scope_id": scope["id"]}
    world.member.post(POOLS, {"subnetpool": more}).refused(409, "AddressScopePrefixConflict")
    more |= {"prefixes": ["2001:db8:7::/48"]}
    kind = "IllegalSubnetPoolIpVersionAssociationToAddressScope"
    world.member.post(POOLS, {"subnetpool": more}).refused(400, kind)
    world.member.delete(f"{SCOPES}/{scope['id']}").refused(409, "AddressScopeInUse")
    world.member.delete(f"{POOLS}/{first['id']}").ok(204)
    path = f"{SCOPES}/{scope['id']}"
    world.member.put(path, {"address_scope": {"shared": True}}).refused(403, "PolicyNotAuthorized")
    world.admin.put(path, {"address_scope": {"shared": True}}).ok(200)
    world.stranger.get(path).ok(200)
    world.stranger.put(path, {"address_scope": {"name": "x"}}).refused(403, "PolicyNotAuthorized")
    world.admin.put(path, {"address_scope": {"shared": False}}).refused(400, "AddressScopeUpdateError")


# Section 10.

def test_every_project_has_a_default_group(world):
    has(world, "security-group")
    found = world.stranger.get(GROUPS, {"name": "default"}).ok(200)["security_groups"]
    assert len(found) == 1 and len(found[0]["security_group_rules"]) == 4
    path = f"{GROUPS}/{found[0]['id']}"
    world.stranger.put(path, {"security_group": {"name": "x"}}).refused(409, "SecurityGroupCannotUpdateDefault")
    world.stranger.delete(path).refused(409, "SecurityGroupCannotRemoveDefault")
    port = world.member.post("/v2.0/ports", {"port": {"network_id": world.network}}).ok(201)["port"]
    world.forget_later(f"/v2.0/ports/{port['id']}")
    assert len(port["security_groups"]) == 1


def test_rules_and_groups_are_kept_right(world):
    has(world, "security-group")
    group = make(world, GROUPS, "security_group", name="group")
    assert sorted((rule["direction"], rule["ethertype"]) for rule in group["security_group_rules"]) == [
        ("egress", "IPv4"), ("egress", "IPv6")]
    rule = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp", "port_range_min": 22,
            "port_range_max": 23}
    made = make(world, RULES, "security_group_rule", **rule)
    assert made["ethertype"] == "IPv4" and made["normalized_cidr"] is None
    world.member.post(RULES, {"security_group_rule": rule}).refused(409, "SecurityGroupRuleExists")
    for more in ({"direction": "x"}, {"ethertype": "x"}, {"protocol": "x"}, {"port_range_min": 24},
                 {"port_range_min": -1}, {"port_range_max": 65536}, {"remote_ip_prefix": "x"},
                 {"remote_ip_prefix": "2001:db8::/32"}, {"protocol": None}):
        world.member.post(RULES, {"security_group_rule": rule | more}).refused(400)
    for more in ({"security_group_id": UNKNOWN}, {"remote_group_id": UNKNOWN}):
        world.member.post(RULES, {"security_group_rule": rule | more}).refused(404, "SecurityGroupNotFound")
    masked = make(world, RULES, "security_group_rule", **rule | {"remote_ip_prefix": "10.1.2.3/8"})
    assert masked["remote_ip_prefix"] == "10.1.2.3/8" and masked["normalized_cidr"] == "10.0.0.0/8"
    port = {"port": {"network_id": world.network, "security_groups": [UNKNOWN]}}
    world.member.post("/v2.0/ports", port).refused(404, "SecurityGroupNotFound")
    port["port"]["security_groups"] = [group["id"]]
    made = make(world, "/v2.0/ports", "port", **port["port"])
    assert made["security_groups"] == [group["id"]]
    world.member.delete(f"{GROUPS}/{group['id']}").refused(409, "SecurityGroupInUse")
    found = world.member.get("/v2.0/ports", {"security_groups": group["id"]}).ok(200)["ports"]
    assert [one["id"] for one in found] == [made["id"]]
    body = {"port": {"network_id": world.network, "port_security_enabled": False, "security_groups": [group["id"]]}}
    world.member.post("/v2.0/ports", body).refused(409, "PortSecurityAndIPRequiredForSecurityGroups",
                                                   "PortSecurityPortHasSecurityGroup")


# Section 11.

def test_a_policy_shares_a_network_with_one_project(world, scene):
    has(world, "rbac-policies")
    network = scene.network()
    path = f"/v2.0/networks/{network}"
    world.stranger.get(path).refused(404, "NetworkNotFound")
    body = {"object_type": "network", "object_id": network, "action": "access_as_shared", "target_tenant": "beta"}
    policy = make(world, POLICIES, "rbac_policy", **body)
    assert world.stranger.get(path).ok(200)["network"]["shared"] is True
    world.member.post(POLICIES, {"rbac_policy": body}).refused(409, "DuplicateRbacPolicy")
    for more, status, kind in (({"action": "nonsense"}, 400, None), ({"object_type": "nonsense"}, 400, None),
                               ({"object_id": UNKNOWN}, 404, None), ({"target_tenant": None}, 400, None), ({"target_tenant": "*"}, 403, None)):
        world.member.post(POLICIES, {"rbac_policy": body | more}).refused(status)
    answer = world.stranger.post(POLICIES, {"rbac_policy": body | {"target_tenant": "gamma"}})
    answer.refused(400, "InvalidInput")
    # Both names of whom it is for are taken and shown; one must be given.
    assert policy["target_project"] == policy["target_tenant"] == "beta"
    either = {name: value for name, value in body.items() if name != "target_tenant"}
    world.member.post(POLICIES, {"rbac_policy": either}).refused(400, "HTTPBadRequest")
    world.member.post(POLICIES, {"rbac_policy": either | {"target_project": "beta"}}).refused(409, "DuplicateRbacPolicy")
    both = {"target_project": "beta", "target_tenant": "gamma"}
    world.member.post(POLICIES, {"rbac_policy": either | both}).refused(400, "HTTPBadRequest")
    for name in ("target_tenant", "target_project"):
        found = world.member.get(POLICIES, {name: "beta", "object_id": network}).ok(200)["rbac_policies"]
        assert [one["id"] for one in found] == [policy["id"]]
    port = world.stranger.post("/v2.0/ports", {"port": {"network_id": network}}).ok(201)["port"]["id"]
    world.member.delete(f"{POLICIES}/{policy['id']}").refused(409, "RbacPolicyInUse")
    world.stranger.delete(f"/v2.0/ports/{port}").ok(204)
    world.member.delete(f"{POLICIES}/{policy['id']}").ok(204)
    world.stranger.get(path).refused(404, "NetworkNotFound")


def test_a_policy_opens_a_network_to_gateways(world, scene):
    has(world, "rbac-policies")
    network = world.admin.post("/v2.0/networks", {"network": {}}).ok(201)["network"]["id"]
    world.forget_later(f"/v2.0/networks/{network}")
    body = {"object_type": "network", "object_id": network, "action": "access_as_external", "target_tenant": "alpha"}
    gateway = {"router": {"external_gateway_info": {"network_id": network}}}
    world.member.post(ROUTERS, gateway).refused(404, "NetworkNotFound")
    policy = make(world, POLICIES, "rbac_policy", world.admin, **body)
    router = make(world, ROUTERS, "router", **gateway["router"])
    world.stranger.post(ROUTERS, gateway).refused(404, "NetworkNotFound")
    world.admin.delete(f"{POLICIES}/{policy['id']}").refused(409, "RbacPolicyInUse")
    world.member.delete(f"{ROUTERS}/{router['id']}").ok(204)


# Section 15.

def test_how_full_a_network_is(world, scene):
    has(world, "network-ip-availability")
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

"""Section 10: groups and rules, kept for clients, and what refuses them."""
import pytest

from rest import UNKNOWN, Caller

GROUPS, RULES, PORTS = "/v2.0/security-groups", "/v2.0/security-group-rules", "/v2.0/ports"


@pytest.fixture
def group(scene):
    return scene.make(GROUPS, "security_group", name="group")


def rule(group, **more):
    return {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp", "port_range_min": 22,
            "port_range_max": 23} | more


def default_of(caller):
    (found,) = caller.get(GROUPS, {"name": "default"}).ok(200)["security_groups"]
    return found


def newcomer(world, *roles):
    """Someone of a project that has nothing yet."""
    return Caller(world.endpoint, f"newcomer-{world.number()}", *(roles or ("member", "reader")))


def test_a_project_gets_its_default_group_when_it_first_looks(world):
    caller = newcomer(world, "reader")
    group = default_of(caller)
    assert (group["project_id"], group["stateful"], group["shared"]) == (caller.project, True, False)
    rules = group["security_group_rules"]
    assert sorted((one["direction"], one["ethertype"], one["remote_group_id"]) for one in rules) == [
        ("egress", "IPv4", None), ("egress", "IPv6", None),
        ("ingress", "IPv4", group["id"]), ("ingress", "IPv6", group["id"])]
    assert default_of(caller)["id"] == group["id"]


def test_a_project_gets_its_default_group_with_its_first_port(world, scene):
    project = f"newcomer-{world.number()}"
    port = scene.make(PORTS, "port", world.admin, network_id=world.network, project_id=project)
    (group,) = port["security_groups"]
    shown = scene.shown("security-groups", group)
    assert (shown["name"], shown["project_id"]) == ("default", project)
    bare = scene.make(PORTS, "port", network_id=world.network, security_groups=[])
    assert bare["security_groups"] == []
    again = world.member.put(f"{PORTS}/{bare['id']}", {"port": {"security_groups": None}}).ok(200)["port"]
    assert again["security_groups"] == []


def test_the_default_group_keeps_its_name(world):
    caller = newcomer(world)
    path = f"{GROUPS}/{default_of(caller)['id']}"
    caller.put(path, {"security_group": {"name": "x"}}).refused(409, "SecurityGroupCannotUpdateDefault")
    changed = caller.put(path, {"security_group": {"name": "default", "description": "words"}}).ok(200)
    assert changed["security_group"]["description"] == "words"
    caller.delete(path).refused(409, "SecurityGroupCannotRemoveDefault")
    for name in ("default", "Default"):
        caller.post(GROUPS, {"security_group": {"name": name}}).refused(409, "SecurityGroupDefaultAlreadyExists")
    # Whoever clears up after a project can; it is there again as soon as someone looks.
    world.admin.delete(path).ok(204)
    assert default_of(caller)["id"] not in path


def test_a_new_group_lets_everything_out(world, group):
    assert (group["name"], group["description"], group["stateful"], group["shared"]) == ("group", "", True, False)
    assert sorted((one["direction"], one["ethertype"]) for one in group["security_group_rules"]) == [
        ("egress", "IPv4"), ("egress", "IPv6")]
    for one in group["security_group_rules"]:
        wide = ("protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "normalized_cidr",
                "remote_group_id", "remote_address_group_id")
        assert {name: one[name] for name in wide} == dict.fromkeys(wide)
        assert one["project_id"] == one["tenant_id"] == "alpha" and one["belongs_to_default_sg"] is False


def test_a_rule_is_shown_by_its_group_and_goes_with_it(world, scene, group):
    made = scene.make(RULES, "security_group_rule", **rule(group, description="words"))
    assert (made["ethertype"], made["normalized_cidr"], made["belongs_to_default_sg"]) == ("IPv4", None, False)
    path = f"{GROUPS}/{group['id']}"
    shown = world.member.get(path).ok(200)["security_group"]["security_group_rules"]
    assert made in shown and len(shown) == 3
    world.member.delete(f"{RULES}/{made['id']}").ok(204)
    assert made not in world.member.get(path).ok(200)["security_group"]["security_group_rules"]
    world.member.delete(path).ok(204)
    world.member.get(f"{RULES}/{shown[0]['id']}").refused(404, "SecurityGroupRuleNotFound")
    assert world.member.get(RULES, {"security_group_id": group["id"]}).ok(200)["security_group_rules"] == []


RULES_MADE = {
    "any protocol": ({"protocol": None, "port_range_min": None, "port_range_max": None}, {"protocol": None}),
    "a number": ({"protocol": "6"}, {"protocol": "6"}),
    "a number that is none in quotes": ({"protocol": 6}, {"protocol": "6"}),
    "a protocol without ports": ({"protocol": "gre", "port_range_min": None, "port_range_max": None},
                                 {"protocol": "gre"}),
    "an ICMP type": ({"protocol": "icmp", "port_range_min": 8, "port_range_max": None}, {"port_range_min": 8}),
    "an ICMP type and code": ({"protocol": "icmp", "port_range_min": 8, "port_range_max": 0}, {"port_range_max": 0}),
    "the prefix of a host": ({"remote_ip_prefix": "192.0.2.1"}, {"normalized_cidr": "192.0.2.1/32"}),
    "host bits": ({"remote_ip_prefix": "10.1.2.3/8"},
                  {"remote_ip_prefix": "10.1.2.3/8", "normalized_cidr": "10.0.0.0/8"}),
    "IPv6": ({"ethertype": "IPv6", "remote_ip_prefix": "2001:db8::/32"}, {"ethertype": "IPv6"}),
    "outwards": ({"direction": "egress"}, {"direction": "egress"}),
}


@pytest.mark.parametrize("row", RULES_MADE.values(), ids=RULES_MADE.keys())
def test_a_rule_is_made_of(world, scene, group, row):
    given, shown = row
    made = scene.make(RULES, "security_group_rule", **rule(group, **given))
    assert {name: made[name] for name in shown} == shown
    assert world.member.get(f"{RULES}/{made['id']}").ok(200)["security_group_rule"] == made


RULES_REFUSED = {
    "a direction": ({"direction": "x"}, 400, "HTTPBadRequest"),
    "a family": ({"ethertype": "x"}, 400, "HTTPBadRequest"),
    "a protocol": ({"protocol": "x"}, 400, "SecurityGroupRuleInvalidProtocol"),
    "a protocol's number": ({"protocol": "256"}, 400, "SecurityGroupRuleInvalidProtocol"),
    "ports upside down": ({"port_range_min": 24}, 400, "SecurityGroupInvalidPortRange"),
    "half a range": ({"port_range_max": None}, 400, "SecurityGroupInvalidPortRange"),
    "port 0": ({"port_range_min": 0}, 400, "SecurityGroupInvalidPortRange"),
    "a port below": ({"port_range_min": -1}, 400, "SecurityGroupInvalidPortRange"),
    "a port above": ({"port_range_max": 65536}, 400, "HTTPBadRequest"),
    "ports of any protocol": ({"protocol": None}, 400, "SecurityGroupInvalidPortRange"),
    "ports of one without": ({"protocol": "gre"}, 400, "SecurityGroupInvalidPortRange"),
    "an ICMP type above": ({"protocol": "icmp", "port_range_min": 256}, 400, "SecurityGroupInvalidIcmpValue"),
    "an ICMP code above": ({"protocol": "icmp", "port_range_max": 256}, 400, "SecurityGroupInvalidIcmpValue"),
    "an ICMP code without a type": ({"protocol": "icmp", "port_range_min": None}, 400, "SecurityGroupMissingIcmpType"),
    "IPv6's ICMP in IPv4": ({"protocol": "ipv6-icmp", "port_range_min": 8, "port_range_max": None}, 400,
                            "SecurityGroupRuleParameterConflict"),
    "a prefix": ({"remote_ip_prefix": "x"}, 400, "HTTPBadRequest"),
    "a prefix of the other family": ({"remote_ip_prefix": "2001:db8::/32"}, 400,
                                     "SecurityGroupRuleParameterConflict"),
    "an unknown group": ({"security_group_id": UNKNOWN}, 404, "SecurityGroupNotFound"),
    "an unknown remote group": ({"remote_group_id": UNKNOWN}, 404, "SecurityGroupNotFound"),
}


@pytest.mark.parametrize("row", RULES_REFUSED.values(), ids=RULES_REFUSED.keys())
def test_a_rule_is_not_made_of(world, group, row):
    given, status, kind = row
    world.member.post(RULES, {"security_group_rule": rule(group, **given)}).refused(status, kind)
    assert len(world.member.get(RULES, {"security_group_id": group["id"]}).ok(200)["security_group_rules"]) == 2


def test_a_rule_has_one_remote_end(world, group):
    both = rule(group, remote_ip_prefix="192.0.2.0/24", remote_group_id=group["id"])
    world.member.post(RULES, {"security_group_rule": both}).refused(400, "SecurityGroupRemoteGroupAndRemoteIpPrefix")


@pytest.mark.parametrize("same", [
    {}, {"protocol": "6"}, {"ethertype": "IPv4"}, {"remote_ip_prefix": "0.0.0.0/0"}, {"description": "other words"}],
    ids=str)
def test_a_rule_is_there_once_however_it_is_said(world, scene, group, same):
    scene.make(RULES, "security_group_rule", **rule(group))
    world.member.post(RULES, {"security_group_rule": rule(group, **same)}).refused(409, "SecurityGroupRuleExists")
    scene.make(RULES, "security_group_rule", **rule(group, port_range_max=24))


def test_a_rule_of_a_default_group_says_so(world):
    caller = newcomer(world)
    default = default_of(caller)
    assert all(one["belongs_to_default_sg"] for one in default["security_group_rules"])
    found = caller.get(RULES, {"belongs_to_default_sg": True}).ok(200)["security_group_rules"]
    assert {one["id"] for one in found} == {one["id"] for one in default["security_group_rules"]}
    assert caller.get(RULES, {"belongs_to_default_sg": False}).ok(200)["security_group_rules"] == []


def test_a_rule_goes_with_the_group_that_it_names(world, scene, group):
    other = scene.make(GROUPS, "security_group", name="other")
    made = scene.make(RULES, "security_group_rule", **rule(group, remote_group_id=other["id"]))
    world.member.delete(f"{GROUPS}/{other['id']}").ok(204)
    world.member.get(f"{RULES}/{made['id']}").refused(404, "SecurityGroupRuleNotFound")
    world.member.get(f"{GROUPS}/{group['id']}").ok(200)


def test_a_group_of_a_port_stays_as_it_is(world, scene, group):
    path, network = f"{GROUPS}/{group['id']}", world.network
    body = {"network_id": network, "security_groups": [UNKNOWN]}
    world.member.post(PORTS, {"port": body}).refused(404, "SecurityGroupNotFound")
    made = scene.port(network, security_groups=[group["id"]])
    assert made["security_groups"] == [group["id"]]
    found = world.member.get(PORTS, {"security_groups": group["id"]}).ok(200)["ports"]
    assert [one["id"] for one in found] == [made["id"]]
    world.member.delete(path).refused(409, "SecurityGroupInUse")
    world.member.put(path, {"security_group": {"stateful": False}}).refused(409, "SecurityGroupInUse")
    world.member.put(path, {"security_group": {"name": "renamed", "stateful": True}}).ok(200)
    changed = world.member.put(f"{PORTS}/{made['id']}", {"port": {"security_groups": []}}).ok(200)["port"]
    assert changed["security_groups"] == []
    world.member.delete(path).ok(204)


def test_a_group_needs_port_security(world, scene, group):
    body = {"network_id": world.network, "port_security_enabled": False, "security_groups": [group["id"]]}
    world.member.post(PORTS, {"port": body}).refused(409, "PortSecurityAndIPRequiredForSecurityGroups",
                                                     "PortSecurityPortHasSecurityGroup")
    port = scene.port(world.network, security_groups=[group["id"]])
    answer = world.member.put(f"{PORTS}/{port['id']}", {"port": {"port_security_enabled": False}})
    answer.refused(409, "PortSecurityPortHasSecurityGroup")
    bare = scene.port(world.network, port_security_enabled=False)
    assert bare["security_groups"] == []
    answer = world.member.put(f"{PORTS}/{bare['id']}", {"port": {"security_groups": [group["id"]]}})
    answer.refused(409, "PortSecurityAndIPRequiredForSecurityGroups")


def test_the_groups_of_others_are_not_there(world, scene, group):
    path = f"{GROUPS}/{group['id']}"
    for answer in (world.stranger.get(path), world.stranger.put(path, {"security_group": {"name": "x"}}),
                   world.stranger.delete(path), world.stranger.post(RULES, {"security_group_rule": rule(group)})):
        answer.refused(404, "SecurityGroupNotFound")
    own = scene.make(GROUPS, "security_group", world.stranger, name="theirs")
    named = {"security_group_rule": rule(own, remote_group_id=group["id"])}
    world.stranger.post(RULES, named).refused(404, "SecurityGroupNotFound")
    network = scene.make("/v2.0/networks", "network", world.stranger)["id"]
    body = {"port": {"network_id": network, "security_groups": [group["id"]]}}
    world.stranger.post(PORTS, body).refused(404, "SecurityGroupNotFound")
    # Administrators take them from any project.
    scene.make(PORTS, "port", world.admin, network_id=network, project_id="beta", security_groups=[group["id"]])

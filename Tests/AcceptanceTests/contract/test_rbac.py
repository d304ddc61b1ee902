"""Section 11: what policies share, and with whom."""
import pytest

from rest import UNKNOWN

NETWORKS, PORTS, ROUTERS, POLICIES = "/v2.0/networks", "/v2.0/ports", "/v2.0/routers", "/v2.0/rbac-policies"
SCOPES, POOLS, GROUPS = "/v2.0/address-scopes", "/v2.0/subnetpools", "/v2.0/security-groups"


def policy(kind, id, target="beta", action="access_as_shared"):
    return {"object_type": kind, "object_id": id, "action": action, "target_tenant": target}


def share(scene, *about, caller=None, **more):
    made = scene.make(POLICIES, "rbac_policy", caller or scene.world.member, **policy(*about, **more))
    return f"{POLICIES}/{made['id']}", made


# What can be shared: its path and key, what it is made of, and how the project that may use it does.
SHARED = {
    "network": (NETWORKS, "network", {}, lambda s, id: s.make(PORTS, "port", s.world.stranger, network_id=id)),
    "address_scope": (SCOPES, "address_scope", {"name": "scope", "ip_version": 4},
                      lambda s, id: s.make(POOLS, "subnetpool", s.world.admin, name="pool", project_id="beta",
                                           prefixes=["10.170.0.0/16"], address_scope_id=id)),
    "subnetpool": (POOLS, "subnetpool", {"name": "pool", "prefixes": ["10.171.0.0/16"], "default_prefixlen": 24},
                   lambda s, id: s.make("/v2.0/subnets", "subnet", s.world.stranger, ip_version=4, subnetpool_id=id,
                                        network_id=s.make(NETWORKS, "network", s.world.stranger)["id"])),
    "security_group": (GROUPS, "security_group", {"name": "group"},
                       lambda s, id: s.make(PORTS, "port", s.world.stranger, security_groups=[id],
                                            network_id=s.make(NETWORKS, "network", s.world.stranger)["id"])),
}


@pytest.fixture(params=SHARED.keys())
def shared(request, scene):
    """Something of alpha that can be shared: its kind, id and path, its key, and how beta uses it."""
    path, key, body, use = SHARED[request.param]
    id = scene.make(path, key, scene.world.member, **body)["id"]
    return request.param, id, f"{path}/{id}", key, use


def test_a_policy_shares_with_one_project(world, scene, shared):
    kind, id, path, key, _ = shared
    world.stranger.get(path).refused(404)
    policy_path, made = share(scene, kind, id)
    assert made["target_tenant"] == made["target_project"] == "beta"
    assert made["project_id"] == made["tenant_id"] == "alpha"
    assert world.stranger.get(path).ok(200)[key]["shared"] is True
    assert world.member.get(path).ok(200)[key]["shared"] is False
    listed = path.rsplit("/", 1)[0]
    members = listed.rsplit("/", 1)[1].replace("-", "_")
    assert [one["id"] for one in world.stranger.get(listed, {"id": id, "shared": True}).ok(200)[members]] == [id]
    assert world.stranger.get(listed, {"id": id, "shared": False}).ok(200)[members] == []
    # To see is not to change.
    world.stranger.put(path, {key: {"name": "x"}}).refused(403, "PolicyNotAuthorized")
    world.stranger.delete(path).refused(403, "PolicyNotAuthorized")
    world.stranger.get(policy_path).refused(404, "RbacPolicyNotFound")
    world.member.delete(policy_path).ok(204)
    world.stranger.get(path).refused(404)


def test_a_policy_does_not_end_while_it_is_used(world, scene, shared):
    kind, id, path, _, use = shared
    policy_path, _ = share(scene, kind, id)
    used = use(scene, id)
    world.member.delete(policy_path).refused(409, "RbacPolicyInUse")
    moved = {"rbac_policy": {"target_tenant": "gamma"}}
    world.member.put(policy_path, moved).refused(409, "RbacPolicyInUse")
    # Another policy that lets the project in makes the first dispensable.
    for_all, _ = share(scene, kind, id, "*", caller=world.admin)
    world.member.delete(policy_path).ok(204)
    world.admin.delete(for_all).refused(409, "RbacPolicyInUse")
    place = {"network": PORTS, "address_scope": POOLS, "subnetpool": "/v2.0/subnets", "security_group": PORTS}[kind]
    world.admin.delete(f"{place}/{used['id']}").ok(204)
    world.admin.delete(for_all).ok(204)
    world.stranger.get(path).refused(404)


def test_a_policy_for_all_is_the_administrators(world, scene, shared):
    kind, id, path, key, _ = shared
    world.member.post(POLICIES, {"rbac_policy": policy(kind, id, "*")}).refused(403, "PolicyNotAuthorized")
    own, _ = share(scene, kind, id)
    world.member.put(own, {"rbac_policy": {"target_tenant": "*"}}).refused(403, "PolicyNotAuthorized")
    share(scene, kind, id, "*", caller=world.admin)
    for caller in (world.member, world.stranger, world.admin):
        assert caller.get(path).ok(200)[key]["shared"] is True


def test_a_policy_is_for_another_by_an_update(world, scene, shared):
    kind, id, path, _, _ = shared
    (policy_path, _), (other, _) = share(scene, kind, id, "gamma"), share(scene, kind, id, "delta")
    world.stranger.get(path).refused(404)
    for name in ("target_tenant", "target_project"):
        changed = world.member.put(policy_path, {"rbac_policy": {name: "beta"}}).ok(200)["rbac_policy"]
        assert (changed["target_tenant"], changed["target_project"]) == ("beta", "beta")
    world.stranger.get(path).ok(200)
    same = {"rbac_policy": {"target_tenant": "delta"}}
    world.member.put(policy_path, same).refused(409, "DuplicateRbacPolicy")
    assert scene.shown("rbac-policies", policy_path.rsplit("/", 1)[1])["target_tenant"] == "beta"
    world.member.put(other, {"rbac_policy": {"action": "access_as_external"}}).refused(400, "HTTPBadRequest")


def test_policies_are_refused(world, scene, shared):
    kind, id, _, _, _ = shared
    given = policy(kind, id)
    share(scene, kind, id)
    not_found = {"network": "NetworkNotFound", "address_scope": "AddressScopeNotFound",
                 "subnetpool": "SubnetPoolNotFound", "security_group": "SecurityGroupNotFound"}[kind]
    for more, status, type in (({}, 409, "DuplicateRbacPolicy"), ({"action": "nonsense"}, 400, "InvalidActionForType"),
                               ({"object_type": "nonsense"}, 400, "InvalidInput"),
                               ({"object_type": "qos_policy"}, 400, "InvalidInput"),
                               ({"object_type": "address_group"}, 400, "InvalidInput"),
                               ({"object_id": UNKNOWN}, 404, not_found),
                               ({"target_tenant": None}, 400, "HTTPBadRequest"),
                               ({"target_tenant": "x" * 256}, 400, "HTTPBadRequest"),
                               ({"target_project": "gamma"}, 400, "HTTPBadRequest")):
        world.member.post(POLICIES, {"rbac_policy": given | more}).refused(status, type)
    if kind != "network":
        outside = given | {"action": "access_as_external"}
        world.member.post(POLICIES, {"rbac_policy": outside}).refused(400, "InvalidActionForType")
    # Who sees it by the policy does not share it any further.
    answer = world.stranger.post(POLICIES, {"rbac_policy": given | {"target_tenant": "gamma"}})
    answer.refused(400, "InvalidInput")
    nobodys = world.stranger.post(POLICIES, {"rbac_policy": policy("network", world.network, "gamma")})
    nobodys.refused(404, "NetworkNotFound")


def test_a_target_has_two_names(world, scene):
    network = scene.network()
    _, made = share(scene, "network", network)
    either = {name: value for name, value in policy("network", network).items() if name != "target_tenant"}
    world.member.post(POLICIES, {"rbac_policy": either}).refused(400, "HTTPBadRequest")
    same = {"rbac_policy": either | {"target_project": "beta"}}
    world.member.post(POLICIES, same).refused(409, "DuplicateRbacPolicy")
    for name in ("target_tenant", "target_project"):
        found = world.member.get(POLICIES, {name: "beta", "object_id": network}).ok(200)["rbac_policies"]
        assert [one["id"] for one in found] == [made["id"]]


def test_policies_go_with_what_they_are_about(world, scene, shared):
    kind, id, path, _, _ = shared
    policy_path, _ = share(scene, kind, id)
    world.member.delete(path).ok(204)
    world.admin.get(policy_path).refused(404, "RbacPolicyNotFound")


# What a network's flag says, the policy for all says, and the other way round.
FLAGS = {"shared": "access_as_shared", "router:external": "access_as_external"}


@pytest.mark.parametrize("flag, action", FLAGS.items())
def test_a_flag_is_a_policy_for_all(world, scene, flag, action):
    network = scene.make(NETWORKS, "network", world.admin, project_id="alpha", **{flag: True})["id"]
    path, filters = f"{NETWORKS}/{network}", {"object_id": network, "target_tenant": "*"}
    (found,) = world.admin.get(POLICIES, filters).ok(200)["rbac_policies"]
    assert (found["action"], found["object_type"]) == (action, "network")
    world.admin.delete(f"{POLICIES}/{found['id']}").ok(204)
    assert world.admin.get(path).ok(200)["network"][flag] is False
    world.stranger.get(path).refused(404, "NetworkNotFound")
    share(scene, "network", network, "*", action=action, caller=world.admin)
    assert world.stranger.get(path).ok(200)["network"][flag] is True
    assert world.admin.put(path, {"network": {flag: False}}).ok(200)["network"][flag] is False
    assert world.admin.get(POLICIES, filters).ok(200)["rbac_policies"] == []


def test_a_network_that_others_use_stays_shared(world, scene):
    network = scene.make(NETWORKS, "network", world.admin, project_id="alpha", shared=True)["id"]
    path, unshare = f"{NETWORKS}/{network}", {"network": {"shared": False}}
    port = scene.make(PORTS, "port", world.stranger, network_id=network)["id"]
    world.admin.put(path, unshare).refused(409, "InvalidSharedSetting")
    share(scene, "network", network)
    assert world.admin.put(path, unshare).ok(200)["network"]["shared"] is False
    assert scene.shown("ports", port, world.stranger)["network_id"] == network


def test_a_policy_opens_a_network_to_gateways(world, scene):
    network = scene.make(NETWORKS, "network", world.admin)["id"]
    scene.outside_subnet(network, "198.19.1.0/24")
    gateway = {"external_gateway_info": {"network_id": network}}
    world.member.post(ROUTERS, {"router": gateway}).refused(404, "NetworkNotFound")
    path, _ = share(scene, "network", network, "alpha", action="access_as_external", caller=world.admin)
    assert world.member.get(f"{NETWORKS}/{network}").ok(200)["network"]["router:external"] is True
    router = scene.make(ROUTERS, "router", world.member, **gateway)
    floating = scene.make("/v2.0/floatingips", "floatingip", world.member, floating_network_id=network)
    world.stranger.post(ROUTERS, {"router": gateway}).refused(404, "NetworkNotFound")
    answer = world.stranger.post("/v2.0/floatingips", {"floatingip": {"floating_network_id": network}})
    answer.refused(404, "NetworkNotFound")
    # It is no network for ports.
    world.member.post(PORTS, {"port": {"network_id": network}}).refused(403, "PolicyNotAuthorized")
    world.admin.delete(path).refused(409, "RbacPolicyInUse")
    world.member.delete(f"{ROUTERS}/{router['id']}").ok(204)
    world.admin.delete(path).refused(409, "RbacPolicyInUse")
    world.member.delete(f"/v2.0/floatingips/{floating['id']}").ok(204)
    world.admin.delete(path).ok(204)

"""Section 12."""
import pytest

from rest import Caller

LIMITS = {"network": 100, "subnet": 100, "port": 500, "router": 10, "floatingip": 50, "router_route": 30,
          "subnetpool": -1, "security_group": 10, "security_group_rule": 100, "rbac_policy": 10}


@pytest.fixture
def project(world):
    """A project of its own, without limits of its own."""
    name = f"quota-{world.number()}"
    yield name
    world.admin.delete(f"/v2.0/quotas/{name}")


def test_limits_are_the_defaults_until_set(world, project):
    path = f"/v2.0/quotas/{project}"
    for place in (path, f"{path}/default", f"{path}.json"):
        shown = world.admin.get(place).ok(200)["quota"]
        assert {key: shown.get(key) for key in LIMITS} == LIMITS
    listed = world.admin.get("/v2.0/quotas").ok(200)["quotas"]
    assert project not in [one["project_id"] for one in listed]
    changed = world.admin.put(path, {"quota": {"router": 5, "network": "7", "port": -1}}).ok(200)["quota"]
    assert (changed["router"], changed["network"], changed["port"], changed["subnet"]) == (5, 7, -1, 100)
    listed = world.admin.get("/v2.0/quotas").ok(200)["quotas"]
    own = next(one for one in listed if one["project_id"] == project)
    assert own["tenant_id"] == project and own["router"] == 5
    assert own == {"project_id": project, "tenant_id": project, **changed}
    assert world.admin.get(f"{path}/default").ok(200)["quota"]["router"] == 10
    details = world.admin.get(f"{path}/details").ok(200)["quota"]
    assert details["router"] == {"limit": 5, "used": 0, "reserved": 0} and set(details) == set(changed)
    assert world.admin.get(f"{path}/details.json").ok(200)["quota"] == details
    world.admin.delete(path).ok(204)
    world.admin.delete(path).refused(404, "TenantQuotaNotFound")
    assert world.admin.get(path).ok(200)["quota"]["router"] == 10


def test_wrong_limits_are_refused(world, project):
    path = f"/v2.0/quotas/{project}"
    for wrong in ({"router": -2}, {"router": "x"}, {"router": None}, {"nonsense": 1}, {"router": 1.5}, {"router": []},
                  {"router": 2**40}):
        world.admin.put(path, {"quota": wrong}).refused(400)
    # There are no trunks, hence no limit of them.
    world.admin.put(path, {"quota": {"trunk": 5}}).refused(400, "HTTPBadRequest")
    world.admin.put(path, {}).refused(400, "HTTPBadRequest")
    world.admin.put(path, {"quota": []}).refused(400, "HTTPBadRequest")
    world.admin.put(path, {"quota": {"router": 1, "nonsense": 1}}).refused(400, "HTTPBadRequest")
    assert world.admin.get(path).ok(200)["quota"]["router"] == 10


def test_limits_are_shown_to_their_project_and_set_by_administrators(world, project):
    own, other = "/v2.0/quotas/alpha", f"/v2.0/quotas/{project}"
    for caller in (world.reader, world.member, world.manager):
        for place in (own, f"{own}/default", f"{own}/details"):
            caller.get(place).ok(200)
        for place in (other, f"{other}/default", f"{other}/details"):
            caller.get(place).refused(403, "PolicyNotAuthorized")
        caller.get("/v2.0/quotas").refused(403, "PolicyNotAuthorized")
        for path in (own, other):
            caller.put(path, {"quota": {"router": 1}}).refused(403, "PolicyNotAuthorized")
            caller.delete(path).refused(403, "PolicyNotAuthorized")
    for name, key in (("tenant", "tenant_id"), ("project", "project_id")):
        for caller, whose in ((world.reader, "alpha"), (world.stranger, "beta"), (world.admin, "admin")):
            assert caller.get(f"/v2.0/quotas/{name}").ok(200) == {name: {key: whose}}
    world.admin.get(f"{own}/nonsense").refused(404, "HTTPNotFound")
    for path in ("/v2.0/quotas", own):
        world.admin.post(path, {"quota": {"router": 1}}).refused(405, "HTTPMethodNotAllowed")


def test_a_limit_is_kept(world, project):
    path, as_owner = f"/v2.0/quotas/{project}", {"project_id": project}
    world.admin.put(path, {"quota": {"network": 2}}).ok(200)
    for _ in range(2):
        made = world.admin.post("/v2.0/networks", {"network": as_owner}).ok(201)["network"]["id"]
        world.forget_later(f"/v2.0/networks/{made}")
    world.admin.post("/v2.0/networks", {"network": as_owner}).refused(409, "OverQuota")
    used = world.admin.get(f"{path}/details").ok(200)["quota"]["network"]
    assert used["limit"] == 2 and used["used"] == 2
    for asked in ({}, {"force": False}, {"check_limit": True}, {"check_limit": False}):
        world.admin.put(path, {"quota": {"network": 1, "router": 7} | asked}).refused(400, "BadRequest")
    assert world.admin.get(path).ok(200)["quota"]["router"] == 10
    assert world.admin.put(path, {"quota": {"network": 1, "force": True}}).ok(200)["quota"]["network"] == 1
    world.admin.put(path, {"quota": {"network": 3}}).ok(200)
    several = {"networks": [as_owner, as_owner]}
    world.admin.post("/v2.0/networks", several).refused(409, "OverQuota")
    assert world.admin.get(f"{path}/details").ok(200)["quota"]["network"]["used"] == 2


KINDS = {
    "subnet": ("subnets", "subnet", lambda world, project: {
        "network_id": world.network, "ip_version": 4, "cidr": world.cidr()}),
    "port": ("ports", "port", lambda world, project: {"network_id": world.network, "security_groups": []}),
    "router": ("routers", "router", lambda world, project: {}),
    "floatingip": ("floatingips", "floatingip", lambda world, project: {"floating_network_id": world.external}),
    "subnetpool": ("subnetpools", "subnetpool", lambda world, project: {
        "name": "pool", "prefixes": [world.cidr()]}),
    "security_group": ("security-groups", "security_group", lambda world, project: {"name": "group"}),
    "security_group_rule": ("security-group-rules", "security_group_rule", lambda world, project: {
        "security_group_id": world.security_group, "direction": "ingress", "protocol": str(100 + world.number() % 99)}),
    "rbac_policy": ("rbac-policies", "rbac_policy", lambda world, project: {
        "object_type": "network", "object_id": world.network, "action": "access_as_shared",
        "target_tenant": f"target-{world.number()}"}),
}


@pytest.mark.parametrize("key", KINDS)
def test_each_kind_has_its_limit(world, project, key):
    collection, name, make = KINDS[key]
    path, quota = f"/v2.0/{collection}", f"/v2.0/quotas/{project}"

    def post():
        return world.admin.post(path, {name: make(world, project) | {"project_id": project}})

    def used():
        return world.admin.get(f"{quota}/details").ok(200)["quota"][key]["used"]

    # What comes by itself, as a default group does with a project's first, is there before it is counted.
    world.admin.delete(f"{path}/{post().ok(201)[name]['id']}").ok(204)
    before = used()
    world.admin.put(quota, {"quota": {key: before + 1}}).ok(200)
    made = post().ok(201)[name]["id"]
    world.forget_later(f"{path}/{made}")
    assert used() == before + 1
    assert key in post().refused(409, "OverQuota")
    assert used() == before + 1
    world.admin.delete(f"{path}/{made}").ok(204)
    again = post().ok(201)[name]["id"]
    world.forget_later(f"{path}/{again}")


def test_what_is_the_systems_own_counts_for_nobody(world, scene, project):
    """Ports of gateways and floating IPs are no project's; interfaces are."""
    owned = {"project_id": project}

    def used():
        return world.admin.get(f"/v2.0/quotas/{project}/details").ok(200)["quota"]["port"]["used"]

    network = scene.make("/v2.0/networks", "network", world.admin, **owned)["id"]
    subnet = scene.make("/v2.0/subnets", "subnet", world.admin, network_id=network, ip_version=4,
                        cidr="10.50.0.0/24", **owned)["id"]
    router = scene.make("/v2.0/routers", "router", world.admin, **owned,
                        external_gateway_info={"network_id": world.external})["id"]
    scene.make("/v2.0/floatingips", "floatingip", world.admin, floating_network_id=world.external, **owned)
    assert used() == 0
    scene.attach(router, subnet, world.admin).ok(200)
    assert used() == 1
    world.admin.put(f"/v2.0/quotas/{project}", {"quota": {"port": 1}}).ok(200)
    body = {"port": {"network_id": network, **owned}}
    world.admin.post("/v2.0/ports", body).refused(409, "OverQuota")
    other = scene.make("/v2.0/subnets", "subnet", world.admin, network_id=network, ip_version=4,
                       cidr="10.51.0.0/24", **owned)["id"]
    scene.attach(router, other, world.admin).refused(409, "OverQuota")
    scene.detach(router, subnet, world.admin).ok(200)
    assert used() == 0


def test_a_default_group_is_nobodys_to_refuse(world, scene, project):
    world.admin.put(f"/v2.0/quotas/{project}", {"quota": {"security_group": 0, "security_group_rule": 0}}).ok(200)
    port = scene.make("/v2.0/ports", "port", world.admin, network_id=world.network, project_id=project)
    assert len(port["security_groups"]) == 1
    body = {"security_group": {"name": "group", "project_id": project}}
    world.admin.post("/v2.0/security-groups", body).refused(409, "OverQuota")


def test_who_may_not_is_told_so_whatever_the_limit(world, project):
    reader = Caller(world.endpoint, project, "reader")
    world.admin.put(f"/v2.0/quotas/{project}", {"quota": {"router": 0}}).ok(200)
    reader.post("/v2.0/routers", {"router": {}}).refused(403, "PolicyNotAuthorized")
    Caller(world.endpoint, project, "member").post("/v2.0/routers", {"router": {}}).refused(409, "OverQuota")

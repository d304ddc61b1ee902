"""Section 12."""
import pytest

LIMITS = {"network": 100, "subnet": 100, "port": 500, "router": 10, "floatingip": 50, "router_route": 30,
          "subnetpool": -1, "security_group": 10, "security_group_rule": 100, "rbac_policy": 10}


@pytest.fixture
def project(world):
    """A project of its own, without limits of its own."""
    if world.admin.get("/v2.0/quotas").status == 404:
        pytest.skip("there are no quotas")
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
    details = world.admin.get(f"{path}/details").ok(200)["quota"]
    assert details["router"] == {"limit": 5, "used": 0, "reserved": 0}
    assert world.admin.get(f"{path}/details.json").ok(200)["quota"] == details
    world.admin.delete(path).ok(204)
    world.admin.delete(path).refused(404, "TenantQuotaNotFound")
    assert world.admin.get(path).ok(200)["quota"]["router"] == 10


def test_wrong_limits_are_refused(world, project):
    path = f"/v2.0/quotas/{project}"
    for wrong in ({"router": -2}, {"router": "x"}, {"router": None}, {"nonsense": 1}, {"router": 1.5}, {"router": []},
                  {"router": 2**40}):
        world.admin.put(path, {"quota": wrong}).refused(400)
    world.admin.put(path, {}).refused(400)
    world.admin.put(path, {"quota": []}).refused(400)
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
    assert world.member.get("/v2.0/quotas/tenant").ok(200)["tenant"]["tenant_id"] == "alpha"
    assert world.member.get("/v2.0/quotas/project").ok(200)["project"]["project_id"] == "alpha"


def test_a_limit_is_kept(world, project):
    path, as_owner = f"/v2.0/quotas/{project}", {"project_id": project}
    world.admin.put(path, {"quota": {"network": 2}}).ok(200)
    for _ in range(2):
        made = world.admin.post("/v2.0/networks", {"network": as_owner}).ok(201)["network"]["id"]
        world.forget_later(f"/v2.0/networks/{made}")
    world.admin.post("/v2.0/networks", {"network": as_owner}).refused(409, "OverQuota")
    used = world.admin.get(f"{path}/details").ok(200)["quota"]["network"]
    assert used["limit"] == 2 and used["used"] == 2
    world.admin.put(path, {"quota": {"network": 1}}).refused(400)
    world.admin.put(path, {"quota": {"network": 1, "force": True}}).ok(200)
    world.admin.put(path, {"quota": {"network": 3}}).ok(200)
    several = {"networks": [as_owner, as_owner]}
    world.admin.post("/v2.0/networks", several).refused(409, "OverQuota")
    assert world.admin.get(f"{path}/details").ok(200)["quota"]["network"]["used"] == 2


@pytest.mark.parametrize("key, path, name", [
    ("subnet", "/v2.0/subnets", "subnet"), ("port", "/v2.0/ports", "port"), ("router", "/v2.0/routers", "router"),
    ("floatingip", "/v2.0/floatingips", "floatingip")])
def test_each_kind_has_its_limit(world, project, key, path, name):
    body = {"subnet": {"network_id": world.network, "ip_version": 4, "cidr": world.cidr()},
            "port": {"network_id": world.network}, "router": {},
            "floatingip": {"floating_network_id": world.external}}[name] | {"project_id": project}
    world.admin.put(f"/v2.0/quotas/{project}", {"quota": {key: 1}}).ok(200)
    made = world.admin.post(path, {name: body}).ok(201)[name]["id"]
    world.forget_later(f"{path}/{made}")
    more = body | ({"cidr": world.cidr()} if name == "subnet" else {})
    world.admin.post(path, {name: more}).refused(409, "OverQuota")
    world.admin.delete(f"{path}/{made}").ok(204)
    again = world.admin.post(path, {name: more}).ok(201)[name]["id"]
    world.forget_later(f"{path}/{again}")

"""Sections 13 and 15: agents, which routers they host, zones, and how full networks are."""
import pytest

from nodes import Node
from rest import UNKNOWN, eventually

AGENTS, ROUTERS = "/v2.0/agents", "/v2.0/routers"


@pytest.fixture
def agent(world):
    return world.admin.get(AGENTS).ok(200)["agents"][0]


def test_an_agent_tells_what_it_is(world, agent):
    assert (agent["agent_type"], agent["admin_state_up"], agent["alive"]) == ("L3 agent", True, True)
    assert agent["binary"] and agent["topic"] == "l3_agent" and agent["host"] and agent["resources_synced"] is None
    wanted = {"agent_mode", "routers", "ex_gw_ports", "interfaces", "floating_ips", "handle_internal_only_routers",
              "interface_driver", "extensions", "log_agent_heartbeats"}
    assert wanted <= set(agent["configurations"])
    assert agent["configurations"]["agent_mode"] in ("legacy", "dvr", "dvr_snat", "dvr_no_external")
    for name in ("created_at", "started_at", "heartbeat_timestamp"):
        date, time = agent[name].split(" ")
        assert len(date) == 10 and len(time) == 8
    world.admin.post(AGENTS, {"agent": {}}).refused(400, "HTTPBadRequest")
    world.admin.delete(f"{AGENTS}/{UNKNOWN}").refused(404, "AgentNotFound")
    changed = world.admin.put(f"{AGENTS}/{agent['id']}", {"agent": {"description": None}}).ok(200)["agent"]
    assert changed["description"] in (None, "")


def test_a_router_is_placed_and_taken_away(world, scene, agent):
    path, router = f"{AGENTS}/{agent['id']}/l3-routers", scene.router(scene.subnet())
    hosting = f"{ROUTERS}/{router}/l3-agents"

    def hosted():
        return router in [one["id"] for one in world.admin.get(path).ok(200)["routers"]]

    assert hosted() and "ha" in world.admin.get(path).ok(200)["routers"][0]
    (shown,) = world.admin.get(hosting).ok(200)["agents"]
    assert shown["id"] == agent["id"] and shown["ha_state"] is None and shown["ha_chassis_priority"] is None
    assert "resource_versions" in shown
    world.admin.post(path, {"router_id": router}).ok(201)
    for _ in range(2):
        assert world.admin.delete(f"{path}/{router}").status == 204
        assert not hosted() and world.admin.get(hosting).ok(200)["agents"] == []
    world.admin.post(path, {"router_id": router}).ok(201)
    assert hosted()
    world.admin.delete(f"{path}/{UNKNOWN}").refused(404, "RouterNotFound")
    world.admin.delete(f"{AGENTS}/{UNKNOWN}/l3-routers/{router}").refused(404, "AgentNotFound")
    world.admin.get(f"{AGENTS}/{UNKNOWN}/l3-routers").refused(404, "AgentNotFound")
    world.admin.get(f"{ROUTERS}/{UNKNOWN}/l3-agents").refused(404, "RouterNotFound")
    for wrong in ({"router_id": None}, {"router_id": 5}, {"router_id": "x"}):
        world.admin.post(path, wrong).refused(404, "RouterNotFound")
    for wrong in ({}, {"router": {"id": router}}):
        world.admin.post(path, wrong).refused(400, "HTTPBadRequest")


def test_a_disabled_agent_takes_none(world, scene, agent):
    path, router = f"{AGENTS}/{agent['id']}", scene.router()
    world.admin.put(path, {"agent": {"admin_state_up": False}}).ok(200)
    try:
        world.admin.post(f"{path}/l3-routers", {"router_id": router}).refused(404, "InvalidL3Agent")
        zones = world.reader.get("/v2.0/availability_zones", {"state": "unavailable"}).ok(200)["availability_zones"]
        assert agent["availability_zone"] in [one["name"] for one in zones]
    finally:
        world.admin.put(path, {"agent": {"admin_state_up": True}}).ok(200)


@pytest.fixture
def second(world):
    """Another agent, in a zone of its own, whose node does nothing."""
    node = Node(world.services, f"second-{world.number()}", "elsewhere")
    yield world.admin.get(f"{AGENTS}/{node.id}").ok(200)["agent"]
    world.admin.delete(f"{AGENTS}/{node.id}")


def test_a_router_is_hosted_by_one_agent(world, scene, agent, second):
    router = scene.make(ROUTERS, "router", availability_zone_hints=[agent["availability_zone"]])["id"]
    hosting = f"{ROUTERS}/{router}/l3-agents"

    def hosts():
        return [one["id"] for one in world.admin.get(hosting).ok(200)["agents"]]

    assert hosts() == [agent["id"]]
    other = f"{AGENTS}/{second['id']}/l3-routers"
    world.admin.post(other, {"router_id": router}).refused(409, "RouterHostedByL3Agent")
    world.admin.delete(f"{other}/{router}").ok(204)
    assert hosts() == [agent["id"]] and world.admin.get(other).ok(200)["routers"] == []
    world.admin.delete(f"{AGENTS}/{agent['id']}/l3-routers/{router}").ok(204)
    # By hand it goes wherever it is sent.
    world.admin.post(other, {"router_id": router}).ok(201)
    assert hosts() == [second["id"]]
    assert [one["id"] for one in world.admin.get(other).ok(200)["routers"]] == [router]
    assert scene.shown("routers", router)["availability_zones"] == ["elsewhere"]


def test_a_router_is_placed_in_the_zones_that_it_names(world, scene, agent, second):
    # One of them is not where the least loaded agent is.
    for there in (agent, second):
        zone = there["availability_zone"]
        router = scene.make(ROUTERS, "router", availability_zone_hints=[zone])["id"]
        assert scene.shown("routers", router)["availability_zones"] == [zone]
        (host,) = world.admin.get(f"{ROUTERS}/{router}/l3-agents").ok(200)["agents"]
        assert host["id"] == there["id"]
        filters = {"name": zone, "state": "available", "resource": "router"}
        assert len(world.reader.get("/v2.0/availability_zones", filters).ok(200)["availability_zones"]) == 1


def test_an_agent_that_goes_leaves_its_routers_to_others(world, scene, agent, second):
    router = scene.router()
    for host in world.admin.get(f"{ROUTERS}/{router}/l3-agents").ok(200)["agents"]:
        world.admin.delete(f"{AGENTS}/{host['id']}/l3-routers/{router}").ok(204)
    path = f"{AGENTS}/{second['id']}"
    world.admin.post(f"{path}/l3-routers", {"router_id": router}).ok(201)
    world.admin.delete(path).ok(204)
    world.admin.get(path).refused(404, "AgentNotFound")
    (host,) = world.admin.get(f"{ROUTERS}/{router}/l3-agents").ok(200)["agents"]
    assert host["id"] == agent["id"]


def test_an_agent_that_is_silent_counts_as_dead(world, agent, second):
    def alive(**filters):
        found = {one["id"]: one["alive"] for one in world.admin.get(AGENTS, filters).ok(200)["agents"]}
        return found.get(second["id"]), found.get(agent["id"])

    assert alive() == alive(alive=True) == (True, True) and alive(alive=False) == (None, None)
    eventually(lambda: alive()[0] is False, 30)
    assert alive(alive=True) == (None, True) and alive(alive=False) == (False, None)


def test_agents_are_found_by_what_they_are(world, agent, second):
    for name in ("host", "availability_zone", "id"):
        found = world.admin.get(AGENTS, {name: second[name]}).ok(200)["agents"]
        assert [one["id"] for one in found] == [second["id"]]
    for name in ("agent_type", "binary", "topic", "admin_state_up"):
        found = world.admin.get(AGENTS, {name: second[name]}).ok(200)["agents"]
        assert {one["id"] for one in found} == {agent["id"], second["id"]}
    assert world.admin.get(AGENTS, {"agent_type": "DHCP agent"}).ok(200)["agents"] == []
    path = f"{AGENTS}/{second['id']}"
    for change in ({"description": "words"}, {"admin_state_up": False}):
        shown = world.admin.put(path, {"agent": change}).ok(200)["agent"]
        assert {name: shown[name] for name in change} == change
        assert world.admin.get(path).ok(200)["agent"] == shown
        found = world.admin.get(AGENTS, change).ok(200)["agents"]
        assert [one["id"] for one in found] == [second["id"]]
    for wrong in ({"host": "x"}, {"alive": True}, {"nonsense": 1}, {"description": 5}):
        world.admin.put(path, {"agent": wrong}).refused(400, "HTTPBadRequest")


def test_zones_are_those_of_agents(world, agent):
    def zones(caller=world.reader, **filters):
        return caller.get("/v2.0/availability_zones", filters).ok(200)["availability_zones"]

    name = agent["availability_zone"]
    assert {"name": name, "resource": "router", "state": "available"} in zones()
    for resource in ("router", "network"):
        assert {one["resource"] for one in zones(resource=resource)} == {resource}
        assert zones(name=name, state="available", resource=resource)
    assert zones(name="nowhere") == []


def test_networks_are_hinted_at_zones(world, scene, agent):
    name = agent["availability_zone"]
    made = scene.make("/v2.0/networks", "network", availability_zone_hints=[name])
    assert made["availability_zone_hints"] == made["availability_zones"] == [name]
    for hints, status, kind in (([name, "nowhere"], 404, "AvailabilityZoneNotFound"), ([name, name], 400, None),
                                ("nova", 400, None)):
        body = {"network": {"availability_zone_hints": hints}}
        world.member.post("/v2.0/networks", body).refused(status, *([kind] if kind else []))


def test_how_full_networks_are_is_found(world, scene):
    network = scene.network(name="a full one")
    scene.subnet(network, cidr="10.50.0.0/28", allocation_pools=[{"start": "10.50.0.2", "end": "10.50.0.5"}])
    port = scene.port(network)
    path = "/v2.0/network-ip-availabilities"
    for filters in ({"network_id": network}, {"network_name": "a full one"}, {"network_id": network, "ip_version": 4}):
        (found,) = world.admin.get(path, filters).ok(200)["network_ip_availabilities"]
        assert (found["total_ips"], found["used_ips"], found["network_name"]) == (4, 1, "a full one")
        assert found["tenant_id"] == found["project_id"] == "alpha"
    world.member.delete(f"/v2.0/ports/{port['id']}").ok(204)
    shown = world.admin.get(f"{path}/{network}").ok(200)["network_ip_availability"]
    assert shown["used_ips"] == 0
    (within,) = shown["subnet_ip_availability"]
    assert set(within) == {"subnet_id", "subnet_name", "cidr", "ip_version", "total_ips", "used_ips",
                           "ip_availability_details"}
    scene.port(network, fixed_ips=[{"ip_address": "10.50.0.9"}])
    scene.port(network)
    shown = world.admin.get(f"{path}/{network}").ok(200)["network_ip_availability"]
    details = {"total_ips_in_subnet": 14, "total_ips_in_allocation_pool": 4, "used_ips_in_subnet": 2,
               "used_ips_in_allocation_pool": 1}
    assert shown["ip_availability_details"] == shown["subnet_ip_availability"][0]["ip_availability_details"] == details
    world.admin.get(f"{path}/{UNKNOWN}").refused(404, "NetworkNotFound")

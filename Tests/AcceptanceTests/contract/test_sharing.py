"""Section 1.4 where a network is not its project's alone, and what the operator's own ports are."""
import pytest

from rest import UNKNOWN


@pytest.fixture
def shared(world):
    network = world.admin.post("/v2.0/networks", {"network": {"shared": True, "project_id": "alpha"}})
    id = network.ok(201)["network"]["id"]
    world.forget_later(f"/v2.0/networks/{id}")
    body = {"network_id": id, "ip_version": 4, "cidr": "10.51.0.0/24", "project_id": "alpha"}
    subnet = world.admin.post("/v2.0/subnets", {"subnet": body}).ok(201)["subnet"]["id"]
    world.forget_later(f"/v2.0/subnets/{subnet}")
    return id, subnet


def seen(caller, path, **filters):
    return [one["id"] for one in caller.get(path, filters).ok(200)[path.rsplit("/", 1)[1]]]


@pytest.mark.parametrize("change", [{"name": "x"}, {"shared": False}, {"router:external": False}])
def test_an_external_network_is_seen_by_all_and_changed_by_none_but_its_own(world, change):
    path = f"/v2.0/networks/{world.external}"
    for caller in (world.stranger, world.reader, world.member):
        assert caller.get(path).ok(200)["network"]["router:external"] is True
        assert seen(caller, "/v2.0/networks", id=world.external) == [world.external]
        assert "provider:network_type" not in caller.get(path).json["network"]
        caller.put(path, {"network": change}).refused(403, "PolicyNotAuthorized")
        caller.delete(path).refused(403, "PolicyNotAuthorized")
        (subnet,) = seen(caller, "/v2.0/subnets", network_id=world.external)
        assert caller.get(f"/v2.0/subnets/{subnet}").ok(200)["subnet"]["router:external"] is True
        caller.delete(f"/v2.0/subnets/{subnet}").refused(403, "PolicyNotAuthorized")
    body = {"network_id": world.external, "ip_version": 4, "cidr": "10.1.0.0/24"}
    world.member.post("/v2.0/subnets", {"subnet": body}).refused(403, "PolicyNotAuthorized")
    world.member.post("/v2.0/ports", {"port": {"network_id": world.external}}).refused(403, "PolicyNotAuthorized")


def test_a_shared_network_is_used_by_others_within_limits(world, shared):
    network, subnet = shared
    assert world.stranger.get(f"/v2.0/networks/{network}").ok(200)["network"]["shared"] is True
    assert seen(world.stranger, "/v2.0/subnets", network_id=network) == [subnet]
    world.stranger.put(f"/v2.0/networks/{network}", {"network": {"name": "x"}}).refused(403, "PolicyNotAuthorized")
    world.stranger.delete(f"/v2.0/networks/{network}").refused(403, "PolicyNotAuthorized")
    world.stranger.put(f"/v2.0/subnets/{subnet}", {"subnet": {"name": "x"}}).refused(403, "PolicyNotAuthorized")
    body = {"network_id": network, "ip_version": 4, "cidr": "10.52.0.0/24"}
    world.stranger.post("/v2.0/subnets", {"subnet": body}).refused(403, "PolicyNotAuthorized")
    port = world.stranger.post("/v2.0/ports", {"port": {"network_id": network}}).ok(201)["port"]
    world.forget_later(f"/v2.0/ports/{port['id']}")
    assert port["project_id"] == "beta"
    for more in ({"fixed_ips": [{"subnet_id": subnet, "ip_address": "10.51.0.77"}]},
                 {"mac_address": "fa:16:3e:00:00:77"}, {"port_security_enabled": False},
                 {"allowed_address_pairs": [{"ip_address": "10.9.0.1"}]}, {"device_owner": "network:dhcp"}):
        body = {"port": {"network_id": network} | more}
        world.stranger.post("/v2.0/ports", body).refused(403, "PolicyNotAuthorized")
        world.stranger.put(f"/v2.0/ports/{port['id']}", {"port": more}).refused(403, "PolicyNotAuthorized")
    assert world.stranger.get(f"/v2.0/ports/{port['id']}").ok(200)["port"] == port
    # What changes nothing, and which subnet it is to be, anyone may say.
    body = {"network_id": network, "port_security_enabled": True, "fixed_ips": [{"subnet_id": subnet}]}
    chosen = world.stranger.post("/v2.0/ports", {"port": body}).ok(201)["port"]
    world.stranger.delete(f"/v2.0/ports/{chosen['id']}").ok(204)
    # The network's owner sees the port and takes it away, but it stays the other's.
    world.member.get(f"/v2.0/ports/{port['id']}").ok(200)
    own = world.member.post("/v2.0/ports", {"port": {"network_id": network}}).ok(201)["port"]["id"]
    world.forget_later(f"/v2.0/ports/{own}")
    assert set(seen(world.member, "/v2.0/ports", network_id=network)) == {own, port["id"]}
    assert seen(world.stranger, "/v2.0/ports", network_id=network) == [port["id"]]
    world.stranger.get(f"/v2.0/ports/{own}").refused(404, "PortNotFound")


def test_nothing_is_made_on_a_network_that_is_not_seen(world):
    for network in (world.network, UNKNOWN):
        body = {"network_id": network, "ip_version": 4, "cidr": "10.1.0.0/24"}
        answer = world.stranger.post("/v2.0/subnets", {"subnet": body})
        assert (answer.status, answer.error) in ((404, "NetworkNotFound"), (403, "PolicyNotAuthorized"))
        world.stranger.post("/v2.0/ports", {"port": {"network_id": network}}).refused(404, "NetworkNotFound")


def test_a_member_neither_shares_nor_opens_a_network(world):
    for change in ({"shared": True}, {"router:external": True}):
        world.member.post("/v2.0/networks", {"network": change}).refused(403, "PolicyNotAuthorized")
    made = world.member.post("/v2.0/networks", {"network": {"shared": False, "router:external": False}}).ok(201)
    world.forget_later(f"/v2.0/networks/{made['network']['id']}")


def test_the_ports_of_gateways_and_floating_ips_are_the_administrators_to_see(world):
    owners = (world.router, world.floating_ip)
    hidden = [port for owner in ("network:router_gateway", "network:floatingip")
              for port in world.admin.get("/v2.0/ports", {"network_id": world.external, "device_owner": owner})
              .ok(200)["ports"] if port["device_id"] in owners]
    assert len(hidden) == 2
    for port in hidden:
        assert port["project_id"] == port["tenant_id"] == ""
        world.member.get(f"/v2.0/ports/{port['id']}").refused(404, "PortNotFound")
        world.member.delete(f"/v2.0/ports/{port['id']}").refused(404, "PortNotFound")
        world.admin.delete(f"/v2.0/ports/{port['id']}").refused(409, "ServicePortInUse")


def test_a_gateways_address_and_translation_are_the_administrators_to_choose(world):
    for more in ({"enable_snat": False}, {"enable_snat": True},
                 {"external_fixed_ips": [{"ip_address": "198.18.9.9"}]}, {"external_fixed_ips": []}):
        body = {"router": {"external_gateway_info": {"network_id": world.external} | more}}
        world.member.post("/v2.0/routers", body).refused(403, "PolicyNotAuthorized")
        world.member.put(f"/v2.0/routers/{world.router}", body).refused(403, "PolicyNotAuthorized")


def test_a_manager_chooses_a_floating_address(world):
    body = {"floatingip": {"floating_network_id": world.external, "floating_ip_address": "198.18.9.9"}}
    world.member.post("/v2.0/floatingips", body).refused(403, "PolicyNotAuthorized")
    made = world.manager.post("/v2.0/floatingips", body).ok(201)["floatingip"]
    world.forget_later(f"/v2.0/floatingips/{made['id']}")
    assert made["floating_ip_address"] == "198.18.9.9" and made["status"] == "DOWN"


@pytest.mark.parametrize("action, body", [
    ("add_router_interface", {"subnet_id": UNKNOWN}), ("remove_router_interface", {"subnet_id": UNKNOWN}),
    ("add_extraroutes", {"router": {"routes": []}}), ("remove_extraroutes", {"router": {"routes": []}})])
def test_actions_keep_the_same_order(world, action, body):
    path = f"/v2.0/routers/{world.router}/{action}"
    world.stranger.put(path, body).refused(404, "RouterNotFound")
    world.reader.put(path, body).refused(403, "PolicyNotAuthorized")
    world.member.put(f"/v2.0/routers/{UNKNOWN}/{action}", body).refused(404, "RouterNotFound")
    world.member.put(f"/v2.0/routers/no-id/{action}", body).refused(404, "RouterNotFound")
    for wrong in ({}, [], {"nonsense": 1}, None, "x"):
        world.member.put(path, wrong).refused(400, "BadRequest", "HTTPBadRequest", "MalformedRequestBody")
    world.member.put(path, data="{").refused(400, "MalformedRequestBody")


def test_scheduling_is_the_administrators(world):
    agent = world.admin.get("/v2.0/agents").ok(200)["agents"][0]["id"]
    for call in (world.member.get(f"/v2.0/agents/{agent}/l3-routers"),
                 world.member.post(f"/v2.0/agents/{agent}/l3-routers", {"router_id": world.router}),
                 world.member.delete(f"/v2.0/agents/{agent}/l3-routers/{world.router}"),
                 world.member.get(f"/v2.0/routers/{world.router}/l3-agents")):
        call.refused(403, "PolicyNotAuthorized")
    for call in (world.member.put(f"/v2.0/agents/{agent}", {"agent": {"description": "x"}}),
                 world.member.delete(f"/v2.0/agents/{agent}")):
        call.refused(404, "AgentNotFound")
    path = f"/v2.0/agents/{agent}/l3-routers"
    for wrong in ({}, {"router": world.router}):
        world.admin.post(path, wrong).refused(400)
    world.admin.post(path, {"router_id": UNKNOWN}).refused(404, "RouterNotFound")
    unknown = world.admin.post(f"/v2.0/agents/{UNKNOWN}/l3-routers", {"router_id": world.router})
    unknown.refused(404, "AgentNotFound")
    assert world.admin.post(path, {"router_id": world.router}).status in (201, 409)

"""Clients that want the same thing at the same time: one gets it, the others are told, nothing is left over."""
import concurrent.futures
import threading

import pytest

from rest import Caller

CLIENTS = 8


def race(world, *acts, project="alpha", roles=("manager", "member", "reader")):
    """Runs the acts at once, each with a caller of its own, and gives their answers in order."""
    start = threading.Barrier(len(acts))

    def run(act):
        caller = Caller(world.endpoint, project, *roles)
        # The connection stands before the race begins.
        caller.get("/v2.0/")
        start.wait(10)
        return act(caller)

    with concurrent.futures.ThreadPoolExecutor(len(acts)) as pool:
        return [one.result(60) for one in [pool.submit(run, act) for act in acts]]


def winner(answers, success, *refusals):
    """The one answer that succeeded; all others must be one of the refusals (status, type)."""
    won = [answer for answer in answers if answer.status == success]
    assert len(won) == 1, answers
    for answer in answers:
        assert answer.status == success or (answer.status, answer.error) in refusals, answer
    return won[0]


def test_one_address_goes_to_one_port(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    body = {"port": {"network_id": network, "fixed_ips": [{"subnet_id": subnet, "ip_address": "10.50.0.77"}]}}
    answers = race(world, *[lambda caller: caller.post("/v2.0/ports", body)] * CLIENTS)
    won = winner(answers, 201, (409, "IpAddressAlreadyAllocated"))
    world.forget_later(f"/v2.0/ports/{won.json['port']['id']}")
    assert [port["id"] for port in scene.ports(network_id=network)] == [won.json["port"]["id"]]


def test_the_last_addresses_go_to_as_many_ports(world, scene):
    network = scene.network()
    scene.subnet(network, cidr="10.50.0.0/29")
    answers = race(world, *[lambda caller: caller.post("/v2.0/ports", {"port": {"network_id": network}})] * CLIENTS)
    made = {answer.json["port"]["id"] for answer in answers if answer.status == 201}
    for id in made:
        world.forget_later(f"/v2.0/ports/{id}")
    assert len(made) == 5
    assert all(a.status == 201 or (a.status, a.error) == (409, "IpAddressGenerationFailure") for a in answers)
    shown = scene.ports(network_id=network)
    assert {port["id"] for port in shown} == made
    assert len({port["fixed_ips"][0]["ip_address"] for port in shown}) == 5


def test_one_floating_address_goes_to_one_floating_ip(world, scene):
    body = {"floatingip": {"floating_network_id": world.external, "floating_ip_address": "198.18.77.77"}}
    answers = race(world, *[lambda caller: caller.post("/v2.0/floatingips", body)] * CLIENTS)
    won = winner(answers, 201, (409, "IpAddressAlreadyAllocated"))
    id = won.json["floatingip"]["id"]
    world.forget_later(f"/v2.0/floatingips/{id}")
    assert [port["device_id"] for port in scene.ports(fixed_ips="ip_address=198.18.77.77")] == [id]
    listed = world.admin.get("/v2.0/floatingips", {"floating_ip_address": "198.18.77.77"}).ok(200)["floatingips"]
    assert [one["id"] for one in listed] == [id]


def test_one_subnet_goes_to_one_of_two_routers(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    routers = [scene.router() for _ in range(CLIENTS)]
    answers = race(world, *[lambda caller, router=router: scene.attach(router, subnet, caller) for router in routers])
    won = winner(answers, 200, (409, "IpAddressAlreadyAllocated"))
    assert [port["device_id"] for port in scene.ports(network_id=network)] == [won.json["id"]]


def test_one_subnet_is_attached_once_to_a_router(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    router = scene.router()
    answers = race(world, *[lambda caller: scene.attach(router, subnet, caller)] * CLIENTS)
    winner(answers, 200, (400, "BadRequest"), (409, "IpAddressAlreadyAllocated"))
    assert len(scene.ports(network_id=network)) == 1


def test_one_of_several_overlapping_subnets_is_attached(world, scene):
    subnets = [scene.subnet() for _ in range(CLIENTS)]
    router = scene.router()
    answers = race(world, *[lambda caller, subnet=subnet: scene.attach(router, subnet, caller) for subnet in subnets])
    winner(answers, 200, (400, "BadRequest"))
    assert len(scene.ports(device_id=router)) == 1


def test_one_port_goes_to_one_router(world, scene):
    network = scene.network()
    scene.subnet(network)
    port = scene.port(network)["id"]
    routers = [scene.router() for _ in range(CLIENTS)]
    path = "/v2.0/routers/{}/add_router_interface"
    answers = race(world, *[lambda caller, router=router: caller.put(path.format(router), {"port_id": port})
                            for router in routers])
    won = winner(answers, 200, (409, "PortInUse"))
    assert [(one["id"], one["device_id"]) for one in scene.ports(network_id=network)] == [(port, won.json["id"])]


def test_one_fixed_address_goes_to_one_of_several_floating_ips(world, scene):
    network = scene.network()
    scene.router(scene.subnet(network), gateway=True)
    port = scene.port(network)["id"]
    floating = [scene.floating_ip() for _ in range(CLIENTS)]
    answers = race(world, *[lambda caller, id=id: caller.put(f"/v2.0/floatingips/{id}",
                                                             {"floatingip": {"port_id": port}}) for id in floating])
    won = winner(answers, 200, (409, "FloatingIPPortAlreadyAssociated"))
    listed = world.manager.get("/v2.0/floatingips", {"id": floating}).ok(200)["floatingips"]
    bound = [one["id"] for one in listed if one["port_id"]]
    assert bound == [won.json["floatingip"]["id"]]
    assert all(one["router_id"] is None and one["fixed_ip_address"] is None for one in listed if one["id"] != bound[0])


def association(world, floating, port):
    return lambda caller: caller.put(f"/v2.0/floatingips/{floating}", {"floatingip": {"port_id": port}})


@pytest.mark.parametrize("attempt", range(4))
def test_an_interface_is_removed_or_associated_through(world, scene, attempt):
    network = scene.network()
    subnet = scene.subnet(network)
    router = scene.router(subnet, gateway=True)
    port, floating = scene.port(network)["id"], scene.floating_ip()
    associated, removed = race(world, association(world, floating, port),
                               lambda caller: scene.detach(router, subnet, caller))
    shown = world.manager.get(f"/v2.0/floatingips/{floating}").ok(200)["floatingip"]
    left = scene.ports(device_id=router, network_id=network)
    if removed.status == 200:
        associated.refused(404, "ExternalGatewayForFloatingIPNotFound")
        assert shown["port_id"] is None and shown["router_id"] is None and left == []
    else:
        removed.refused(409, "RouterInterfaceInUseByFloatingIP")
        associated.ok(200)
        assert shown["port_id"] == port and shown["router_id"] == router and len(left) == 1


@pytest.mark.parametrize("attempt", range(4))
def test_a_gateway_is_removed_or_associated_through(world, scene, attempt):
    network = scene.network()
    router = scene.router(scene.subnet(network), gateway=True)
    port, floating = scene.port(network)["id"], scene.floating_ip()
    body = {"router": {"external_gateway_info": None}}
    associated, removed = race(world, association(world, floating, port),
                               lambda caller: caller.put(f"/v2.0/routers/{router}", body))
    shown = world.manager.get(f"/v2.0/floatingips/{floating}").ok(200)["floatingip"]
    gateway = world.manager.get(f"/v2.0/routers/{router}").ok(200)["router"]["external_gateway_info"]
    if removed.status == 200:
        associated.refused(404, "ExternalGatewayForFloatingIPNotFound")
        assert shown["port_id"] is None and gateway is None
    else:
        removed.refused(409, "RouterExternalGatewayInUseByFloatingIp")
        associated.ok(200)
        assert shown["port_id"] == port and gateway


@pytest.mark.parametrize("attempt", range(4))
def test_no_floating_ip_points_to_a_port_that_is_gone(world, scene, attempt):
    network = scene.network()
    scene.router(scene.subnet(network), gateway=True)
    port, floating = scene.port(network)["id"], scene.floating_ip()
    associated, deleted = race(world, association(world, floating, port),
                               lambda caller: caller.delete(f"/v2.0/ports/{port}"))
    deleted.ok(204)
    if associated.status != 200:
        associated.refused(404, "PortNotFound")
    shown = world.manager.get(f"/v2.0/floatingips/{floating}").ok(200)["floatingip"]
    assert shown["port_id"] is None and shown["router_id"] is None and shown["fixed_ip_address"] is None


def test_one_conditional_write_of_several_is_done(world, scene):
    router = scene.router()
    now = world.manager.get(f"/v2.0/routers/{router}").ok(200)["router"]["revision_number"]
    condition = {"If-Match": f"revision_number={now}"}
    answers = race(world, *[lambda caller, n=n: caller.put(f"/v2.0/routers/{router}", {"router": {"name": f"n{n}"}},
                                                           headers=condition) for n in range(CLIENTS)])
    won = winner(answers, 200, (412, "RevisionNumberConstraintFailed"))
    shown = world.manager.get(f"/v2.0/routers/{router}").ok(200)["router"]
    assert shown["name"] == won.json["router"]["name"] and shown["revision_number"] == now + 1


def test_routes_added_at_once_are_all_there(world, scene):
    router = scene.router(scene.subnet())
    routes = [{"destination": f"10.99.{n}.0/24", "nexthop": "10.50.0.9"} for n in range(CLIENTS)]
    path = f"/v2.0/routers/{router}/add_extraroutes"
    answers = race(world, *[lambda caller, route=route: caller.put(path, {"router": {"routes": [route]}})
                            for route in routes])
    assert [answer.status for answer in answers] == [200] * CLIENTS
    shown = world.manager.get(f"/v2.0/routers/{router}").ok(200)["router"]["routes"]
    assert sorted(shown, key=str) == sorted(routes, key=str)
    world.manager.put(f"/v2.0/routers/{router}", {"router": {"routes": []}}).ok(200)


def test_tags_added_at_once_are_all_there(world, scene):
    router = scene.router()
    answers = race(world, *[lambda caller, n=n: caller.put(f"/v2.0/routers/{router}/tags/tag-{n}")
                            for n in range(CLIENTS)])
    assert [answer.status for answer in answers] == [201] * CLIENTS
    assert len(world.manager.get(f"/v2.0/routers/{router}/tags").ok(200)["tags"]) == CLIENTS


def test_a_quota_is_never_passed(world, scene):
    before = len(world.manager.get("/v2.0/routers").ok(200)["routers"])
    limit = {"quota": {"router": before + 3}}
    world.admin.put("/v2.0/quotas/alpha", limit).ok(200)
    try:
        answers = race(world, *[lambda caller: caller.post("/v2.0/routers", {"router": {}})] * CLIENTS)
    finally:
        world.admin.put("/v2.0/quotas/alpha", {"quota": {"router": -1}}).ok(200)
    for answer in answers:
        if answer.status == 201:
            world.forget_later(f"/v2.0/routers/{answer.json['router']['id']}")
    assert [answer.status for answer in answers].count(201) == 3
    assert all(answer.status == 201 or answer.error == "OverQuota" for answer in answers)

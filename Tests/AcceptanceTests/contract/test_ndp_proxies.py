"""Section 5."""
import pytest

PROXIES, ROUTERS, PORTS = "/v2.0/ndp_proxies", "/v2.0/routers", "/v2.0/ports"


def proxy(router, port, **more):
    return {"ndp_proxy": {"router_id": router, "port_id": port} | more}


def test_it_takes_the_ports_first_address_and_only_once(world):
    router, _, _ = world.proxied
    port = world.proxied_port()
    made = world.member.post(PROXIES, proxy(router, port)).ok(201)["ndp_proxy"]
    fixed = world.admin.get(f"{PORTS}/{port}").ok(200)["port"]["fixed_ips"]
    assert made["ip_address"] in [one["ip_address"] for one in fixed] and made["project_id"] == "alpha"
    for more in ({}, {"ip_address": made["ip_address"]}):
        world.member.post(PROXIES, proxy(router, port, **more)).refused(409)
    for change in ({"router_id": router}, {"port_id": port}, {"ip_address": made["ip_address"]}):
        world.member.put(f"{PROXIES}/{made['id']}", {"ndp_proxy": change}).refused(400, "HTTPBadRequest")
    assert [one["id"] for one in world.member.get(PROXIES, {"router_id": router}).ok(200)["ndp_proxies"]] == [made["id"]]
    end = {"subnet_id": world.proxied[2]}
    world.member.put(f"{ROUTERS}/{router}/remove_router_interface", end).refused(409, "RouterInterfaceInUseByNDPProxy")
    for change in ({"external_gateway_info": None}, {"external_gateway_info": {"network_id": world.external}}):
        world.member.put(f"{ROUTERS}/{router}", {"router": change}).refused(409, "RouterGatewayInUseByNDPProxy")
    world.member.delete(f"{PORTS}/{port}").ok(204)
    world.member.get(f"{PROXIES}/{made['id']}").refused(404, "NDPProxyNotFound")


def test_what_is_not_proxied_for(world, scene):
    router, network, subnet = world.proxied
    port = world.proxied_port()
    for address, kinds in (("2001:db8:40:ffff::9", ("InvalidAddress",)), ("10.0.0.9", ("InvalidAddress",))):
        world.member.post(PROXIES, proxy(router, port, ip_address=address)).refused(400, *kinds)
    four = scene.network()
    bare = scene.port(four, fixed_ips=[{"subnet_id": scene.subnet(four)}])["id"]
    world.member.post(PROXIES, proxy(router, bare)).refused(400, "BadRequest")
    world.member.post(PROXIES, proxy(world.router, port)).refused(409, "RouterNDPProxyNotEnable")
    six = scene.network()
    pool = scene.shown("subnets", subnet)["subnetpool_id"]
    scene.make("/v2.0/subnets", "subnet", network_id=six, ip_version=6, subnetpool_id=pool)
    elsewhere = scene.port(six)["id"]
    world.member.post(PROXIES, proxy(router, elsewhere)).refused(409, "PortUnreachableRouter")
    foreign = scene.network()
    prefix = scene.subnet6(foreign)
    scene.attach(router, prefix).ok(200)
    try:
        port = scene.port(foreign)["id"]
        world.member.post(PROXIES, proxy(router, port)).refused(409, "AddressScopeConflict")
    finally:
        scene.detach(router, prefix).ok(200)
    unknown = "00000000-0000-4000-8000-00000000dead"
    world.member.post(PROXIES, proxy(unknown, port)).refused(404, "RouterNotFound")
    world.member.post(PROXIES, proxy(router, unknown)).refused(404, "PortNotFound")


def test_a_router_proxies_only_for_a_scope_outside(world, scene):
    gateway = {"external_gateway_info": {"network_id": world.external}}
    for more in ({}, gateway):
        body = {"router": {"enable_ndp_proxy": True} | more}
        world.member.post(ROUTERS, body).refused(409, "RouterGatewayNotValid")
        router = scene.make(ROUTERS, "router", **more)["id"]
        world.member.put(f"{ROUTERS}/{router}", {"router": {"enable_ndp_proxy": True}}).refused(
            409, "RouterGatewayNotValid")
        assert scene.shown("routers", router)["enable_ndp_proxy"] is False


def test_each_address_of_a_port_can_have_a_proxy(world):
    router, network, subnet = world.proxied
    fixed = [{"subnet_id": subnet}, {"subnet_id": subnet}]
    port = world.member.post(PORTS, {"port": {"network_id": network, "fixed_ips": fixed}}).ok(201)["port"]
    world.forget_later(f"{PORTS}/{port['id']}")
    for one in reversed(port["fixed_ips"]):
        made = world.member.post(PROXIES, proxy(router, port["id"], ip_address=one["ip_address"])).ok(201)["ndp_proxy"]
        assert made["ip_address"] == one["ip_address"]
    for caller, count in ((world.reader, 2), (world.stranger, 0), (world.admin, 2)):
        assert len(caller.get(PROXIES, {"port_id": port["id"]}).ok(200)["ndp_proxies"]) == count

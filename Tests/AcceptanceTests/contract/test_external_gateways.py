"""Section 3.5: several gateways of one router."""
import pytest

from rest import UNKNOWN

ROUTERS, FLOATING_IPS = "/v2.0/routers", "/v2.0/floatingips"
ACTIONS = ("add_external_gateways", "update_external_gateways", "remove_external_gateways")


def gateways(*wanted):
    return {"router": {"external_gateways": [*wanted]}}


def on(network, **more):
    return {"network_id": network, **more}


def at(network, *addresses):
    return on(network, external_fixed_ips=[{"ip_address": address} for address in addresses])


@pytest.fixture
def stage(world, scene):
    return Stage(world, scene)


class Stage:
    """A router without a gateway, and a second external network."""

    def __init__(self, world, scene):
        self.world, self.scene = world, scene
        self.router = scene.router()
        self.path = f"{ROUTERS}/{self.router}"
        self.other = scene.outside("198.19.1.0/24")

    def act(self, action, *wanted, caller=None):
        return (caller or self.world.admin).put(f"{self.path}/{action}_external_gateways", gateways(*wanted))

    def shown(self):
        return self.scene.shown("routers", self.router, self.world.member)

    def addresses(self, shown=None):
        """Each gateway's addresses, the compatible one's first."""
        return [sorted(one["ip_address"] for one in gateway["external_fixed_ips"])
                for gateway in (shown or self.shown())["external_gateways"]]

    def networks(self, shown=None):
        return [gateway["network_id"] for gateway in (shown or self.shown())["external_gateways"]]

    def ports(self):
        found = self.scene.ports(device_id=self.router, device_owner="network:router_gateway")
        return {port["id"]: [one["ip_address"] for one in port["fixed_ips"]] for port in found}


def test_the_first_is_the_compatible_one(world, stage):
    shown = stage.act("add", on(world.external), caller=world.member).ok(200)["router"]
    info, (only,) = shown["external_gateway_info"], shown["external_gateways"]
    assert only == {name: info[name] for name in ("network_id", "external_fixed_ips")}
    assert info["network_id"] == world.external and info["enable_snat"] is True
    assert not {"gw_port_id", "enable_snat"} & set(shown)
    shown = stage.act("add", on(stage.other), on(world.external), caller=world.member).ok(200)["router"]
    assert shown["external_gateway_info"] == info and shown["external_gateways"][0] == only
    assert sorted(stage.networks(shown)) == sorted([world.external, world.external, stage.other])
    assert stage.shown() == shown and len(stage.ports()) == 3


def test_another_becomes_compatible_when_the_first_goes(world, stage):
    stage.act("add", at(world.external, "198.18.60.1"), at(stage.other, "198.19.1.60")).ok(200)
    shown = stage.act("remove", on(world.external), caller=world.member).ok(200)["router"]
    assert shown["external_gateway_info"]["network_id"] == stage.other
    assert stage.addresses(shown) == [["198.19.1.60"]]
    stage.act("add", at(world.external, "198.18.60.1")).ok(200)
    # As a plain update has it, which knows of one alone.
    shown = world.member.put(stage.path, {"router": {"external_gateway_info": {}}}).ok(200)["router"]
    assert stage.addresses(shown) == [["198.18.60.1"]]
    assert shown["external_gateway_info"]["network_id"] == world.external
    assert list(stage.ports().values()) == [["198.18.60.1"]]


def test_an_update_leaves_those_that_it_lists(world, stage):
    first, second, third = "198.18.60.1", "198.18.60.2", "198.19.1.60"
    stage.act("add", at(world.external, first), at(world.external, second), at(stage.other, third)).ok(200)
    ports = stage.ports()
    wanted = [at(stage.other, third), at(world.external, second)]
    shown = stage.act("update", *wanted).ok(200)["router"]
    assert stage.addresses(shown) == [[third], [second]]
    assert shown["external_gateway_info"]["external_fixed_ips"] == shown["external_gateways"][0]["external_fixed_ips"]
    # The ports that stay are the same ones.
    assert stage.ports() == {id: held for id, held in ports.items() if held != [first]}
    assert stage.addresses(stage.act("update", *reversed(wanted)).ok(200)["router"]) == [[second], [third]]
    added = stage.act("update", on(stage.other), on(world.external), caller=world.member).ok(200)["router"]
    assert stage.addresses(added) == [[third], [second]]
    shown = stage.act("update", caller=world.member).ok(200)["router"]
    assert shown["external_gateways"] == [] and shown["external_gateway_info"] is None and stage.ports() == {}


def test_an_update_makes_those_that_there_are_not(world, stage):
    assert stage.networks(stage.act("update", on(stage.other)).ok(200)["router"]) == [stage.other]
    shown = stage.act("update", at(world.external, "198.18.60.1"), on(stage.other)).ok(200)["router"]
    assert stage.networks(shown) == [world.external, stage.other]


def test_translation_is_each_gateways_own(world, stage):
    stage.act("add", on(stage.other, enable_snat=False), on(world.external)).ok(200)
    assert stage.shown()["external_gateway_info"]["enable_snat"] is False
    shown = stage.act("update", on(world.external), on(stage.other, enable_snat=False)).ok(200)["router"]
    assert shown["external_gateway_info"]["enable_snat"] is True
    stage.act("remove", on(world.external)).ok(200)
    assert stage.shown()["external_gateway_info"]["enable_snat"] is False


def test_one_of_several_on_a_network_must_be_told(world, stage):
    stage.act("add", at(world.external, "198.18.60.1"), at(world.external, "198.18.60.2")).ok(200)
    for action in ("remove", "update"):
        stage.act(action, on(world.external)).refused(409, "UnableToMatchGateways")
    stage.act("remove", on(stage.other)).refused(409, "UnableToMatchGateways")
    stage.act("remove", at(world.external, "198.18.60.3")).refused(409, "UnableToMatchGateways")
    assert len(stage.shown()["external_gateways"]) == 2
    shown = stage.act("remove", at(world.external, "198.18.60.1")).ok(200)["router"]
    assert stage.addresses(shown) == [["198.18.60.2"]]
    # Nothing to remove is nothing wrong, however it is said.
    for nothing in ([], {}):
        body = {"router": {"external_gateways": nothing}}
        shown = world.member.put(f"{stage.path}/remove_external_gateways", body).ok(200)["router"]
        assert stage.addresses(shown) == [["198.18.60.2"]]


REFUSED = {
    "an unknown network": (lambda w, s: on(UNKNOWN), 404, "NetworkNotFound"),
    "a network that is not external": (lambda w, s: on(w.network), 400, "BadRequest"),
    "an unknown subnet": (lambda w, s: on(s.other, external_fixed_ips=[{"subnet_id": UNKNOWN}]), 404, "SubnetNotFound"),
    "an address of no subnet": (lambda w, s: at(s.other, "10.0.0.1"), 400, "InvalidIpForNetwork"),
    "the subnet's gateway": (lambda w, s: at(s.other, "198.19.1.1"), 400, "BadRequest"),
    "a taken address": (lambda w, s: at(s.other, s.scene.shown("routers", s.scene.router(gateway=s.other))[
        "external_gateway_info"]["external_fixed_ips"][0]["ip_address"]), 409, "IpAddressAlreadyAllocated"),
    "a network that overlaps another's": (
        lambda w, s: on(s.scene.outside("198.18.128.0/24")), 400, "BadRequest"),
    "a further key": (lambda w, s: on(s.other, nonsense=1), 400, "HTTPBadRequest"),
    "no network": (lambda w, s: {"enable_snat": True}, 400, "HTTPBadRequest"),
}


@pytest.mark.parametrize("row", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("action", ["add", "update"])
def test_a_gateway_is_not_added_to(world, stage, action, row):
    make, status, kind = row
    stage.act("add", on(world.external)).ok(200)
    before, wanted = stage.shown(), make(world, stage)
    stage.act(action, *([on(world.external)] if action == "update" else []), wanted).refused(status, kind)
    assert stage.shown() == before and len(stage.ports()) == 1


def test_interfaces_keep_clear_of_all_gateways(world, scene, stage):
    stage.act("add", on(world.external), on(stage.other)).ok(200)
    scene.attach(stage.router, scene.subnet(cidr="198.19.1.0/25")).refused(400, "BadRequest")
    inside = scene.subnet(cidr="198.19.2.0/25")
    scene.attach(stage.router, inside).ok(200)
    stage.act("add", on(scene.outside("198.19.2.0/24"))).refused(400, "BadRequest")


def test_what_leans_on_a_network_keeps_its_last_gateway(world, scene, stage):
    network = scene.network()
    scene.attach(stage.router, scene.subnet(network)).ok(200)
    stage.act("add", at(stage.other, "198.19.1.60"), at(world.external, "198.18.60.1"),
              at(world.external, "198.18.60.2")).ok(200)
    floating = scene.floating_ip(port_id=scene.port(network)["id"])
    assert scene.shown("floatingips", floating)["router_id"] == stage.router
    stage.act("remove", at(world.external, "198.18.60.1")).ok(200)
    in_use = (409, "RouterExternalGatewayInUseByFloatingIp")
    for action, wanted in (("remove", [on(world.external)]), ("update", []), ("update", [on(stage.other)])):
        stage.act(action, *wanted).refused(*in_use)
    stage.act("remove", on(stage.other)).ok(200)
    world.member.put(stage.path, {"router": {"external_gateway_info": {}}}).refused(*in_use)
    assert stage.addresses() == [["198.18.60.2"]]
    world.member.delete(f"{FLOATING_IPS}/{floating}").ok(204)
    stage.act("remove", on(world.external)).ok(200)


def test_routes_must_be_possible_with_the_gateways_that_stay(world, stage):
    stage.act("add", on(world.external), on(stage.other)).ok(200)
    routes = [{"destination": "203.0.113.0/24", "nexthop": "198.19.1.1"}]
    assert world.member.put(stage.path, {"router": {"routes": routes}}).ok(200)["router"]["routes"] == routes
    stage.act("remove", on(stage.other)).refused(400, "InvalidRoutes")
    stage.act("remove", on(world.external)).ok(200)


def test_a_router_takes_all_of_its_gateways_along(world, stage):
    stage.act("add", on(world.external), on(stage.other), on(stage.other)).ok(200)
    ports = stage.ports()
    assert len(ports) == 3
    world.member.delete(stage.path).ok(204)
    for port in ports:
        world.admin.get(f"/v2.0/ports/{port}").refused(404, "PortNotFound")


@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_do_what_with_gateways(world, stage, action):
    path = f"{stage.path}/{action}"
    stage.act("add", on(world.external)).ok(200)
    before = stage.shown()
    for wrong in ({}, {"router": {}}, {"router": {"external_gateways": "x"}}, {"router": {"external_gateways": None}},
                  gateways({}), gateways(5), gateways(None), [], None):
        world.member.put(path, wrong).refused(400, "HTTPBadRequest", "MalformedRequestBody")
    world.member.put(path, data="{").refused(400, "MalformedRequestBody")
    world.stranger.put(path, gateways(on(world.external))).refused(404, "RouterNotFound")
    world.reader.put(path, gateways(on(world.external))).refused(403, "PolicyNotAuthorized")
    for more in ({"enable_snat": False}, {"enable_snat": True}, {"external_fixed_ips": [{"ip_address": "198.18.9.9"}]}):
        world.member.put(path, gateways(on(world.external, **more))).refused(403, "PolicyNotAuthorized")
        world.stranger.put(path, gateways(on(world.external, **more))).refused(404, "RouterNotFound")
    for id in (UNKNOWN, "no-id"):
        world.member.put(f"{ROUTERS}/{id}/{action}", gateways(on(world.external))).refused(404, "RouterNotFound")
    for method in ("GET", "POST", "DELETE"):
        world.member.call(method, path).refused(405, "HTTPMethodNotAllowed")
    assert stage.shown() == before

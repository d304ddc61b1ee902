"""Section 4.3: what becomes of port forwardings; their single refusals stand in test_around."""
import pytest

FLOATING_IPS, PORTS, ROUTERS = "/v2.0/floatingips", "/v2.0/ports", "/v2.0/routers"


@pytest.fixture
def stage(world, scene):
    return Stage(world, scene)


class Stage:
    """A port behind a router, and a floating IP with forwardings to it."""

    def __init__(self, world, scene):
        self.world, self.scene = world, scene
        self.network = scene.network()
        self.subnet = scene.subnet(self.network)
        self.router = scene.router(self.subnet, gateway=True)
        self.port = self.target()
        self.floating = scene.floating_ip()
        self.path = f"{FLOATING_IPS}/{self.floating}/port_forwardings"

    def target(self, *addresses):
        fixed = [{"subnet_id": self.subnet, "ip_address": address} for address in addresses]
        return self.scene.port(self.network, **({"fixed_ips": fixed} if fixed else {}))

    def body(self, port=None, **more):
        port = port or self.port
        return {"port_forwarding": {"protocol": "tcp", "internal_port_id": port["id"], "internal_port": 22,
                                    "internal_ip_address": port["fixed_ips"][0]["ip_address"],
                                    "external_port": 2222} | more}

    def make(self, port=None, path=None, **more):
        return self.scene.make(path or self.path, "port_forwarding", **self.body(port, **more)["port_forwarding"])

    def refuse(self, status, *kinds, path=None, port=None, **more):
        self.world.member.post(path or self.path, self.body(port, **more)).refused(status, *kinds)

    def listed(self, path=None):
        return self.world.member.get(path or self.path).ok(200)["port_forwardings"]


def test_a_change_is_checked_as_a_whole(world, stage):
    first = stage.make()
    second = stage.make(internal_port=23, external_port=2223)
    path = f"{stage.path}/{second['id']}"
    for change in ({"external_port": 2222}, {"internal_port": 22}, {"external_port_range": "2222:2223",
                                                                    "internal_port_range": "23:24"}):
        world.member.put(path, {"port_forwarding": change}).refused(400, "BadRequest")
    assert {one["id"]: one for one in stage.listed()} == {one["id"]: one for one in (first, second)}
    changed = world.member.put(path, {"port_forwarding": {"protocol": "udp", "external_port": 2222,
                                                          "internal_port": 22}}).ok(200)["port_forwarding"]
    assert changed == second | {"protocol": "udp", "external_port": 2222, "external_port_range": "2222:2222",
                                "internal_port": 22, "internal_port_range": "22:22"}
    other = stage.target("10.50.0.77")
    moved = world.member.put(path, {"port_forwarding": {"internal_port_id": other["id"]}}).ok(200)["port_forwarding"]
    assert (moved["internal_port_id"], moved["internal_ip_address"]) == (other["id"], "10.50.0.77")
    world.member.put(path, {"port_forwarding": {"internal_ip_address": "10.50.0.78"}}).refused(400, "BadRequest")


def test_the_single_port_counts_where_both_are_given(world, stage):
    made = stage.make(internal_port_range="30:31", external_port_range="3000:3001")
    assert (made["external_port"], made["external_port_range"]) == (2222, "2222:2222")
    assert (made["internal_port"], made["internal_port_range"]) == (22, "22:22")


def test_ranges_do_not_overlap(world, stage):
    more = {"internal_port": None, "external_port": None}
    made = stage.make(**more, internal_port_range="20:29", external_port_range="2220:2229")
    assert made["external_port"] is None and made["internal_port"] is None
    stage.refuse(400, "BadRequest", internal_port=99, external_port=2229)
    stage.refuse(400, "BadRequest", internal_port=29, external_port=9999)
    stage.refuse(400, "BadRequest", **more, internal_port_range="99:101", external_port_range="2229:2231")
    stage.make(internal_port=99, external_port=2230)
    stage.make(protocol="udp")
    another = f"{FLOATING_IPS}/{stage.scene.floating_ip()}/port_forwardings"
    stage.refuse(400, "BadRequest", path=another)
    stage.make(path=another, internal_port=80)


def test_a_floating_ip_shows_its_forwardings(world, stage):
    single = stage.make()
    stage.make(internal_port=None, external_port=None, internal_port_range="30:31", external_port_range="3000:3001")
    shown = stage.scene.shown("floatingips", stage.floating, world.member)["port_forwardings"]
    assert len(shown) == 2
    one = next(one for one in shown if one["id"] == single["id"])
    assert one == {name: single[name] for name in ("id", "protocol", "internal_ip_address", "internal_port_id",
                                                   "internal_port", "external_port")}
    assert [one["id"] for one in world.member.get(stage.path, {"external_port": "2222"}).ok(200)["port_forwardings"]] \
        == [single["id"]]


@pytest.mark.parametrize("way", ["deleted", "readdressed"])
def test_they_go_with_what_they_lead_to(world, stage, way):
    stage.make()
    kept = stage.make(stage.target(), external_port=2223)
    path = f"{PORTS}/{stage.port['id']}"
    if way == "deleted":
        world.member.delete(path).ok(204)
    else:
        world.member.put(path, {"port": {"fixed_ips": [{"subnet_id": stage.subnet,
                                                        "ip_address": "10.50.0.99"}]}}).ok(200)
    assert [one["id"] for one in stage.listed()] == [kept["id"]]
    assert stage.scene.shown("floatingips", stage.floating)["router_id"] == stage.router


def test_all_of_a_floating_ip_go_through_one_router(world, stage):
    stage.make()
    network = stage.scene.network()
    port = stage.scene.port(network, fixed_ips=[{"subnet_id": stage.scene.subnet(network, cidr="10.60.0.0/24")}])
    stage.refuse(400, "BadRequest", port=port, external_port=2223)
    stage.scene.router(port["fixed_ips"][0]["subnet_id"], gateway=True)
    stage.refuse(400, "BadRequest", port=port, external_port=2223)
    other = f"{FLOATING_IPS}/{stage.scene.floating_ip()}/port_forwardings"
    stage.make(port, path=other, external_port=2223)


def test_a_port_without_a_way_out_is_refused(world, stage):
    network = stage.scene.network()
    port = stage.scene.port(network, fixed_ips=[{"subnet_id": stage.scene.subnet(network, cidr="10.60.0.0/24")}])
    stage.refuse(400, "BadRequest", port=port)
    stage.scene.router(port["fixed_ips"][0]["subnet_id"])
    stage.refuse(400, "BadRequest", port=port)
    assert stage.listed() == []
    assert stage.scene.shown("floatingips", stage.floating)["router_id"] is None


def test_sctp_and_dccp_are_forwarded_too(world, stage):
    for protocol in ("sctp", "dccp"):
        assert stage.make(protocol=protocol)["protocol"] == protocol

"""Section 14 and whatever else is not served: its places are not there, and what would name it is not found."""
import pytest

from rest import UNKNOWN

PLACES = """
flavors service_profiles service-providers address-groups auto-allocated-topology bgp-speakers local_ips log/logs
metering/metering-labels network_segment_ranges policies qos/policies segments trunks vpn/ikepolicies
default-security-group-rules
"""


@pytest.mark.parametrize("place", PLACES.split())
def test_a_collection_that_is_not_served_is_not_there(world, place):
    path = f"/v2.0/{place}"
    for method in ("GET", "POST"):
        world.admin.call(method, path).refused(404, "HTTPNotFound")
    for item in (f"{path}/{UNKNOWN}", f"{path}/{UNKNOWN}/service_profiles"):
        world.admin.get(item).refused(404, "HTTPNotFound")


# What would name an object of a kind that there is not: where it is given, as what, and what is not found then.
GATEWAY = "external_gateway_info"
NAMED = {
    "a router's flavor": ("routers", lambda w, id: {"flavor_id": id}, "FlavorNotFound", False),
    "a gateway's policy": ("routers", lambda w, id: {GATEWAY: {"network_id": w.external, "qos_policy_id": id}},
                           "QosPolicyNotFound", True),
    "a floating IP's policy": ("floatingips", lambda w, id: {"floating_network_id": w.external, "qos_policy_id": id},
                               "QosPolicyNotFound", True),
    "a network's policy": ("networks", lambda w, id: {"qos_policy_id": id}, "QosPolicyNotFound", True),
    "a subnet's segment": ("subnets", lambda w, id: {"network_id": w.network, "ip_version": 4, "cidr": w.cidr(),
                                                     "segment_id": id}, "SegmentNotFound", True),
}


@pytest.mark.parametrize("row", NAMED.values(), ids=NAMED.keys())
def test_what_there_is_none_of_is_not_found(world, row):
    collection, make, kind, may_update = row
    path, key = f"/v2.0/{collection}", collection[:-1]
    before = len(world.admin.get(path).ok(200)[collection])
    body = make(world, UNKNOWN)
    world.admin.post(path, {key: body}).refused(404, kind)
    assert len(world.admin.get(path).ok(200)[collection]) == before
    world.admin.post(path, {key: make(world, "no-id")}).refused(400, "HTTPBadRequest")
    # None of them is what anybody may ask for.
    made = world.admin.post(path, {key: make(world, None) | {"project_id": "alpha"}}).ok(201)[key]
    place = f"{path}/{made['id']}"
    world.forget_later(place)
    if GATEWAY in body:
        assert "qos_policy_id" not in made[GATEWAY]
    else:
        (name,) = (name for name, value in body.items() if value == UNKNOWN)
        assert made[name] is None and world.admin.get(place).ok(200)[key][name] is None
    fixed = ("floating_network_id", "network_id", "ip_version", "cidr")
    change = {name: value for name, value in body.items() if name not in fixed}
    world.admin.put(place, {key: change}).refused(*((404, kind) if may_update else (400, "HTTPBadRequest")))
    world.admin.get(place).ok(200)


def test_what_a_port_could_have_of_what_is_not_served_is_unknown(world):
    for name in ("qos_policy_id", "qos_network_policy_id", "trunk_details", "numa_affinity_policy", "resource_request"):
        body = {"port": {"network_id": world.network, name: None}}
        assert name in world.admin.post("/v2.0/ports", body).refused(400, "HTTPBadRequest")
        assert name not in world.port

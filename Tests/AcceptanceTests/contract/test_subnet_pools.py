"""Section 9: address scopes, subnet pools, and the subnets that come of them."""
import pytest

from rest import UNKNOWN

SUBNETS, POOLS, SCOPES = "/v2.0/subnets", "/v2.0/subnetpools", "/v2.0/address-scopes"


def pool(scene, caller=None, **more):
    more = {"name": "pool", "prefixes": ["10.140.0.0/16"]} | more
    return scene.make(POOLS, "subnetpool", caller or scene.world.member, **more)["id"]


@pytest.mark.parametrize("prefixes, lengths", [(["10.0.0.0/8"], (8, 8, 32)), (["2001:db8::/32"], (64, 64, 128))])
def test_a_pool_has_lengths(world, scene, prefixes, lengths):
    made = scene.make(POOLS, "subnetpool", name="pool", prefixes=prefixes)
    assert (made["default_prefixlen"], made["min_prefixlen"], made["max_prefixlen"]) == lengths
    assert made["default_quota"] is None and made["is_default"] is False and made["shared"] is False


def test_the_default_pool_is_one_of_its_family(world, scene):
    first = pool(scene, world.admin, is_default=True, default_prefixlen=24)
    body = {"subnetpool": {"name": "pool", "prefixes": ["10.150.0.0/16"], "is_default": True}}
    world.admin.post(POOLS, body).refused(400, "InvalidInput")
    network = scene.network()
    made = scene.make(SUBNETS, "subnet", world.admin, network_id=network, ip_version=4, use_default_subnetpool=True)
    assert made["subnetpool_id"] == first
    assert world.admin.post(SUBNETS, {"subnet": {"network_id": network, "ip_version": 6,
                                                 "use_default_subnetpool": True}}).status in (400, 404)


def test_a_network_has_its_subnets_of_one_pool(world, scene):
    scope = scene.make(SCOPES, "address_scope", name="scope", ip_version=4)["id"]
    first, second = pool(scene, address_scope_id=scope), pool(scene, prefixes=["10.150.0.0/16"])
    network = scene.network()
    body = {"network_id": network, "ip_version": 4, "prefixlen": 24}
    scene.make(SUBNETS, "subnet", subnetpool_id=first, **body)
    assert scene.shown("networks", network)["ipv4_address_scope"] == scope
    answer = world.member.post(SUBNETS, {"subnet": body | {"subnetpool_id": second}})
    answer.refused(400, "NetworkSubnetPoolAffinityError", "NetworkAddressScopeAffinityError")
    path = f"{POOLS}/{first}"
    for change, kind in (({"min_prefixlen": 33}, None), ({"max_prefixlen": 4}, None), ({"prefixes": ["10.141.0.0/16"]},
                                                                                     "IllegalSubnetPoolPrefixUpdate")):
        world.member.put(path, {"subnetpool": change}).refused(400, *([kind] if kind else []))


def test_the_prefixes_of_a_pool_come_and_go(world, scene):
    id = pool(scene, prefixes=["10.140.0.0/16"], default_prefixlen=24)
    path, wanted = f"{POOLS}/{id}", {"prefixes": ["10.141.0.0/16"]}
    scene.make(SUBNETS, "subnet", network_id=scene.network(), ip_version=4, subnetpool_id=id, cidr="10.140.7.0/24")
    assert world.member.put(f"{path}/add_prefixes", wanted).ok(200) == {"prefixes": ["10.140.0.0/15"]}
    for used in (["10.140.0.0/16"], ["10.140.7.0/25"]):
        world.member.put(f"{path}/remove_prefixes", {"prefixes": used}).refused(400, "IllegalSubnetPoolPrefixUpdate")
    assert world.member.put(f"{path}/remove_prefixes", wanted).ok(200) == {"prefixes": ["10.140.0.0/16"]}
    for action in ("add_prefixes", "remove_prefixes"):
        for wrong in ({}, {"prefixes": "x"}, {"prefixes": ["x"]}, {"prefixes": None}, {"nonsense": 1}):
            world.member.put(f"{path}/{action}", wrong).refused(400, "HTTPBadRequest")
        world.stranger.put(f"{path}/{action}", wanted).refused(404, "SubnetPoolNotFound")
        world.reader.put(f"{path}/{action}", wanted).refused(403, "PolicyNotAuthorized")
        world.member.put(f"{POOLS}/{UNKNOWN}/{action}", wanted).refused(404, "SubnetPoolNotFound")
        world.member.post(f"{path}/{action}", wanted).refused(405, "HTTPMethodNotAllowed")
    six = {"prefixes": ["2001:db8:9::/48"]}
    world.member.put(f"{path}/add_prefixes", six).refused(400, "PrefixVersionMismatch")
    assert scene.shown("subnetpools", id)["prefixes"] == ["10.140.0.0/16"]


def test_a_pool_gives_what_it_has(world, scene):
    id = pool(scene, prefixes=["10.140.0.0/24"], min_prefixlen=25)
    body = {"network_id": scene.network(), "ip_version": 4, "subnetpool_id": id}
    made = [scene.make(SUBNETS, "subnet", **body)["cidr"] for _ in range(2)]
    assert sorted(made) == ["10.140.0.0/25", "10.140.0.128/25"]
    answer = world.member.post(SUBNETS, {"subnet": body})
    assert answer.status in (400, 409) and answer.error == "SubnetAllocationError"
    answer = world.member.post(SUBNETS, {"subnet": body | {"cidr": "10.141.0.0/25"}})
    assert answer.status in (400, 409) and answer.error == "SubnetAllocationError"


def test_a_foreign_scope_is_not_joined(world, scene):
    scope = scene.make(SCOPES, "address_scope", world.stranger, name="scope", ip_version=4)["id"]
    body = {"subnetpool": {"name": "pool", "prefixes": ["10.140.0.0/16"], "address_scope_id": scope}}
    world.member.post(POOLS, body).refused(404, "AddressScopeNotFound")
    shared = scene.make(SCOPES, "address_scope", world.admin, name="scope", ip_version=4, shared=True,
                        project_id="beta")["id"]
    body["subnetpool"]["address_scope_id"] = shared
    world.member.post(POOLS, body).refused(400, "IllegalSubnetPoolAssociationToAddressScope")


def test_the_subnets_of_a_network_are_taken_into_a_pool(world, scene):
    id, network = pool(scene), scene.network()
    subnet = scene.subnet(network, cidr="10.160.0.0/24")
    path = f"{POOLS}/{id}/onboard_network_subnets"
    world.member.put(path, {"network_id": network}).ok(200)
    assert scene.shown("subnets", subnet)["subnetpool_id"] == id
    assert "10.160.0.0/24" in scene.shown("subnetpools", id)["prefixes"]
    for wrong, status in (({}, 400), ({"network_id": UNKNOWN}, 404), ({"network_id": "x"}, 400)):
        world.member.put(path, wrong).refused(status)
    world.stranger.put(path, {"network_id": network}).refused(404, "SubnetPoolNotFound")
    world.reader.put(path, {"network_id": network}).refused(403, "PolicyNotAuthorized")


POOL_ROWS = {
    "no prefixes": ({"prefixes": []}, 400, "EmptySubnetPoolPrefixList"),
    "two families": ({"prefixes": ["10.0.0.0/8", "2001:db8::/32"]}, 400, "PrefixVersionMismatch"),
    "bounds crossed": ({"min_prefixlen": 28, "max_prefixlen": 24}, 400, "IllegalSubnetPoolPrefixBounds"),
    "a default below the least": ({"default_prefixlen": 20, "min_prefixlen": 24}, 400,
                                  "IllegalSubnetPoolPrefixBounds"),
    "an unknown scope": ({"address_scope_id": UNKNOWN}, 404, "AddressScopeNotFound"),
}


@pytest.mark.parametrize("row", POOL_ROWS.values(), ids=POOL_ROWS.keys())
def test_a_subnet_pool_is_not_created_with(world, row):
    more, status, kind = row
    body = {"subnetpool": {"name": "pool", "prefixes": ["10.128.0.0/16"]} | more}
    world.member.post(POOLS, body).refused(status, kind, "HTTPBadRequest" if kind.startswith("Empty") else kind)


def test_a_subnet_pool_is_used_and_kept(world, scene):
    pool = scene.make(POOLS, "subnetpool", world.member, name="pool", prefixes=["10.129.0.0/16", "10.128.0.0/16"],
                min_prefixlen=24, max_prefixlen=28, default_quota=512)
    assert pool["prefixes"] == ["10.128.0.0/15"] and pool["ip_version"] == 4
    assert (pool["min_prefixlen"], pool["default_prefixlen"], pool["max_prefixlen"]) == (24, 24, 28)
    path, network = f"{POOLS}/{pool['id']}", scene.network()
    body = {"network_id": network, "ip_version": 4, "subnetpool_id": pool["id"]}
    made = scene.make(SUBNETS, "subnet", world.member, **body)
    assert made["cidr"].startswith("10.128.") and made["subnetpool_id"] == pool["id"]
    world.member.post(SUBNETS, {"subnet": body | {"prefixlen": 23}}).refused(
        400, "MinPrefixSubnetAllocationError")
    world.member.post(SUBNETS, {"subnet": body | {"prefixlen": 29}}).refused(
        400, "MaxPrefixSubnetAllocationError")
    again = scene.make(SUBNETS, "subnet", world.member, **body)
    assert again["cidr"] != made["cidr"]
    world.member.post(SUBNETS, {"subnet": body}).refused(409, "SubnetPoolQuotaExceeded")
    fewer = {"subnetpool": {"prefixes": ["10.128.0.0/16"]}}
    world.member.put(path, fewer).refused(400, "IllegalSubnetPoolPrefixUpdate")
    world.member.delete(path).refused(400, "SubnetPoolDeleteError")
    grown = world.member.put(f"{path}/add_prefixes", {"prefixes": ["10.140.0.0/16"]}).ok(200)
    assert grown == {"prefixes": ["10.128.0.0/15", "10.140.0.0/16"]}
    assert world.member.put(f"{path}/remove_prefixes", {"prefixes": ["10.140.0.0/16"]}).ok(200) == {
        "prefixes": ["10.128.0.0/15"]}
    for wrong in ({}, {"prefixes": "x"}, {"prefixes": ["x"]}):
        world.member.put(f"{path}/add_prefixes", wrong).refused(400)


def test_the_pools_of_a_scope_do_not_overlap(world, scene):
    scope = scene.make(SCOPES, "address_scope", world.member, name="scope", ip_version=4)
    first = scene.make(POOLS, "subnetpool", world.member, name="pool", prefixes=["10.128.0.0/16"],
                       address_scope_id=scope["id"])
    more = {"name": "pool", "prefixes": ["10.128.128.0/17"], "address_scope_id": scope["id"]}
    world.member.post(POOLS, {"subnetpool": more}).refused(409, "AddressScopePrefixConflict")
    more |= {"prefixes": ["2001:db8:7::/48"]}
    kind = "IllegalSubnetPoolIpVersionAssociationToAddressScope"
    world.member.post(POOLS, {"subnetpool": more}).refused(400, kind)
    world.member.delete(f"{SCOPES}/{scope['id']}").refused(409, "AddressScopeInUse")
    world.member.delete(f"{POOLS}/{first['id']}").ok(204)
    path = f"{SCOPES}/{scope['id']}"
    world.member.put(path, {"address_scope": {"shared": True}}).refused(403, "PolicyNotAuthorized")
    world.admin.put(path, {"address_scope": {"shared": True}}).ok(200)
    world.stranger.get(path).ok(200)
    world.stranger.put(path, {"address_scope": {"name": "x"}}).refused(403, "PolicyNotAuthorized")
    world.admin.put(path, {"address_scope": {"shared": False}}).refused(400, "AddressScopeUpdateError")

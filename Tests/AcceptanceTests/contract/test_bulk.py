"""Section 1.6: several at once, all or nothing."""
import pytest

from choices import about, creatable


def bodies(collection, world, count=3):
    return [collection.make(world, world.number()) for _ in range(count)]


def count(collection, world):
    return len(world.admin.get(collection.path(world)).ok(200)[collection.members])


@about(lambda c: c.bulk)
def test_several_are_created(world, collection):
    path = collection.path(world)
    made = world.member.post(path, {collection.members: bodies(collection, world)}).ok(201)[collection.members]
    for one in made:
        world.forget_later(f"{path}/{one['id']}")
    assert len({one["id"] for one in made}) == 3
    for one in made:
        assert world.member.get(f"{path}/{one['id']}").ok(200)[collection.key] == one


@about(lambda c: c.bulk)
def test_one_that_is_wrong_lets_none_be_created(world, collection):
    path = collection.path(world)
    # What stands ready comes into being with the first body.
    bodies(collection, world)
    before = count(collection, world)
    for wrong in ({"nonsense": 1}, {"project_id": "beta"}, {"description": 5}):
        given = bodies(collection, world)
        given[2] |= wrong
        world.member.post(path, {collection.members: given}).refused(400, "HTTPBadRequest")
    given = bodies(collection, world)
    given[1] = 5
    world.member.post(path, {collection.members: given}).refused(400, "HTTPBadRequest")
    assert count(collection, world) == before


@about(lambda c: c.bulk)
def test_what_is_no_list_is_refused(world, collection):
    for several in ([], {}, "x", None, 5):
        body = {collection.members: several}
        world.member.post(collection.path(world), body).refused(400, "HTTPBadRequest")
    world.reader.post(collection.path(world), {collection.members: bodies(collection, world)}).refused(403)


@about(lambda c: c.bulk)
def test_the_list_counts_where_both_are_given(world, collection):
    path = collection.path(world)
    body = {collection.key: {"nonsense": 1}, collection.members: bodies(collection, world, 1)}
    made = world.member.post(path, body).ok(201)[collection.members]
    world.forget_later(f"{path}/{made[0]['id']}")


@about(lambda c: creatable(c) and not c.bulk)
def test_the_others_are_created_one_by_one(world, collection):
    body = {collection.members: bodies(collection, world)}
    world.member.post(collection.path(world), body).refused(400, "HTTPBadRequest")


def test_two_subnets_that_overlap_are_not_created_together(world):
    network = world.member.post("/v2.0/networks", {"network": {}}).ok(201)["network"]["id"]
    world.forget_later(f"/v2.0/networks/{network}")
    given = [{"network_id": network, "ip_version": 4, "cidr": cidr} for cidr in ("10.1.0.0/24", "10.1.0.0/25")]
    world.member.post("/v2.0/subnets", {"subnets": given}).refused(400, "InvalidInput")
    assert world.member.get(f"/v2.0/networks/{network}").ok(200)["network"]["subnets"] == []


def test_two_ports_with_one_address_are_not_created_together(world):
    given = [{"network_id": world.network, "fixed_ips": [{"subnet_id": world.subnet, "ip_address": "10.40.99.1"}]}] * 2
    world.member.post("/v2.0/ports", {"ports": given}).refused(409, "IpAddressAlreadyAllocated", "IpAddressInUse")
    assert world.member.get("/v2.0/ports", {"fixed_ips": "ip_address=10.40.99.1"}).ok(200)["ports"] == []

"""Section 1.3: what a wrong write is told first."""
import pytest

from choices import about, creatable, owned, updatable
from rest import UNKNOWN


@about(creatable)
def test_a_body_that_is_no_object_is_malformed(world, collection):
    made = collection.create(world)
    for call, path in ((world.member.post, collection.path(world)), (world.member.put, collection.path(world, made["id"]))):
        if call == world.member.put and not collection.updatable:
            continue
        for data in ("{", "[1]", "null", '"text"', "{\"a\":1}{", "\xff\xfe"):
            answer = call(path, data=data.encode("latin-1"), headers={"Content-Type": "application/json"})
            answer.refused(400, "MalformedRequestBody", "HTTPBadRequest")
        call(path, data="{").refused(400, "MalformedRequestBody")
        call(path, data="").refused(400, "HTTPBadRequest")
        call(path, {}).refused(400, "HTTPBadRequest")
        call(path, {collection.key: []}).refused(400, "HTTPBadRequest")
        call(path, {collection.key: None}).refused(400, "HTTPBadRequest")


@about(creatable)
def test_further_members_beside_the_object_are_ignored(world, collection):
    body = {collection.key: collection.make(world, world.number()), "other": 1}
    made = world.member.post(collection.path(world), body).ok(201)[collection.key]
    world.forget_later(collection.path(world, made["id"]))


@about(updatable)
def test_a_wrong_body_is_told_before_a_missing_object(world, collection):
    path = collection.path(world, UNKNOWN)
    world.member.put(path, {collection.key: {"nonsense": 1}}).refused(400, "HTTPBadRequest")
    world.member.put(path, {collection.key: {"id": UNKNOWN}}).refused(400, "HTTPBadRequest")
    world.member.put(path, data="{").refused(400, "MalformedRequestBody")


@about(updatable, lambda a: a.may("U") and a.wrong_values)
def test_a_wrong_value_is_told_before_a_missing_object(world, collection, attribute):
    path = collection.path(world, UNKNOWN)
    body = {collection.key: {attribute.name: collection.wrong_form(attribute)}}
    world.admin.put(path, body).refused(400, "HTTPBadRequest", "InvalidInput")


@about(creatable, lambda a: (a.may("P") or a.may("U")) and a.wrong_values)
def test_an_unknown_attribute_is_told_before_a_wrong_value(world, collection, attribute):
    body = collection.make(world, world.number()) | {attribute.name: attribute.wrong_values[0], "nonsense": 1}
    answer = world.admin.post(collection.path(world), {collection.key: body})
    if attribute.may("P"):
        assert "nonsense" in answer.refused(400, "HTTPBadRequest")


@about(updatable)
def test_a_missing_object_is_told_before_what_may_not_be_done(world, collection):
    body = {collection.key: {}}
    world.reader.put(collection.path(world, UNKNOWN), body).refused(404)
    world.reader.delete(collection.path(world, UNKNOWN)).refused(404)


@about(owned)
def test_a_wrong_value_is_told_before_a_wrong_owner(world, collection):
    named = next((a for a in collection.attributes if a.may("P") and a.wrong_values and a.type != "any"), None)
    body = collection.make(world, world.number()) | {named.name: collection.wrong_form(named), "project_id": "beta"}
    message = world.member.post(collection.path(world), {collection.key: body}).refused(400)
    assert "admin" not in message


@about(owned)
def test_a_wrong_owner_is_told_before_what_may_not_be_done(world, collection):
    body = collection.make(world, world.number()) | {"project_id": "beta"}
    world.reader.post(collection.path(world), {collection.key: body}).refused(400, "HTTPBadRequest")

"""Section 16, for every collection that has tags."""
import urllib.parse

import pytest

from choices import about, taggable
from rest import UNKNOWN


@about(taggable)
def test_all_calls(world, collection):
    path = collection.path(world, collection.create(world)["id"])
    tags = f"{path}/tags"
    assert world.member.get(tags).ok(200) == {"tags": []}
    assert world.member.put(tags, {"tags": ["blue", "green"]}).ok(200) == {"tags": ["blue", "green"]}
    assert world.member.post(tags, {"tags": ["red"]}).ok(200) == {"tags": ["red"]}
    assert set(world.member.get(tags).ok(200)["tags"]) == {"blue", "green", "red"}
    assert set(world.member.get(path).ok(200)[collection.key]["tags"]) == {"blue", "green", "red"}
    for tag in ("more", "more", "", "a/b", "ä ö", "x" * 255, "tags", "x.json"):
        # A trailing slash means nothing, so the empty tag has one more.
        place = f"{tags}/{urllib.parse.quote(tag, safe='') or '/'}"
        world.member.put(place).ok(201)
        world.member.get(place).ok(204)
        assert tag in world.member.get(tags).ok(200)["tags"]
    world.member.delete(f"{tags}/blue").ok(204)
    world.member.get(f"{tags}/blue").refused(404, "TagNotFound")
    world.member.delete(f"{tags}/blue").refused(404, "TagNotFound")
    world.member.delete(tags).ok(204)
    assert world.member.get(tags).ok(200) == {"tags": []}


@about(taggable)
def test_wrong_tags_are_refused(world, collection):
    made = collection.create(world, tags=["kept"])
    tags = collection.path(world, made["id"]) + "/tags"
    many = [f"tag-{n}" for n in range(51)]
    for wrong in ({"tags": "blue"}, {"tags": [5]}, {"tags": [None]}, {"tags": ["x" * 256]}, {"tags": ["a", "a"]},
                  {"tags": many}, {"tags": None}, {}, {"other": []}):
        world.member.put(tags, wrong).refused(400, "InvalidInput", "HTTPBadRequest", "BadRequest")
        world.member.post(tags, wrong).refused(400, "InvalidInput", "HTTPBadRequest", "BadRequest")
    world.member.put(tags, data="{").refused(400, "MalformedRequestBody")
    world.member.put(f"{tags}/{'x' * 256}").refused(400, "InvalidInput")
    world.member.post(tags, {"tags": many[:49]}).ok(200)
    world.member.post(tags, {"tags": ["one too many"]}).refused(400, "BadRequest", "InvalidInput")
    world.member.put(f"{tags}/one-too-many").refused(400, "BadRequest", "InvalidInput")
    assert len(world.member.get(tags).ok(200)["tags"]) == 50
    body = {collection.key: collection.make(world, world.number()) | {"tags": many}}
    world.member.post(collection.path(world), body).refused(400)


@about(taggable)
def test_tags_come_at_creation_but_not_by_update(world, collection):
    made = collection.create(world, tags=["blue"])
    assert made["tags"] == ["blue"]
    answer = world.member.put(collection.path(world, made["id"]), {collection.key: {"tags": ["green"]}})
    answer.refused(400, "HTTPBadRequest")


@about(taggable)
def test_the_tags_of_nothing_are_not_found(world, collection):
    for id in (UNKNOWN, "no-id"):
        tags = collection.path(world, id) + "/tags"
        for answer in (world.member.get(tags), world.member.put(tags, {"tags": []}), world.member.delete(tags),
                       world.member.put(f"{tags}/blue"), world.member.get(f"{tags}/blue")):
            answer.refused(404, collection.not_found)
    tags = collection.path(world, UNKNOWN) + "/tags"
    for answer in (world.member.call("PATCH", tags), world.member.post(f"{tags}/blue", {})):
        answer.refused(405)


@about(lambda c: not c.taggable and "{" not in c.document_path)
def test_what_has_no_tags_has_no_such_place(world, collection):
    world.admin.get(collection.path(world, UNKNOWN) + "/tags").refused(404, "HTTPNotFound")

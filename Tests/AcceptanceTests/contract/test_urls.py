"""Section 1.1: URLs, methods, and what every answer carries."""
import pytest

from choices import about, creatable, every
from rest import UNKNOWN


def spellings(path):
    yield f"{path}/"
    yield f"{path}.json"
    for old, new in (("-", "_"), ("_", "-")):
        before, last = path.rsplit("/", 1)
        yield f"{before}/{last.replace(old, new)}"


@about(every)
def test_the_collection_has_several_spellings(world, collection):
    path = collection.path(world)
    plain = world.admin.get(path).ok(200)
    for spelling in spellings(path):
        assert world.admin.get(spelling).ok(200) == plain


@about(creatable)
def test_its_objects_have_several_spellings(world, collection):
    made = collection.create(world)
    path = collection.path(world, made["id"])
    plain = world.admin.get(path).ok(200)
    for spelling in (f"{path}/", f"{path}.json", path.replace(made["id"], made["id"].upper())):
        assert world.admin.get(spelling).ok(200) == plain
    if collection.updatable:
        world.member.put(f"{path}.json", {collection.key: {}}).ok(200)
    body = {collection.key: collection.make(world, world.number())}
    more = world.member.post(f"{collection.path(world)}.json", body).ok(201)[collection.key]
    world.member.delete(collection.path(world, more["id"]) + "/").ok(204)


@about(every)
def test_methods_that_are_not_there_are_told_so(world, collection):
    path = collection.path(world)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        world.admin.call(method, path).refused(405, "HTTPMethodNotAllowed")
    assert world.admin.call("HEAD", path).status == 405
    if not collection.items:
        return
    for method in ("POST", "PATCH", "OPTIONS"):
        world.admin.call(method, f"{path}/{UNKNOWN}").refused(405, "HTTPMethodNotAllowed")
    assert world.admin.call("HEAD", f"{path}/{UNKNOWN}").status == 405


@about(creatable)
def test_a_delete_takes_no_body(world, collection):
    path = collection.path(world, collection.create(world)["id"])
    world.member.delete(path, data='{"a":1}').refused(400, "HTTPBadRequest")
    world.member.get(path).ok(200)


@pytest.mark.parametrize("path", ["/v2.0/nonsense", "/v3/routers", "/v2.0/routers/x/y/z/a/b", "/nonsense",
                                  "/v2.0//routers", "/v2.0/routers/x/nonsense"])
def test_an_unknown_url_is_not_found(world, path):
    for method in ("GET", "POST", "PUT", "DELETE"):
        assert world.admin.call(method, path, data="").status in (404, 405)
    world.admin.get(path).refused(404, "HTTPNotFound")


def test_a_malformed_query_is_refused(world):
    world.admin.get("/v2.0/routers?name=%ff").refused(400, "BadRequest")


def test_every_answer_has_an_id_of_its_own(world):
    ids = {world.admin.get(path).headers["x-openstack-request-id"]
           for path in ("/", "/v2.0/", "/v2.0/routers", "/nonsense", "/v2.0/routers/x", "/openapi.json") * 3}
    assert len(ids) == 18


def test_versions_and_core_collections(world):
    version = {"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": f"{world.endpoint}/v2.0/"}]}
    assert world.admin.get("/").ok(200) == {"versions": [version]}
    core = {"network": "networks", "subnet": "subnets", "subnetpool": "subnetpools", "port": "ports"}
    for path in ("/v2.0", "/v2.0/"):
        assert world.admin.get(path).ok(200) == {"resources": [
            {"name": name, "collection": collection,
             "links": [{"rel": "self", "href": f"{world.endpoint}/v2.0/{collection}"}]}
            for name, collection in core.items()]}


def test_links_name_the_host_that_the_client_used(world):
    headers = {"Host": "api.example.org:9696", "X-Forwarded-Proto": "https"}
    versions = world.reader.get("/", headers=headers).ok(200)["versions"]
    assert versions[0]["links"][0]["href"] == "https://api.example.org:9696/v2.0/"
    assert world.network
    answer = world.member.get("/v2.0/networks", {"limit": 1}, headers=headers).ok(200)
    assert all(link["href"].startswith("https://api.example.org:9696/v2.0/networks?")
               for link in answer["networks_links"])


def test_extensions_are_shown_one_by_one(world):
    listed = world.reader.get("/v2.0/extensions").ok(200)["extensions"]
    for one in listed:
        assert set(one) == {"name", "alias", "description", "updated", "links"}
        for path in (f"/v2.0/extensions/{one['alias']}", f"/v2.0/extensions/{one['alias']}.json"):
            assert world.reader.get(path).ok(200)["extension"] == one
    for path in ("/v2.0/extensions/", "/v2.0/extensions.json"):
        assert world.reader.get(path).ok(200)["extensions"] == listed
    world.reader.get("/v2.0/extensions/nonsense").refused(404, "HTTPNotFound")

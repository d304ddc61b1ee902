"""Section 1.5: pages, walked by their links to both ends."""
import pytest

from choices import about, creatable, identified
from rest import UNKNOWN


@pytest.fixture
def five(world, collection):
    return [collection.create(world)["id"] for _ in range(5)]


def page(caller, collection, url, params=None):
    body = caller.get(url, params).ok(200)
    links = {link["rel"]: link["href"] for link in body.get(f"{collection.members}_links", [])}
    assert set(links) <= {"next", "previous"}
    return [shown["id"] for shown in body[collection.members]], links


def walk(caller, collection, url, params, rel):
    """All pages until an empty one or one without the link, as clients walk."""
    pages = []
    found, links = page(caller, collection, url, params)
    while found:
        pages.append(found)
        assert len(pages) < 20
        if rel not in links:
            break
        found, links = page(caller, collection, links[rel])
    return pages


@about(creatable)
@pytest.mark.parametrize("way", [None, "asc", "desc"])
def test_pages_are_walked_to_the_end_and_back(world, collection, five, way):
    url, params = collection.path(world), {"id": five, "limit": 2}
    if way:
        key = next(a.name for a in collection.attributes if a.may("S") and a.name not in ("id", "tenant_id"))
        params |= {"sort_key": key, "sort_dir": way}
    whole, links = page(world.member, collection, url, params | {"limit": 0})
    assert not links and sorted(whole) == sorted(five)
    if not way:
        assert whole == sorted(five)
    assert walk(world.member, collection, url, params, "next") == [whole[:2], whole[2:4], whole[4:]]
    back = walk(world.member, collection, url, params | {"page_reverse": "True"}, "previous")
    assert back == [whole[3:], whole[1:3], whole[:1]]
    marked, links = page(world.member, collection, url, params | {"marker": whole[3], "page_reverse": "true"})
    assert marked == whole[1:3]
    assert page(world.member, collection, links["next"])[0] == whole[3:]


@about(creatable)
def test_links_are_there_when_a_page_may_be(world, collection, five):
    url = collection.path(world)
    assert page(world.member, collection, url, {"id": five})[1] == {}
    assert set(page(world.member, collection, url, {"id": five, "limit": 2})[1]) == {"next", "previous"}
    assert set(page(world.member, collection, url, {"id": five, "limit": 5})[1]) == {"next", "previous"}
    assert set(page(world.member, collection, url, {"id": five, "limit": 6})[1]) == {"previous"}
    reverse = {"id": five, "limit": 6, "page_reverse": "True"}
    assert set(page(world.member, collection, url, reverse)[1]) == {"next"}
    _, links = page(world.member, collection, url, {"id": five, "limit": 2, "fields": "name"} | {"fields": "id"})
    assert "fields=id" in links["next"] and "limit=2" in links["next"] and "page_reverse=True" in links["previous"]
    answer = world.member.get(url, {"limit": 1}, headers={"X-Forwarded-Proto": "https"}).ok(200)
    assert all(link["href"].startswith("https://") for link in answer[f"{collection.members}_links"])


@about(identified)
def test_wrong_pages_are_refused(world, collection):
    path = collection.path(world)
    for limit in ("-1", "x", "1.5", ""):
        world.admin.get(path, {"limit": limit}).refused(400, "BadRequest")
    for marker in (UNKNOWN, "no-id"):
        world.admin.get(path, {"limit": 1, "marker": marker}).refused(404, collection.not_found)

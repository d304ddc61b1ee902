"""Section 1.5: filters, fields and sorting, for every attribute by its row."""
from choices import about, creatable, every, identified, taggable

IGNORED = {"fields": "id", "limit": 1, "page_reverse": "False"}


def listed(caller, world, collection, **params):
    return caller.get(collection.path(world), params).ok(200)[collection.members]


def as_text(value):
    return {True: "True", False: "False", None: ""}.get(value, value) if not isinstance(value, int) or \
        isinstance(value, bool) else str(value)


@about(creatable, lambda a: a.may("F") and a.type != "list")
def test_a_filter_finds_exactly_those_with_its_value(world, collection, attribute):
    made = [collection.create(world)["id"] for _ in range(2)]
    path = collection.path(world)
    objects = [world.admin.get(f"{path}/{id}").ok(200)[collection.key] for id in made]
    value = objects[0][attribute.name]
    if value is None:
        # There is no filter for null.
        return
    filters = {attribute.name: as_text(value)} | ({} if attribute.name == "id" else {"id": made})
    found = listed(world.admin, world, collection, **filters)
    assert {shown["id"] for shown in found} == {shown["id"] for shown in objects if shown[attribute.name] == value}


@about(lambda c: identified(c) and creatable(c))
def test_a_repeated_filter_matches_any_and_different_ones_match_all(world, collection):
    first, second, third = (collection.create(world)["id"] for _ in range(3))
    found = listed(world.member, world, collection, id=[first, second])
    assert {shown["id"] for shown in found} == {first, second}
    text = next(a for a in collection.attributes if a.may("F") and a.name not in ("id", "tenant_id", "project_id"))
    shown = found[0][text.name]
    both = listed(world.member, world, collection, **{"id": first, text.name: as_text(shown)})
    assert third not in [one["id"] for one in both] and second not in [one["id"] for one in both]
    assert listed(world.member, world, collection, id="no-id") == []
    assert listed(world.member, world, collection, id=["no-id", first])[0]["id"] == first


@about(every, lambda a: not a.may("F") and a.name not in ("tags", "fixed_ips"))
def test_what_is_no_filter_is_refused(world, collection, attribute):
    answer = world.admin.get(collection.path(world), {attribute.name: "x"})
    assert attribute.name in answer.refused(400, "HTTPBadRequest")


@about(every)
def test_an_unknown_filter_is_refused_and_list_parameters_are_none(world, collection):
    for name in ("nonsense", "changed_since", "all_projects"):
        world.member.get(collection.path(world), {name: "2026-01-01T00:00:00"}).refused(400, "HTTPBadRequest")
    world.member.get(collection.path(world), IGNORED).ok(200)


@about(every, lambda a: a.may("H") and a.may("F"))
def test_nobody_filters_by_what_he_does_not_see(world, collection, attribute):
    world.member.get(collection.path(world), {attribute.name: "x"}).refused(400, "HTTPBadRequest")


@about(every, lambda a: a.may("F") and a.type == "bool")
def test_boolean_filters_take_what_bodies_take(world, collection, attribute):
    for word in ("foo", "", "2"):
        answer = world.admin.get(collection.path(world), {attribute.name: word})
        answer.refused(400, "HTTPBadRequest", "InvalidInput")
    lists = [listed(world.admin, world, collection, **{attribute.name: word})
             for word in ("t", "True", "TRUE", "on", "y", "yes", "1")]
    assert all(one == lists[0] for one in lists)
    lists = [listed(world.admin, world, collection, **{attribute.name: word})
             for word in ("f", "False", "off", "n", "no", "0")]
    assert all(one == lists[0] for one in lists)


@about(every, lambda a: a.may("F") and a.type == "int")
def test_number_filters_are_numbers(world, collection, attribute):
    answer = world.admin.get(collection.path(world), {attribute.name: "x"})
    answer.refused(400, "HTTPBadRequest", "InvalidInput")
    for number in ("-1", "0", "99999999999999", "-99999999999999"):
        listed(world.admin, world, collection, **{attribute.name: number})


@about(creatable, lambda a: a.may("F") and a.may("P") and a.type == "str255" and not a.may("R")
       and a.has_sample and a.setter == "any")
def test_an_empty_filter_finds_what_is_empty(world, collection, attribute):
    empty = collection.create(world, **{attribute.name: ""})["id"]
    full = collection.create(world, **{attribute.name: attribute.sample})["id"]
    found = listed(world.member, world, collection, **{attribute.name: "", "id": [empty, full]})
    assert [shown["id"] for shown in found] == [empty]
    found = listed(world.member, world, collection, **{attribute.name: ["", attribute.sample], "id": [empty, full]})
    assert {shown["id"] for shown in found} == {empty, full}


@about(every)
def test_fields_choose_what_is_shown(world, collection):
    names = [a.name for a in collection.attributes if not any(map(a.may, "IOH"))]
    path = collection.path(world)
    if collection.make:
        made = collection.create(world)
        item = collection.path(world, made["id"])
        for name in names:
            assert world.member.get(item, {"fields": name}).ok(200)[collection.key] == {name: made[name]}
        assert world.member.get(item, {"fields": "nonsense"}).ok(200)[collection.key] == {}
    for shown in world.admin.get(path, {"fields": names[:2]}).ok(200)[collection.members]:
        assert set(shown) == set(names[:2])
    for shown in world.admin.get(path, {"fields": ["nonsense"]}).ok(200)[collection.members]:
        assert shown == {}
    for shown in world.member.get(path, {"fields": [a.name for a in collection.attributes if a.may("H")] + names[:1]}) \
            .ok(200)[collection.members]:
        assert set(shown) == set(names[:1])


@about(every, lambda a: a.may("S"))
def test_it_sorts_both_ways(world, collection, attribute):
    if collection.make:
        for _ in range(3):
            collection.create(world)
    up, down = (listed(world.admin, world, collection, sort_key=attribute.name, sort_dir=way) for way in ("asc", "desc"))
    values = [shown[attribute.name] for shown in up]
    assert sorted(map(str, values)) == sorted(str(shown[attribute.name]) for shown in down)
    present = [value for value in values if value is not None]
    backwards = [shown[attribute.name] for shown in down if shown[attribute.name] is not None]
    if attribute.type in ("bool", "int", "uuid", "mac"):
        assert present == sorted(present) and backwards == sorted(present, reverse=True)
    else:
        assert present == backwards[::-1]
    key = "id" if any(a.name == "id" for a in collection.attributes) else collection.attributes[0].name
    for before, after in zip(up, up[1:]):
        assert before[attribute.name] != after[attribute.name] or before[key] <= after[key]


@about(every, lambda a: not a.may("S"))
def test_what_is_no_sort_key_is_refused(world, collection, attribute):
    if "{" in collection.document_path:
        return
    params = {"sort_key": attribute.name, "sort_dir": "asc"}
    world.admin.get(collection.path(world), params).refused(400, "HTTPBadRequest")


@about(identified)
def test_sort_keys_and_directions_come_in_pairs(world, collection):
    path = collection.path(world)
    for params in ({"sort_key": "id"}, {"sort_dir": "asc"}, {"sort_key": ["id", "id"], "sort_dir": "asc"},
                   {"sort_key": "id", "sort_dir": "up"}, {"sort_key": "nonsense", "sort_dir": "asc"}):
        world.admin.get(path, params).refused(400, "HTTPBadRequest")


@about(taggable)
def test_the_four_tag_filters(world, collection):
    blue = collection.create(world, tags=["blue"])["id"]
    both = collection.create(world, tags=["blue", "green"])["id"]
    none = collection.create(world)["id"]
    wanted = {"tags": {"blue": {blue, both}, "blue,green": {both}}, "tags-any": {"blue,red": {blue, both}},
              "not-tags": {"blue,green": {blue, none}, "blue": {none}}, "not-tags-any": {"green,red": {blue, none}}}
    for name, cases in wanted.items():
        for tags, found in cases.items():
            shown = listed(world.member, world, collection, **{name: tags, "id": [blue, both, none]})
            assert {one["id"] for one in shown} == found, (name, tags)
    shown = listed(world.member, world, collection, **{"tags": "blue", "not-tags": "green", "id": [blue, both, none]})
    assert [one["id"] for one in shown] == [blue]
    # The empty text may be a tag; what no tag can be, nothing has.
    empty = collection.create(world, tags=[""])["id"]
    assert [one["id"] for one in listed(world.member, world, collection, tags="", id=[blue, empty])] == [empty]
    impossible = {"tags": {}, "tags-any": {}, "not-tags": {blue, none}, "not-tags-any": {blue, none}}
    for name, found in impossible.items():
        answer = world.member.get(f"{collection.path(world)}?{name}=a%00b&id={blue}&id={none}").ok(200)
        assert {one["id"] for one in answer[collection.members]} == set(found), name

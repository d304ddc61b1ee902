"""Section 1.4: who finds an object, and who may do what with it."""
from choices import about, creatable, every, taggable, updatable
from rest import UNKNOWN, Caller


def ids(caller, collection, world):
    return {shown["id"] for shown in caller.get(collection.path(world)).ok(200)[collection.members]}


def below_another(collection):
    return "{" in collection.document_path


@about(creatable)
def test_another_project_does_not_find_it(world, collection):
    made = collection.create(world)
    path = collection.path(world, made["id"])
    world.stranger.get(path).refused(404)
    world.stranger.delete(path).refused(404)
    if collection.updatable:
        world.stranger.put(path, {collection.key: {}}).refused(404)
        named = next(a for a in collection.attributes if a.may("U") and a.has_sample and a.setter == "any")
        world.stranger.put(path, {collection.key: {named.name: named.sample}}).refused(404)
    if below_another(collection):
        world.stranger.get(collection.path(world)).refused(404)
        world.stranger.post(collection.path(world), {collection.key: collection.make(world, 1)}).refused(404)
    else:
        assert world.stranger.get(path).error == collection.not_found
        assert made["id"] not in ids(world.stranger, collection, world)
    assert world.admin.get(path).ok(200)[collection.key]["id"] == made["id"]


@about(creatable)
def test_its_project_and_administrators_find_it(world, collection):
    made = collection.create(world)
    for caller in (world.reader, world.member, world.manager, world.admin):
        assert made["id"] in ids(caller, collection, world)
        assert caller.get(collection.path(world, made["id"])).ok(200)[collection.key]["id"] == made["id"]


@about(creatable)
def test_a_reader_changes_nothing(world, collection):
    made = collection.create(world)
    path = collection.path(world, made["id"])
    body = {collection.key: collection.make(world, world.number())}
    world.reader.post(collection.path(world), body).refused(403, "PolicyNotAuthorized")
    world.reader.delete(path).refused(403, "PolicyNotAuthorized")
    if collection.updatable:
        named = next(a for a in collection.attributes if a.may("U") and a.has_sample and a.setter == "any")
        body = {collection.key: {named.name: named.sample}}
        world.reader.put(path, body).refused(403, "PolicyNotAuthorized")
    shown = world.admin.get(path).ok(200)[collection.key]
    assert {name: shown[name] for name in made} == made


@about(creatable)
def test_managers_and_administrators_may_do_what_members_may(world, collection):
    for caller in (world.manager, world.admin):
        made = collection.create(world)
        path = collection.path(world, made["id"])
        if collection.updatable:
            named = next(a for a in collection.attributes if a.may("U") and a.has_sample and a.setter == "any")
            caller.put(path, {collection.key: {named.name: named.sample}}).ok(200)
        caller.delete(path).ok(204)
        world.member.get(path).refused(404, collection.not_found)


@about(lambda c: c.items)
def test_what_is_no_id_or_nobodys_is_not_found(world, collection):
    for id in ("no-id", "a name", UNKNOWN, "x" * 300, "%00", "..%2f"):
        message = world.admin.get(collection.path(world, id)).refused(404, collection.not_found)
        assert id in message or id not in ("no-id", UNKNOWN)
        if collection.make:
            world.admin.delete(collection.path(world, id)).refused(404, collection.not_found)
            if collection.updatable:
                answer = world.admin.put(collection.path(world, id), {collection.key: {}})
                answer.refused(404, collection.not_found)


@about(taggable)
def test_the_tags_of_another_project_are_not_found(world, collection):
    path = collection.path(world, collection.create(world, tags=["blue"])["id"]) + "/tags"
    for answer in (world.stranger.get(path), world.stranger.put(path, {"tags": []}),
                   world.stranger.post(path, {"tags": []}), world.stranger.delete(path),
                   world.stranger.get(f"{path}/blue"), world.stranger.put(f"{path}/red"),
                   world.stranger.delete(f"{path}/blue")):
        answer.refused(404, collection.not_found)
    assert world.member.get(path).ok(200) == {"tags": ["blue"]}
    for answer in (world.reader.put(path, {"tags": []}), world.reader.delete(path), world.reader.put(f"{path}/red"),
                   world.reader.post(path, {"tags": ["red"]}), world.reader.delete(f"{path}/blue")):
        answer.refused(403, "PolicyNotAuthorized")
    assert world.reader.get(path).ok(200) == {"tags": ["blue"]}


@about(lambda c: c.operators)
def test_what_is_the_operators_is_shown_to_administrators_alone(world, collection):
    listed = world.admin.get(collection.path(world)).ok(200)[collection.members]
    if collection.name == "agents":
        assert listed
    assert world.member.get(collection.path(world)).ok(200)[collection.members] == []
    for shown in listed[:1]:
        id = shown.get("id") or shown["network_id"]
        world.admin.get(collection.path(world, id)).ok(200)
        world.member.get(collection.path(world, id)).refused(404, collection.not_found)


@about(creatable)
def test_each_role_brings_those_below_it(world, collection):
    for role in ("member", "manager", "admin"):
        caller = Caller(world.endpoint, "alpha", role)
        made = collection.create(world, caller)
        path = collection.path(world, made["id"])
        assert caller.get(path).ok(200)[collection.key]["id"] == made["id"]
        caller.delete(path).ok(204)


@about(every)
def test_who_has_no_role_learns_what_there_is_and_nothing_more(world, collection):
    nobody = Caller(world.endpoint, "alpha", "nonsense")
    nobody.get(collection.path(world)).refused(403, "PolicyNotAuthorized")
    if collection.make:
        nobody.post(collection.path(world), {collection.key: {}}).refused(403, "PolicyNotAuthorized")
        nobody.delete(collection.path(world, UNKNOWN)).refused(403, "PolicyNotAuthorized")
    for path in ("/", "/v2.0/", "/v2.0/extensions", "/v2.0/extensions/router"):
        nobody.get(path).ok(200)


@about(lambda c: creatable(c) and below_another(c))
def test_what_is_below_nothing_is_not_found(world, collection):
    made = collection.create(world)
    own = collection.path(world, made["id"])
    above, parent, name, id = own.rsplit("/", 3)
    kind = {"/v2.0/floatingips": "FloatingIPNotFound", "/v2.0/routers": "RouterNotFound"}[above]
    body = {collection.key: collection.make(world, world.number())}
    for path in (f"{above}/{UNKNOWN}/{name}", f"{above}/no-id/{name}"):
        for answer in (world.member.get(path), world.member.post(path, body), world.member.get(f"{path}/{id}"),
                       world.member.put(f"{path}/{id}", {collection.key: {}}), world.member.delete(f"{path}/{id}")):
            # An object elsewhere is not found here, whatever else is not.
            answer.refused(404, kind, collection.not_found)
        world.member.get(path).refused(404, kind)
        world.member.post(path, body).refused(404, kind)
    for answer in (world.stranger.get(own.rsplit("/", 1)[0]), world.stranger.post(own.rsplit("/", 1)[0], body)):
        answer.refused(404, kind)
    assert world.member.get(own).ok(200)[collection.key] == made

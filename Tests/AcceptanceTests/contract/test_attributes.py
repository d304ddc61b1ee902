"""Sections 1.3 and 1.8, and each row of the attribute tables: what may be given, by whom, and what is shown."""
import re

from choices import about, creatable, every, owned, standard, updatable

ADMINS_OWN = ("adm", "mgr", "svc")


def valid(collection, world):
    return collection.make(world, world.number())


def may_set(attribute, world):
    return {"any": world.member, "svc": world.service}.get(attribute.setter, world.admin)


@about(creatable)
def test_an_unknown_attribute_is_refused(world, collection):
    path = collection.path(world)
    body = valid(collection, world) | {"nonsense": 1}
    assert "nonsense" in world.member.post(path, {collection.key: body}).refused(400, "HTTPBadRequest")
    made = collection.create(world)
    if collection.updatable:
        answer = world.member.put(f"{path}/{made['id']}", {collection.key: {"nonsense": 1}})
        assert "nonsense" in answer.refused(400, "HTTPBadRequest")


@about(creatable, lambda a: not a.may("P"))
def test_a_create_cannot_give_it(world, collection, attribute):
    body = valid(collection, world) | {attribute.name: None}
    message = world.admin.post(collection.path(world), {collection.key: body}).refused(400, "HTTPBadRequest")
    assert attribute.name in message


@about(updatable, lambda a: not a.may("U"))
def test_an_update_cannot_give_it(world, collection, attribute):
    made = collection.create(world)
    answer = world.admin.put(collection.path(world, made["id"]), {collection.key: {attribute.name: None}})
    assert attribute.name in answer.refused(400, "HTTPBadRequest")


@about(creatable, lambda a: a.may("R"))
def test_a_create_must_give_it(world, collection, attribute):
    body = valid(collection, world)
    body.pop(attribute.name)
    message = world.member.post(collection.path(world), {collection.key: body}).refused(400, "HTTPBadRequest")
    assert attribute.name in message


@about(creatable, lambda a: (a.may("P") or a.may("U")))
def test_wrong_values_are_refused(world, collection, attribute):
    made = collection.create(world) if attribute.may("U") and collection.updatable else None
    for value in attribute.wrong_values:
        change = {attribute.name: value}
        if attribute.may("P"):
            answer = world.admin.post(collection.path(world), {collection.key: valid(collection, world) | change})
            answer.refused(400, *collection.refusals(attribute, value))
        if made:
            answer = world.admin.put(collection.path(world, made["id"]), {collection.key: change})
            answer.refused(400, *collection.refusals(attribute, value))


@about(creatable, lambda a: a.may("P") and a.has_sample)
def test_a_create_gives_it(world, collection, attribute):
    made = collection.create(world, may_set(attribute, world), **{attribute.name: attribute.sample})
    shown = world.admin.get(collection.path(world, made["id"])).ok(200)[collection.key]
    assert made[attribute.name] == shown[attribute.name] == attribute.sample


@about(updatable, lambda a: a.may("U") and a.has_sample)
def test_an_update_gives_it(world, collection, attribute):
    made = collection.create(world)
    caller, path = may_set(attribute, world), collection.path(world, made["id"])
    changed = caller.put(path, {collection.key: {attribute.name: attribute.sample}}).ok(200)[collection.key]
    shown = world.admin.get(path).ok(200)[collection.key]
    assert changed[attribute.name] == shown[attribute.name] == attribute.sample
    if collection.standard and made.get(attribute.name) != attribute.sample:
        assert shown["revision_number"] > made["revision_number"]
        assert shown["updated_at"] >= made["updated_at"]


@about(updatable, lambda a: a.may("P") and a.may("U") and a.type == "bool" and a.has_sample
       and not a.nullable and a.name != "port_security_enabled")
def test_a_boolean_has_many_words(world, collection, attribute):
    caller = may_set(attribute, world)
    made = collection.create(world, caller)
    path = collection.path(world, made["id"])
    words = {True: (True, 1, "t", "True", "TRUE", "on", "y", "Yes", "1"),
             False: (False, 0, "f", "False", "off", "n", "NO", "0")}
    for wanted in (not made[attribute.name], made[attribute.name]):
        if collection.name == "address-scopes" and not wanted:
            # What is shared stays so.
            continue
        for word in words[wanted]:
            changed = caller.put(path, {collection.key: {attribute.name: word}}).ok(200)[collection.key]
            assert changed[attribute.name] is wanted


@about(updatable, lambda a: a.may("P") and a.may("U") and a.type == "int" and a.has_sample)
def test_a_number_may_be_given_by_its_digits(world, collection, attribute):
    digits = str(attribute.sample)
    made = collection.create(world, may_set(attribute, world), **{attribute.name: digits})
    assert made[attribute.name] == attribute.sample


@about(creatable, lambda a: a.name in ("name", "description", "device_id") and a.may("P"))
def test_a_text_has_room_for_255_characters_of_any_kind(world, collection, attribute):
    text = "äß漢🙂\n\t\"'\\" + "x" * 246
    assert len(text) == 255
    made = collection.create(world, **{attribute.name: text})
    shown = world.member.get(collection.path(world, made["id"])).ok(200)[collection.key]
    assert made[attribute.name] == shown[attribute.name] == text


@about(creatable, lambda a: a.setter in ADMINS_OWN)
def test_a_member_cannot_give_what_is_not_a_members(world, collection, attribute):
    value = attribute.sample if attribute.has_sample else None
    if value is None and not attribute.nullable:
        value = True
    change = {attribute.name: value}
    if attribute.may("P"):
        answer = world.member.post(collection.path(world), {collection.key: valid(collection, world) | change})
        answer.refused(403, "PolicyNotAuthorized")
    if attribute.may("U") and collection.updatable:
        made = collection.create(world)
        answer = world.member.put(collection.path(world, made["id"]), {collection.key: change})
        answer.refused(403, "PolicyNotAuthorized")
        shown = world.admin.get(collection.path(world, made["id"])).ok(200)[collection.key]
        assert {name: shown[name] for name in made} == made


@about(creatable, lambda a: a.setter == "svc")
def test_an_administrator_cannot_give_what_is_the_services(world, collection, attribute):
    change = {attribute.name: attribute.sample}
    answer = world.admin.post(collection.path(world), {collection.key: valid(collection, world) | change})
    answer.refused(403, "PolicyNotAuthorized")
    made = collection.create(world)
    answer = world.admin.put(collection.path(world, made["id"]), {collection.key: change})
    answer.refused(403, "PolicyNotAuthorized")


@about(every)
def test_everyone_sees_what_the_table_says(world, collection):
    if collection.make:
        collection.create(world)
    for caller, hidden in ((world.admin, False), (world.member, True)):
        for shown in caller.get(collection.path(world)).ok(200)[collection.members]:
            visible = {a.name for a in collection.attributes if not a.may("I") and not (hidden and a.may("H"))}
            left_out = {a.name for a in collection.attributes if a.may("O")}
            assert visible - left_out <= set(shown) <= visible


@about(owned)
def test_both_names_of_the_owner_are_shown_and_taken(world, collection):
    made = collection.create(world)
    assert made["project_id"] == made["tenant_id"] == "alpha"
    for name in ("project_id", "tenant_id"):
        assert collection.create(world, **{name: "alpha"})["project_id"] == "alpha"
    both = {"project_id": "alpha", "tenant_id": "alpha"}
    assert collection.create(world, **both)["tenant_id"] == "alpha"


@about(owned)
def test_an_owner_is_refused_that_is_not_the_callers_to_name(world, collection):
    path = collection.path(world)
    for caller, change in ((world.member, {"project_id": "beta"}), (world.member, {"tenant_id": "beta"}),
                           (world.manager, {"project_id": "beta"}),
                           (world.admin, {"project_id": "alpha", "tenant_id": "beta"})):
        answer = caller.post(path, {collection.key: valid(collection, world) | change})
        answer.refused(400, "HTTPBadRequest")
    assert collection.create(world, world.admin, project_id="alpha")["project_id"] == "alpha"


@about(owned)
def test_a_project_may_have_any_name_of_255_characters(world, collection):
    path, name = collection.path(world), "p" * 255
    made = world.admin.post(path, {collection.key: valid(collection, world) | {"project_id": name}}).ok(201)
    world.forget_later(f"{path}/{made[collection.key]['id']}")
    assert made[collection.key]["project_id"] == made[collection.key]["tenant_id"] == name
    for wrong in ("p" * 256, 5, [], None):
        answer = world.admin.post(path, {collection.key: valid(collection, world) | {"project_id": wrong}})
        answer.refused(400, "HTTPBadRequest")


@about(creatable)
def test_an_id_is_a_lower_case_uuid(world, collection):
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", collection.create(world)["id"])


@about(lambda c: owned(c) and updatable(c))
def test_the_owner_never_changes(world, collection):
    made = collection.create(world)
    for name in ("project_id", "tenant_id"):
        answer = world.admin.put(collection.path(world, made["id"]), {collection.key: {name: "alpha"}})
        answer.refused(400, "HTTPBadRequest")


@about(standard)
def test_times_and_revisions_have_their_form(world, collection):
    made = collection.create(world)
    for name in ("created_at", "updated_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made[name])
    assert isinstance(made["revision_number"], int)

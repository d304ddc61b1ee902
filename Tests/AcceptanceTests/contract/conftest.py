import re

import pytest

from more_tables import ALL
from rest import Caller
from scene import scene  # noqa: F401
from world import World


def pytest_addoption(parser):
    parser.addoption("--endpoint", required=True, help="where a Sluice with one agent answers, without identities")
    parser.addoption("--services", required=True, help="the folder of the sockets of its services")


def pytest_generate_tests(metafunc):
    """Spreads a test over the collections, and over the attributes, that it is about: those that are served."""
    about = metafunc.definition.get_closest_marker("about")
    if about is None:
        return
    served = metafunc.config.stash[SERVED]
    collections = [c for c in ALL if c in served and about.args[0](c)]
    if "attribute" in metafunc.fixturenames:
        pairs = [(c, a) for c in collections for a in c.attributes if about.args[1](a) and is_served(a, served[c])]
        metafunc.parametrize("collection, attribute", pairs, ids=[f"{c}.{a.name}" for c, a in pairs])
    else:
        metafunc.parametrize("collection", collections, ids=map(str, collections))


SERVED = pytest.StashKey()


def is_served(attribute, names):
    return attribute.name in names or not attribute.may("O")


def served_attributes(document):
    """The attributes that the served document has of each collection that it has."""
    paths = {re.sub(r"\{.*?\}", "{}", path): path for path in document["paths"]}
    served = {}
    for collection in ALL:
        path = paths.get(re.sub(r"\{.*?\}", "{}", collection.document_path))
        if path:
            fields = next(p for p in document["paths"][path]["get"]["parameters"] if p["name"] == "fields")
            served[collection] = fields["schema"]["items"]["enum"]
    return served


def pytest_collection_modifyitems(items):
    """What destroys what stands ready comes last."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


def pytest_configure(config):
    config.addinivalue_line("markers", "about(collections, attributes): what a test is spread over")
    config.addinivalue_line("markers", "last: what destroys what stands ready")
    document = Caller(config.getoption("--endpoint"), "").get("/openapi.json").ok(200)
    config.stash[SERVED] = served_attributes(document)


@pytest.fixture(scope="session")
def ready(pytestconfig):
    world = World(*map(pytestconfig.getoption, ("--endpoint", "--services")))
    world.unbounded()
    yield world
    world.leave()


@pytest.fixture
def world(ready):
    yield ready
    ready.forget()

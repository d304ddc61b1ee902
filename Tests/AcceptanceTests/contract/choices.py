"""Which collections and attributes a test is about."""
import pytest


def about(collections, attributes=None):
    """Spreads a test over the collections that fit, and over their attributes that fit if it takes one."""
    return pytest.mark.about.with_args(collections, attributes)


def every(_):
    return True


def creatable(collection):
    return collection.make is not None


def updatable(collection):
    return creatable(collection) and collection.updatable


def owned(collection):
    return creatable(collection) and any(a.name == "project_id" for a in collection.attributes)


def standard(collection):
    return creatable(collection) and collection.standard


def taggable(collection):
    return collection.taggable


def identified(collection):
    return any(a.name == "id" for a in collection.attributes)

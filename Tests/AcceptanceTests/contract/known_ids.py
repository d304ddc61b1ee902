"""Puts ids of what is there into about half of what schemathesis generates, so that it gets past "not found"."""
import json
import os
import re
import zlib

import schemathesis

# Ids by the attribute that names such an object, and by the path of its collection.
KNOWN = json.loads(os.environ["KNOWN_IDS"])


def chosen(value):
    return isinstance(value, str) and zlib.crc32(value.encode("utf-8", "replace")) % 2


def with_known_ids(value):
    if isinstance(value, dict):
        return {name: KNOWN[name] if name in KNOWN and chosen(inner) else with_known_ids(inner)
                for name, inner in value.items()}
    if isinstance(value, list):
        return [with_known_ids(inner) for inner in value]
    return value


@schemathesis.hook
def map_body(context, body):
    return with_known_ids(body)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    mapped = dict(path_parameters or {})
    for collection, name in re.findall(r"([^/]+)/\{(\w+)\}", context.operation.path):
        if collection in KNOWN and chosen(mapped.get(name)):
            mapped[name] = KNOWN[collection]
    return mapped

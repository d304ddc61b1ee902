"""A collection of the contract, and its attributes as the contract's table has them."""
import json


class Attribute:
    """One row: `name type uses setter sample`.

    type: str255 bool int uuid ip ip4 cidr mac list dict word time any; `?` after it allows null.
    uses: P create, U update, F filter, S sort, R required in a create, H shown to administrators only,
          I input only, O may be left out of answers.
    setter: any, mgr, adm, svc.
    sample: a JSON value that a create and an update may give, or - where a generic one means nothing.
    """

    def __init__(self, row):
        self.name, type_, self.uses, self.setter, sample = row.split(None, 4)
        self.nullable = type_.endswith("?")
        self.type = type_.rstrip("?")
        self.has_sample = sample != "-"
        self.sample = json.loads(sample) if self.has_sample else None

    def may(self, use):
        return use in self.uses

    @property
    def wrong_values(self):
        """Values that its type refuses."""
        texts = [5, [], {}] if self.type not in ("list", "dict", "int", "bool", "any") else []
        wrong = {
            "str255": ["x" * 256], "bool": ["maybe", 2, [], {}], "int": ["x", [], 1.5, -2**70], "uuid": ["nope"],
            "ip": ["nope", "300.1.1.1", "010.1.1.1"], "ip4": ["nope", "2001:db8::1", "010.1.1.1"],
            "cidr": ["nope", "10.0.0.0/33"], "mac": ["nope", "00:00:00:00:00:00"], "word": ["nope"],
            "list": ["nope", 5, {}], "dict": ["nope", 5, []],
        }.get(self.type, []) + texts
        return wrong if self.nullable or self.type == "any" else wrong + [None]


class Collection:
    """A collection by its table.

    make: what a valid create of a member gives, from the world and a number that is used once.
    path: its place, for collections below another object; made from the world.
    """

    def __init__(self, name, key, not_found, table, make=None, path=None, **traits):
        self.name = name
        self.key = key
        self.not_found = not_found
        self.make = make
        self._path = path
        self.attributes = [Attribute(row) for row in table.splitlines() if row.strip()]
        self.members = name.replace("-", "_")
        self.bulk = traits.get("bulk", False)
        self.taggable = traits.get("taggable", False)
        self.standard = traits.get("standard", True)
        self.updatable = traits.get("updatable", True)
        # Shown to administrators alone.
        self.operators = traits.get("operators", False)
        # Whether there are paths of single objects.
        self.items = traits.get("items", True)
        # The path in the served document.
        self.document_path = traits.get("document_path", f"/v2.0/{name}")
        # Attributes whose wrong words have an error type of their own.
        self.judged_as = traits.get("judged_as", {})

    def __repr__(self):
        return self.name

    def refusals(self, attribute, value):
        """The types that a wrong value of an attribute is refused with.

        What is no boolean or no number is told by what converts it, all else by what checks it.
        """
        if attribute.name in self.judged_as and isinstance(value, str):
            return [self.judged_as[attribute.name]]
        if attribute.type == "bool" or attribute.type == "int" and isinstance(value, (str, list, dict, float)):
            return ["InvalidInput"]
        # A number may be too great to be one.
        return ["HTTPBadRequest", "InvalidInput"] if attribute.type == "int" and value else ["HTTPBadRequest"]

    def wrong_form(self, attribute):
        """A value that is refused by its form, before anything is asked; None where there is none."""
        forms = [v for v in attribute.wrong_values if attribute.name not in self.judged_as or not isinstance(v, str)]
        return forms[0] if forms else None

    def path(self, world, id=None):
        path = self._path(world) if self._path else f"/v2.0/{self.name}"
        return f"{path}/{id}" if id else path

    def create(self, world, caller=None, **attributes):
        """A new object of the project alpha, gone when the test is over."""
        body = self.make(world, world.number()) | attributes
        path = self.path(world)
        made = (caller or world.member).post(path, {self.key: body}).ok(201)[self.key]
        world.forget_later(f"{path}/{made['id']}")
        return made

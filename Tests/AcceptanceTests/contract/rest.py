"""Calls of the API, each held to what every answer must keep."""
import json as codec
import re
import time

import requests

REQUEST_ID = re.compile(r"^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
UNKNOWN = "00000000-0000-4000-8000-00000000dead"


def eventually(holds, seconds=10):
    """Waits for what comes true by itself a moment later."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


class Answer:
    """An answer that has the form that all answers have; the rest is the test's to judge."""

    def __init__(self, response, call):
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.call = call
        self.json = codec.loads(response.text) if response.text else None
        self._keep_the_form()

    def _keep_the_form(self):
        assert REQUEST_ID.match(self.headers.get("x-openstack-request-id", "")), f"{self}: no request id"
        assert self.status < 500, f"{self}"
        if self.status == 204:
            assert not self.text, f"{self}: 204 has a body"
        if self.text:
            assert self.headers["Content-Type"] == "application/json", f"{self}"
        if self.status >= 400 and self.call[0] != "HEAD":
            error = self.json["NeutronError"]
            assert set(self.json) == {"NeutronError"} and set(error) == {"type", "message", "detail"}, f"{self}"
            assert error["type"] and error["message"] and isinstance(error["detail"], str), f"{self}"
        if self.status == 405:
            assert self.headers.get("Allow"), f"{self}: no Allow"

    @property
    def error(self):
        return self.json["NeutronError"]["type"] if self.status >= 400 else None

    @property
    def message(self):
        return self.json["NeutronError"]["message"]

    def __repr__(self):
        return f"{self.call} -> {self.status} {self.text[:600]}"

    def ok(self, status=None):
        """The body of a success."""
        assert self.status == status if status else self.status < 300, repr(self)
        return self.json

    def refused(self, status, *types):
        """The message of a refusal of this status, and of one of these types if any are named."""
        assert self.status == status and (not types or self.error in types), f"wanted {status} {types}: {self!r}"
        return self.message


class Caller:
    """Someone who calls: a project and its roles."""

    def __init__(self, endpoint, project, *roles):
        self.endpoint = endpoint
        self.project = project
        self.session = requests.Session()
        self.session.headers.update({"X-Project-Id": project, "X-Roles": ",".join(roles)})

    def call(self, method, path, json=None, params=None, headers=None, data=None):
        url = path if path.startswith("http") else self.endpoint + path
        request = requests.Request(method, url, json=json, params=params, headers=headers, data=data)
        prepared = self.session.prepare_request(request)
        if "%" in url or "//" in path:
            # As it is written here: what is malformed stays so.
            prepared.url = url
        response = self.session.send(prepared, timeout=30, allow_redirects=False)
        return Answer(response, (method, url, params, json if data is None else data, self.project))

    def get(self, path, params=None, **more):
        return self.call("GET", path, params=params, **more)

    def post(self, path, json=None, **more):
        return self.call("POST", path, json=json, **more)

    def put(self, path, json=None, **more):
        return self.call("PUT", path, json=json, **more)

    def delete(self, path, **more):
        return self.call("DELETE", path, **more)

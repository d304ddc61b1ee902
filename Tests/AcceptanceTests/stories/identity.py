"""The least of an identity service that clients need to sign in: any password, one catalog, projects named as their ids."""
import http.server
import json
import threading
import uuid

EXPIRY = {"issued_at": "2026-01-01T00:00:00.000000Z", "expires_at": "2099-01-01T00:00:00.000000Z"}
DOMAIN = {"id": "default", "name": "Default"}


def project(name):
    return {"id": name, "name": name, "domain_id": "default", "domain": DOMAIN, "enabled": True, "is_domain": False,
            "parent_id": "default", "description": "", "links": {}, "tags": [], "options": {}}


# The tokens that were issued, each with what is said of it.
TOKENS = {}


class Handler(http.server.BaseHTTPRequestHandler):
    network = ""
    base = ""
    # Whether it cannot tell of tokens now.
    away = False

    def log_message(self, *_):
        pass

    def answer(self, status, body, **headers):
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers | {"Content-Type": "application/json", "Content-Length": len(text)}).items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        version = {"id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z", "media-types": [],
                   "links": [{"rel": "self", "href": f"{self.base}/v3/"}]}
        if path == "/v3/auth/tokens":
            return self.tell_of_token()
        if path.startswith("/v3/projects/"):
            name = path.rsplit("/", 1)[1]
            return self.answer(200, {"project": project(name)}) if name in PROJECTS else self.answer(404, {
                "error": {"code": 404, "title": "Not Found", "message": "no such project"}})
        if path == "/v3/projects":
            return self.answer(200, {"projects": [project(n) for n in PROJECTS if f"name={n}" in query], "links": {}})
        if path.rstrip("/") == "/v3":
            return self.answer(200, {"version": version})
        return self.answer(300, {"versions": {"values": [version]}})

    def tell_of_token(self):
        refusal = {"error": {"code": 404, "title": "Not Found", "message": "no such token"}}
        if self.away:
            return self.answer(500, refusal)
        if self.headers["X-Auth-Token"] not in TOKENS:
            return self.answer(401, refusal)
        token = TOKENS.get(self.headers["X-Subject-Token"])
        return self.answer(200, {"token": token}) if token else self.answer(404, refusal)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = asked["auth"].get("scope", {}).get("project", {}).get("name", "admin")
        urls = {"network": self.network, "identity": f"{self.base}/v3"}
        catalog = [{"id": kind, "type": kind, "name": kind, "endpoints": [
            {"id": kind, "interface": "public", "region": "one", "region_id": "one", "url": url}]}
            for kind, url in urls.items()]
        who = asked["auth"]["identity"]["password"]["user"]["name"]
        user = {"id": who, "name": who, "domain": DOMAIN, "password_expires_at": None}
        role = ROLES.get(who, "admin")
        token = {"methods": ["password"], "user": user, "project": project(name), "roles": [{"id": role, "name": role}],
                 "catalog": catalog, "audit_ids": ["a"], "is_domain": False} | EXPIRY
        secret = uuid.uuid4().hex
        TOKENS[secret] = token
        self.answer(201, {"token": token}, X_Subject_Token=secret)


PROJECTS = ("admin", "alpha", "beta")
# The roles of users by their names; all others are administrators.
ROLES = {"member": "member", "reader": "reader", "nobody": "onlooker"}


def serve(network, tls=None):
    """Serves until the process ends; the URL to sign in at, for a catalog with that network endpoint."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    Handler.network = network
    Handler.base = f"{'https://localhost' if tls else 'http://127.0.0.1'}:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"{Handler.base}/v3"

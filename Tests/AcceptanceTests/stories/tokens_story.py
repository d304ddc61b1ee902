"""Callers who are known by their tokens: a gateway of its own in identity mode keystone, before a Sluice's services."""
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

import openstack
import requests

import identity


def certificate(folder):
    """One that vouches for itself as localhost, and its key."""
    names = [str(pathlib.Path(folder) / name) for name in ("trust.pem", "server.key")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", names[0],
                    "-keyout", names[1]], check=True, capture_output=True)
    return names


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(gateway, run):
    with tempfile.TemporaryDirectory() as folder:
        trust, key = certificate(folder)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(trust, key)
        endpoint = f"http://127.0.0.1:{free_port()}"
        url = identity.serve(endpoint, tls)
        services = [word for name in ("network", "router", "floatingip")
                    for word in (f"--{name}-address", f"unix:{run}/{name}.sock")]
        process = subprocess.Popen([gateway, "--listen-address", endpoint.removeprefix("http://"), *services,
                                    "--identity-mode", "keystone", "--identity-url", url, "--identity-trust", trust,
                                    "--identity-cache-seconds", "1", "--log-level", "error"])
        try:
            tell(endpoint, url, trust)
        finally:
            process.terminate()
            process.wait(20)
    print("story told")


def connect(url, trust, user, project):
    return openstack.connect(auth_url=url, username=user, password="x", project_name=project, cacert=trust,
                             user_domain_name="Default", project_domain_name="Default", region_name="one")


def tell(endpoint, url, trust):
    until(lambda: answers(f"{endpoint}/"))
    for token in (None, "", "nonsense", "é".encode()):
        answer = requests.get(f"{endpoint}/v2.0/routers", headers={} if token is None else {"X-Auth-Token": token})
        assert answer.status_code == 401, answer.text
        assert answer.headers["WWW-Authenticate"] == f'Keystone uri="{url}"', answer.headers
        assert answer.json()["error"]["code"] == 401 and answer.json()["error"]["title"] == "Unauthorized"
        assert answer.headers["x-openstack-request-id"].startswith("req-")
    # What a caller says of itself counts for nothing.
    pretended = {"X-Roles": "admin", "X-Project-Id": "alpha"}
    assert requests.get(f"{endpoint}/v2.0/routers", headers=pretended).status_code == 401
    member, reader, stranger, admin, nobody = (connect(url, trust, user, project) for user, project in (
        ("member", "alpha"), ("reader", "alpha"), ("member", "beta"), ("admin", "admin"), ("nobody", "alpha")))
    router = member.network.create_router(name="tokens", project_id="alpha")
    assert router.project_id == "alpha" and router.is_ha is None, router
    assert reader.network.get_router(router.id).name == "tokens"
    assert admin.network.get_router(router.id).is_ha is False
    assert stranger.network.find_router(router.id) is None
    for caller in (reader, nobody):
        assert caller.network.put(f"/routers/{router.id}", json={"router": {"name": "x"}}).status_code == 403
    assert nobody.network.get("/routers").status_code == 403
    assert nobody.network.get("/extensions").status_code == 200
    # What was revoked is good for as long as the answer counts, and no longer.
    identity.TOKENS.pop(member.auth_token)
    raw = {"X-Auth-Token": member.auth_token}
    until(lambda: requests.get(f"{endpoint}/v2.0/routers", headers=raw).status_code == 401)
    admin.network.delete_router(router.id)
    # While nobody can tell, nobody is let in, and nobody is turned away as unknown.
    identity.Handler.away = True
    until(lambda: requests.get(f"{endpoint}/v2.0/routers", headers=raw).status_code == 503)
    identity.Handler.away = False
    until(lambda: requests.get(f"{endpoint}/v2.0/routers", headers={"X-Auth-Token": reader.auth_token}).ok)


def answers(url):
    try:
        return requests.get(url).status_code == 200
    except requests.ConnectionError:
        return False


def until(holds, seconds=20):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])

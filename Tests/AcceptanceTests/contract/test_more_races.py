"""Races for whatever else there is once, and of what excludes one another: one gets it, whichever comes first."""
import pytest

from test_races import CLIENTS, race, winner

NETWORKS, SUBNETS, PORTS, ROUTERS = "/v2.0/networks", "/v2.0/subnets", "/v2.0/ports", "/v2.0/routers"


def forwarding(world, scene, n, _=None, inner=None):
    path = f"/v2.0/floatingips/{world.floating_ip}/port_forwardings"
    return path, "port_forwarding", {
        "protocol": "tcp", "internal_port_id": world.port["id"], "internal_port": inner or 1000 + n,
        "internal_ip_address": world.port["fixed_ips"][0]["ip_address"], "external_port": 5000 + n if inner else 5000}


def proxied(world, scene, n, port):
    return "/v2.0/ndp_proxies", "ndp_proxy", {"router_id": world.proxied[0], "port_id": port, "name": f"n{n}"}


# What there is once: what stands ready for all, what each asks for (from the world, the scene, its number and that),
# and what the others are told.
ONCE = {
    "a forwarded port outside": (None, forwarding, [(400, "BadRequest")]),
    "a forwarded port inside": (None, lambda w, s, n, _: forwarding(w, s, n, inner=77), [(400, "BadRequest")]),
    "a proxied address": (lambda w, s: w.proxied_port(), proxied, [(409, "Conflict")]),
    "a default pool": (None, lambda w, s, n, _: ("/v2.0/subnetpools", "subnetpool", {
        "name": "pool", "prefixes": [f"10.{150 + n}.0.0/16"], "is_default": True}), [(400, "InvalidInput")]),
    "a prefix of a scope": (
        lambda w, s: s.make("/v2.0/address-scopes", "address_scope", w.admin, name="scope", ip_version=4)["id"],
        lambda w, s, n, scope: ("/v2.0/subnetpools", "subnetpool", {
            "name": "pool", "prefixes": ["10.150.0.0/16"], "address_scope_id": scope}),
        [(409, "AddressScopePrefixConflict")]),
    "a block of a pool": (
        lambda w, s: (s.make("/v2.0/subnetpools", "subnetpool", w.admin, name="pool", prefixes=["10.150.0.0/16"])["id"],
                      [s.network() for _ in range(CLIENTS)]),
        lambda w, s, n, ready: (SUBNETS, "subnet", {"network_id": ready[1][n], "ip_version": 4, "cidr": "10.150.7.0/24",
                                                    "subnetpool_id": ready[0]}),
        [(409, "SubnetAllocationError"), (400, "SubnetAllocationError")]),
    "a policy": (lambda w, s: s.network(), lambda w, s, n, network: ("/v2.0/rbac-policies", "rbac_policy", {
        "object_type": "network", "object_id": network, "action": "access_as_shared", "target_tenant": "beta"}),
        [(409, "DuplicateRbacPolicy")]),
    "a rule": (None, lambda w, s, n, _: ("/v2.0/security-group-rules", "security_group_rule", {
        "security_group_id": w.security_group, "direction": "ingress", "protocol": "sctp"}),
        [(409, "SecurityGroupRuleExists")]),
    "a helper": (lambda w, s: s.router(), lambda w, s, n, router: (
        f"{ROUTERS}/{router}/conntrack_helpers", "conntrack_helper", {"protocol": "tcp", "port": 21, "helper": "ftp"}),
        [(400, "BadRequest")]),
    "a block of a network": (lambda w, s: s.network(), lambda w, s, n, network: (SUBNETS, "subnet", {
        "network_id": network, "ip_version": 4, "cidr": "10.1.0.0/16" if n % 2 else "10.1.2.0/24"}),
        [(400, "InvalidInput")]),
    "a physical network": (None, lambda w, s, n, _: (NETWORKS, "network", {
        "provider:network_type": "flat", "provider:physical_network": "raced"}), [(409, "FlatNetworkInUse")]),
    "a VLAN": (None, lambda w, s, n, _: (NETWORKS, "network", {
        "provider:network_type": "vlan", "provider:physical_network": "raced", "provider:segmentation_id": 9}),
        [(409, "Conflict")]),
    "a hardware address": (lambda w, s: s.network(), lambda w, s, n, network: (PORTS, "port", {
        "network_id": network, "mac_address": "fa:16:3e:00:00:01"}), [(409, "MacAddressInUse")]),
}


@pytest.mark.parametrize("row", ONCE.values(), ids=ONCE.keys())
def test_there_is_one(world, scene, row):
    prepare, ask, refusals = row
    ready = prepare(world, scene) if prepare else None
    asked = [ask(world, scene, n, ready) for n in range(CLIENTS)]
    path, key, _ = asked[0]
    answers = race(world, *[lambda caller, body=body: caller.post(path, {key: body}) for _, _, body in asked],
                   roles=("admin",))
    won = winner(answers, 201, *refusals)
    world.forget_later(f"{path}/{won.json[key]['id']}")


def test_a_project_has_one_default_group_however_many_ask(world):
    project = f"raced-{world.number()}"
    acts = [lambda caller: caller.get("/v2.0/security-groups", {"name": "default"})] * CLIENTS
    found = {one["id"] for answer in race(world, *acts, project=project) for one in answer.ok(200)["security_groups"]}
    assert len(found) == 1


def delete(path):
    return lambda caller: caller.delete(path)


def attach(router, **end):
    return lambda caller: caller.put(f"{ROUTERS}/{router}/add_router_interface", end)


def post(path, key, **body):
    return lambda caller: caller.post(path, {key: body})


def change(path, key, **body):
    return lambda caller: caller.put(path, {key: body})


def router_and_interface(world, scene):
    router, subnet = scene.router(), scene.subnet()
    return ((delete(f"{ROUTERS}/{router}"), 204, [(409, "RouterInUse")]),
            (attach(router, subnet_id=subnet), 200, [(404, "RouterNotFound")]))


def network_and_port(world, scene):
    network = scene.network()
    return ((delete(f"{NETWORKS}/{network}"), 204, [(409, "NetworkInUse")]),
            (post(PORTS, "port", network_id=network), 201, [(404, "NetworkNotFound")]))


def subnet_and_port(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    return ((delete(f"{SUBNETS}/{subnet}"), 204, [(409, "SubnetInUse")]),
            (post(PORTS, "port", network_id=network, fixed_ips=[{"subnet_id": subnet}]), 201,
             [(404, "SubnetNotFound"), (400, "InvalidInput")]))


def outside_and_gateway(world, scene):
    outside = scene.outside("198.19.1.0/24")
    return ((change(f"{NETWORKS}/{outside}", "network", **{"router:external": False}), 200,
             [(409, "ExternalNetworkInUse")]),
            (post(ROUTERS, "router", external_gateway_info={"network_id": outside}), 201, [(400, "BadRequest")]))


def port_and_interface(world, scene):
    network, router = scene.network(), scene.router()
    port = scene.port(network, fixed_ips=[{"subnet_id": scene.subnet(network)}])["id"]
    return ((delete(f"{PORTS}/{port}"), 204, [(409, "ServicePortInUse")]),
            (attach(router, port_id=port), 200, [(404, "PortNotFound")]))


@pytest.mark.parametrize("pair", [router_and_interface, network_and_port, subnet_and_port, outside_and_gateway,
                                  port_and_interface], ids=lambda pair: pair.__name__)
@pytest.mark.parametrize("attempt", range(3))
def test_what_excludes_one_another_does(world, scene, pair, attempt):
    """Pairs of acts, each with its success and how it is refused when the other was first."""
    acts = pair(world, scene)
    answers = race(world, *[act for act, _, _ in acts], roles=("admin",))
    for answer in answers:
        for made in answer.json.values() if answer.status == 201 else ():
            world.forget_later(f"{answer.call[1].removeprefix(world.endpoint)}/{made['id']}")
    lost = [(answer, refusals) for answer, (_, done, refusals) in zip(answers, acts) if answer.status != done]
    assert len(lost) == 1, answers
    for answer, refusals in lost:
        assert (answer.status, answer.error) in refusals, answers

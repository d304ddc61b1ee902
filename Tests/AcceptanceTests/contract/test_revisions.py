"""Section 1.7 and the bumps of 1.8."""
import pytest

from choices import about, standard, updatable


def revision(world, path, key):
    return world.admin.get(path).ok(200)[key]["revision_number"]


def if_match(value):
    return {"If-Match": value}


@about(lambda c: standard(c) and updatable(c))
def test_a_write_can_ask_for_a_revision(world, collection):
    made = collection.create(world)
    path, body = collection.path(world, made["id"]), {collection.key: {"description": "changed"}}
    now = revision(world, path, collection.key)
    stale = if_match(f"revision_number={now + 7}")
    for answer in (world.member.put(path, body, headers=stale), world.member.delete(path, headers=stale)):
        message = answer.refused(412, "RevisionNumberConstraintFailed")
        assert str(now) in message and str(now + 7) in message
    for wrong in ("revision_number=x", "revision_number=", f"revision_number={now},revision_number={now}",
                  "revision_number=1.5"):
        world.member.put(path, body, headers=if_match(wrong)).refused(400, "BadRequest")
        world.member.delete(path, headers=if_match(wrong)).refused(400, "BadRequest")
    assert world.member.get(path, headers=stale).ok(200)[collection.key]["description"] == made["description"]
    changed = world.member.put(path, body, headers=if_match(f"revision_number={now}")).ok(200)[collection.key]
    assert changed["description"] == "changed" and changed["revision_number"] > now
    world.member.put(path, body, headers=if_match('"another-tag"')).ok(200)
    last = revision(world, path, collection.key)
    world.member.delete(path, headers=if_match(f"revision_number={last}")).ok(204)


class Bump:
    """The path and key of an object, and a change elsewhere that must raise its revision."""

    def __init__(self, world, path, key):
        self.world, self.path, self.key = world, path, key
        self.last = revision(world, path, key)

    def raised_by(self, *changes):
        for change in changes:
            change()
            now = revision(self.world, self.path, self.key)
            assert now > self.last
            self.last = now


def test_a_subnet_raises_its_network(world):
    network = world.member.post("/v2.0/networks", {"network": {}}).ok(201)["network"]["id"]
    world.forget_later(f"/v2.0/networks/{network}")
    bump = Bump(world, f"/v2.0/networks/{network}", "network")
    body = {"subnet": {"network_id": network, "ip_version": 4, "cidr": "10.1.0.0/24"}}
    made = []
    bump.raised_by(lambda: made.append(world.member.post("/v2.0/subnets", body).ok(201)["subnet"]["id"]),
                   lambda: world.member.delete(f"/v2.0/subnets/{made[0]}").ok(204),
                   lambda: world.admin.put(bump.path, {"network": {"router:external": True}}).ok(200),
                   lambda: world.admin.put(bump.path, {"network": {"router:external": False}}).ok(200))


@pytest.mark.parametrize("change", [
    {"security_groups": []}, {"allowed_address_pairs": [{"ip_address": "10.0.0.9"}]},
    {"extra_dhcp_opts": [{"opt_name": "mtu", "opt_value": "1400"}]}, {"dns_name": "label"},
    {"port_security_enabled": False, "security_groups": []}, {"binding:host_id": "a-host"},
    {"binding:vnic_type": "direct"}, {"fixed_ips": []}], ids=lambda change: next(iter(change)))
def test_a_port_is_raised_by_its_parts(world, change):
    group = {"security_groups": [world.security_group]} if "security_groups" in change and len(change) == 1 else {}
    body = {"port": {"network_id": world.network, **group}}
    port = world.member.post("/v2.0/ports", body).ok(201)["port"]["id"]
    world.forget_later(f"/v2.0/ports/{port}")
    bump = Bump(world, f"/v2.0/ports/{port}", "port")
    bump.raised_by(lambda: world.admin.put(bump.path, {"port": change}).ok(200))


def test_a_router_is_raised_by_gateways_interfaces_and_routes(world):
    router = world.member.post("/v2.0/routers", {"router": {}}).ok(201)["router"]["id"]
    path = f"/v2.0/routers/{router}"
    world.forget_later(path)
    body = {"subnet": {"network_id": world.network, "ip_version": 4, "cidr": "10.41.0.0/24"}}
    subnet = world.member.post("/v2.0/subnets", body).ok(201)["subnet"]["id"]
    world.forget_later(f"/v2.0/subnets/{subnet}")
    route = {"router": {"routes": [{"destination": "10.99.0.0/16", "nexthop": "10.41.0.9"}]}}
    gateway = {"router": {"external_gateway_info": {"network_id": world.external}}}
    bump = Bump(world, path, "router")
    bump.raised_by(lambda: world.member.put(path, gateway).ok(200),
                   lambda: world.member.put(f"{path}/add_router_interface", {"subnet_id": subnet}).ok(200),
                   lambda: world.member.put(path, route).ok(200),
                   lambda: world.member.put(f"{path}/remove_extraroutes", route).ok(200),
                   lambda: world.member.put(f"{path}/add_extraroutes", route).ok(200),
                   lambda: world.member.put(path, {"router": {"routes": []}}).ok(200),
                   lambda: world.member.put(f"{path}/remove_router_interface", {"subnet_id": subnet}).ok(200),
                   lambda: world.member.put(path, {"router": {"external_gateway_info": None}}).ok(200))


def test_a_floating_ip_is_raised_by_its_association(world):
    port = world.port["id"]
    body = {"floatingip": {"floating_network_id": world.external}}
    path = f"/v2.0/floatingips/{world.member.post('/v2.0/floatingips', body).ok(201)['floatingip']['id']}"
    world.forget_later(path)
    bump = Bump(world, path, "floatingip")
    bump.raised_by(lambda: world.member.put(path, {"floatingip": {"port_id": port}}).ok(200),
                   lambda: world.member.put(path, {"floatingip": {"port_id": None}}).ok(200))


def test_a_rule_raises_its_security_group(world):
    path = f"/v2.0/security-groups/{world.security_group}"
    bump = Bump(world, path, "security_group")
    body = {"security_group_rule": {"security_group_id": world.security_group, "direction": "ingress",
                                    "protocol": "udp"}}
    made = []
    bump.raised_by(
        lambda: made.append(world.member.post("/v2.0/security-group-rules", body).ok(201)["security_group_rule"]["id"]),
        lambda: world.member.delete(f"/v2.0/security-group-rules/{made[0]}").ok(204))


@about(lambda c: c.taggable)
def test_tags_raise_what_they_are_on(world, collection):
    path = collection.path(world, collection.create(world)["id"])
    bump = Bump(world, path, collection.key)
    bump.raised_by(lambda: world.member.put(f"{path}/tags/blue").ok(201),
                   lambda: world.member.put(f"{path}/tags", {"tags": ["green"]}).ok(200),
                   lambda: world.member.delete(f"{path}/tags").ok(204))

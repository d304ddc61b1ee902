"""What openstacksdk does beyond what the command line makes of it: bulk, conditions, details, and its cloud layer."""
import sys

import identity
import openstack
from openstack import exceptions


def raises(kind, call, *words):
    try:
        call()
    except kind as refusal:
        assert all(word in str(refusal.response.text) for word in words), refusal.response.text
    else:
        raise AssertionError(f"{kind.__name__} was expected")


def main(endpoint):
    cloud = openstack.connect(auth_type="password", auth_url=identity.serve(endpoint), username="walker", password="x",
                              project_name="admin", user_domain_name="Default", project_domain_name="Default")
    net = cloud.network
    aliases = {one.alias for one in net.extensions()}
    assert net.find_extension("router").alias == "router" and net.find_extension("nonsense") is None
    public = net.create_network(name="walk-public", is_router_external=True)
    net.create_subnet(network_id=public.id, ip_version=4, cidr="198.51.100.0/24", is_dhcp_enabled=False)
    inner = net.create_network(name="walk-inner", tags=["blue"])
    subnet = net.create_subnet(network_id=inner.id, ip_version=4, cidr="10.9.0.0/24", name="walk-subnet")
    bulk_and_tags(net, inner)
    conditions(net, inner)
    layer(cloud, net, public, inner, subnet)
    hosts(net)
    for alias, walk in WALKS.items():
        if alias in aliases:
            walk(net, public, inner, subnet)
    net.delete_network(inner, ignore_missing=False)
    net.delete_network(public, ignore_missing=False)
    assert not [one for one in net.networks() if one.name.startswith("walk-")]
    print("story told")


def bulk_and_tags(net, inner):
    made = list(net.create_ports([{"network_id": inner.id, "name": f"walk-{n}", "tags": ["bulk"]} for n in range(3)]))
    assert len({port.id for port in made}) == 3
    found = {port.id for port in net.ports(tags="bulk")}
    assert found == {port.id for port in made}
    assert not list(net.ports(not_any_tags="bulk", network_id=inner.id))
    assert {port.id for port in net.ports(any_tags="bulk,red")} == found
    one = net.find_port("walk-1", network_id=inner.id)
    assert [port.id for port in net.ports(fixed_ips=f"ip_address={one.fixed_ips[0]['ip_address']}")] == [one.id]
    raises(exceptions.BadRequestException,
           lambda: list(net.create_ports([{"network_id": inner.id}, {"network_id": inner.id, "nonsense": 1}])))
    for port in made:
        net.delete_port(port, ignore_missing=False)
    assert net.find_port("walk-1") is None
    raises(exceptions.NotFoundException, lambda: net.get_port(one.id), "PortNotFound")


def conditions(net, inner):
    stale = net.get_network(inner.id)
    net.update_network(inner.id, description="changed", if_revision=stale.revision_number)
    raises(exceptions.PreconditionFailedException,
           lambda: net.update_network(inner.id, description="again", if_revision=stale.revision_number),
           "RevisionNumberConstraintFailed")


def layer(cloud, net, public, inner, subnet):
    router = cloud.create_router(name="walk-edge", ext_gateway_net_id=public.id, enable_snat=False)
    assert router.external_gateway_info["enable_snat"] is False
    cloud.add_router_interface(router, subnet_id=subnet.id)
    assert len(cloud.list_router_interfaces(router, interface_type="internal")) == 1
    assert len(cloud.list_router_interfaces(router, interface_type="external")) == 1
    port = cloud.create_port(inner.id, name="walk-vm", dns_name="label")
    floating = net.create_ip(floating_network_id=public.id)
    assert net.find_available_ip().id == floating.id
    net.add_ip_to_port(net.get_port(port.id), floating)
    assert net.get_ip(floating.id).port_id == port.id
    assert net.find_ip(floating.floating_ip_address).id == floating.id
    net.remove_ip_from_port(net.get_ip(floating.id))
    assert cloud.get_floating_ip(floating.id).port_id is None
    router = cloud.update_router(router.id, name="walk-edge2",
                                 routes=[{"destination": "10.99.0.0/16", "nexthop": "10.9.0.9"}])
    assert router.routes[0]["nexthop"] == "10.9.0.9"
    cloud.update_router(router.id, routes=[])
    assert cloud.delete_floating_ip(floating.id) and not cloud.delete_floating_ip(floating.id)
    cloud.remove_router_interface(net.get_router(router.id), subnet_id=subnet.id)
    assert cloud.delete_router("walk-edge2") and cloud.delete_port("walk-vm")


def hosts(net):
    agent = next(net.agents(agent_type="L3 agent", is_alive=True))
    router = net.create_router(name="walk-hosted")
    for other in list(net.routers_hosting_l3_agents(router)):
        net.remove_router_from_agent(other, router)
    net.add_router_to_agent(agent, router)
    assert router.id in [one.id for one in net.agent_hosted_routers(agent)]
    assert [one.id for one in net.routers_hosting_l3_agents(router)] == [agent.id]
    net.delete_router(router, ignore_missing=False)
    assert {zone.resource for zone in net.availability_zones()} >= {"router"}


def quotas(net, *_):
    net.update_quota("alpha", routers=7)
    assert net.get_quota("alpha").routers == 7 and net.get_quota_default("alpha").routers == 10
    detail = net.get_quota("alpha", details=True)
    assert detail.routers == {"limit": 7, "used": 0, "reserved": 0}, detail
    assert "alpha" in [quota.project_id for quota in net.quotas()]
    net.delete_quota("alpha", ignore_missing=False)
    assert net.get_quota("alpha").routers == 10


def groups(net, _, inner, __):
    port = net.create_port(network_id=inner.id)
    assert net.find_security_group(port.security_group_ids[0]).name == "default"
    group = net.create_security_group(name="walk-group")
    assert len(group.security_group_rules) == 2
    rules = list(net.create_security_group_rules([
        {"security_group_id": group.id, "direction": "ingress", "protocol": "tcp", "port_range_min": n,
         "port_range_max": n} for n in (22, 23)]))
    raises(exceptions.ConflictException, lambda: net.create_security_group_rule(
        security_group_id=group.id, direction="ingress", protocol="tcp", port_range_min=22, port_range_max=22),
        "SecurityGroupRuleExists")
    assert len(net.get_security_group(group.id).security_group_rules) == 2 + len(rules)
    net.delete_port(port), net.delete_security_group(group, ignore_missing=False)


def pools(net, *_):
    pool = net.create_subnet_pool(name="walk-pool", prefixes=["10.64.0.0/16"], minimum_prefix_length=20)
    assert pool.minimum_prefix_length == 20 and isinstance(pool.default_prefix_length, int), pool
    assert net.find_subnet_pool("walk-pool").id == pool.id
    net.delete_subnet_pool(pool, ignore_missing=False)


def forwardings(net, public, inner, subnet):
    router = net.create_router(external_gateway_info={"network_id": public.id})
    net.add_interface_to_router(router, subnet_id=subnet.id)
    port, floating = net.create_port(network_id=inner.id), net.create_ip(floating_network_id=public.id)
    made = net.create_port_forwarding(floatingip_id=floating.id, protocol="tcp", internal_port_id=port.id,
                                      internal_ip_address=port.fixed_ips[0]["ip_address"],
                                      internal_port=22, external_port=2222)
    assert [one.id for one in net.port_forwardings(floating)] == [made.id]
    assert net.get_ip(floating.id).router_id == router.id
    raises(exceptions.ConflictException, lambda: net.delete_ip(floating, ignore_missing=False),
           "FipInUseByPortForwarding")
    net.delete_port_forwarding(made, floating, ignore_missing=False)
    net.delete_ip(floating, ignore_missing=False), net.remove_interface_from_router(router, subnet_id=subnet.id)
    net.delete_router(router, ignore_missing=False), net.delete_port(port)


def gateways(net, public, *_):
    other = net.create_network(name="walk-other", is_router_external=True)
    net.create_subnet(network_id=other.id, ip_version=4, cidr="192.0.2.0/24", is_dhcp_enabled=False)
    router = net.create_router(name="walk-several")

    def change(action, *wanted):
        body = {"router": {"external_gateways": [{"network_id": id, **more} for id, more in wanted]}}
        assert action(router, body).id == router.id
        shown = net.get_router(router.id)
        found = [one["network_id"] for one in shown.external_gateways]
        assert (shown.external_gateway_info or {}).get("network_id") == (found[0] if found else None), shown
        return found

    assert change(net.add_external_gateways, (public.id, {})) == [public.id]
    fixed = {"external_fixed_ips": [{"ip_address": "192.0.2.9"}]}
    assert change(net.add_external_gateways, (other.id, fixed)) == [public.id, other.id]
    assert change(net.update_external_gateways, (other.id, {}), (public.id, {})) == [other.id, public.id]
    assert net.get_router(router.id).external_gateway_info["external_fixed_ips"][0]["ip_address"] == "192.0.2.9"
    raises(exceptions.ConflictException, lambda: change(net.remove_external_gateways, (public.id, fixed)),
           "UnableToMatchGateways")
    assert change(net.remove_external_gateways, (other.id, fixed)) == [public.id]
    assert change(net.update_external_gateways) == []
    change(net.add_external_gateways, (public.id, {}), (other.id, {}))
    net.delete_router(router, ignore_missing=False)
    net.delete_network(other, ignore_missing=False)


WALKS = {"quotas": quotas, "security-group": groups, "subnet_allocation": pools,
         "floating-ip-port-forwarding": forwardings, "external-gateway-multihoming": gateways}


if __name__ == "__main__":
    main(sys.argv[1])

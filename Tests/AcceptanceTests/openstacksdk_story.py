"""A tenant's day through openstacksdk, unmodified: every step asserts what the SDK hands back."""
import sys

import openstack
from openstack import exceptions


def main(endpoint: str) -> None:
    cloud = openstack.connect(auth_type="none", endpoint=endpoint, network_endpoint_override=endpoint)
    net = cloud.network

    public = net.create_network(name="sdk-public", is_router_external=True)
    outside = net.create_subnet(network_id=public.id, ip_version=4, cidr="198.51.100.0/24", is_dhcp_enabled=False)
    assert outside.gateway_ip == "198.51.100.1", outside
    inner = net.create_network(name="sdk-inner")
    subnet = net.create_subnet(name="sdk-subnet", network_id=inner.id, ip_version=4, cidr="10.9.0.0/24",
                               dns_nameservers=["192.0.2.53"])
    assert subnet.allocation_pools == [{"start": "10.9.0.2", "end": "10.9.0.254"}], subnet
    port = net.create_port(network_id=inner.id, name="sdk-vm")
    assert port.mac_address.startswith("fa:16:3e"), port

    router = net.create_router(name="sdk-router", external_gateway_info={"network_id": public.id})
    assert router.status == "ACTIVE", router
    assert router.external_gateway_info["enable_snat"] is True
    added = net.add_interface_to_router(router, subnet_id=subnet.id)
    assert added["subnet_id"] == subnet.id, added
    try:
        net.add_interface_to_router(router, subnet_id=subnet.id)
        raise AssertionError("a subnet was attached twice")
    except exceptions.BadRequestException:
        pass
    router = net.add_extra_routes_to_router(
        router, body={"router": {"routes": [{"destination": "10.77.0.0/16", "nexthop": "10.9.0.77"}]}})
    assert router.routes == [{"destination": "10.77.0.0/16", "nexthop": "10.9.0.77"}], router.routes

    floating = net.create_ip(floating_network_id=public.id, port_id=port.id)
    assert floating.router_id == router.id and floating.fixed_ip_address == port.fixed_ips[0]["ip_address"]
    assert [f.id for f in net.ips(port_id=port.id)] == [floating.id]
    for call, wanted in ((lambda: net.delete_router(router, ignore_missing=False), "RouterInUse"),
                         (lambda: net.remove_interface_from_router(router, subnet_id=subnet.id),
                          "RouterInterfaceInUseByFloatingIP")):
        try:
            call()
            raise AssertionError(f"{wanted} was expected")
        except exceptions.ConflictException as refusal:
            assert wanted in str(refusal.response.text), refusal.response.text
    floating = net.update_ip(floating, port_id=None)
    assert floating.port_id is None, floating

    forwarding = net.create_floating_ip_port_forwarding(
        floating, internal_port_id=port.id, internal_ip_address=port.fixed_ips[0]["ip_address"], protocol="tcp",
        internal_port=22, external_port=2222)
    assert forwarding.external_port == 2222, forwarding
    ranged = net.update_floating_ip_port_forwarding(
        floating, forwarding, external_port_range="8000:8003", internal_port_range="80:83")
    assert (ranged.external_port, ranged.external_port_range) == (None, "8000:8003"), ranged
    assert [f.id for f in net.floating_ip_port_forwardings(floating)] == [forwarding.id]
    try:
        net.delete_ip(floating, ignore_missing=False)
        raise AssertionError("a floating IP with a forwarding was deleted")
    except exceptions.ConflictException as refusal:
        assert "FipInUseByPortForwarding" in str(refusal.response.text), refusal.response.text
    net.delete_floating_ip_port_forwarding(floating, forwarding, ignore_missing=False)
    helper = net.create_conntrack_helper(router, protocol="tcp", helper="ftp", port=21)
    assert [(h.protocol, h.helper, h.port) for h in net.conntrack_helpers(router)] == [("tcp", "ftp", 21)]
    net.delete_conntrack_helper(helper, router, ignore_missing=False)

    both = net.add_external_gateways(router, {"router": {"external_gateways": [{"network_id": public.id}]}})
    gateways = net.get(f"/routers/{router.id}").json()["router"]["external_gateways"]
    assert len(gateways) == 2 and both.external_gateway_info["network_id"] == public.id, gateways
    net.remove_external_gateways(router, {"router": {"external_gateways": [gateways[1]]}})
    router = net.get_router(router.id)

    net.update_quota("sdk-project", routers=3, floating_ips=-1)
    details = net.get_quota("sdk-project", details=True)
    assert details.routers == {"limit": 3, "used": 0, "reserved": 0}, details.routers
    assert net.get_quota("sdk-project").floating_ips == -1
    assert net.get_quota_default("sdk-project").routers == 10
    assert [q.project_id for q in net.quotas() if q.project_id == "sdk-project"] == ["sdk-project"]
    net.delete_quota("sdk-project", ignore_missing=False)
    assert net.get_quota("sdk-project").routers == 10

    names = [f"sdk-page-{i}" for i in range(5)]
    for name in names:
        net.create_network(name=name)
    listed = [n.name for n in net.networks(limit=2, sort_key="name", sort_dir="asc") if n.name in names]
    assert listed == names, listed
    net.set_tags(router, ["blue", "edge"])
    assert sorted(net.get_router(router.id).tags) == ["blue", "edge"]
    assert [r.id for r in net.routers(tags="blue,edge")] == [router.id]

    for name in names:
        net.delete_network(net.find_network(name), ignore_missing=False)
    net.delete_ip(floating, ignore_missing=False)
    net.remove_extra_routes_from_router(
        router, body={"router": {"routes": [{"destination": "10.77.0.0/16", "nexthop": "10.9.0.77"}]}})
    net.remove_interface_from_router(router, subnet_id=subnet.id)
    net.delete_router(router, ignore_missing=False)
    net.delete_port(port, ignore_missing=False)
    net.delete_network(inner, ignore_missing=False)
    net.delete_network(public, ignore_missing=False)
    assert net.find_router("sdk-router") is None
    print("story told")


if __name__ == "__main__":
    main(sys.argv[1])

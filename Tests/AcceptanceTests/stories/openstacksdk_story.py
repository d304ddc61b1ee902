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

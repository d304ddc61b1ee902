"""Sections 6 to 8: what networks, subnets and ports are when little is given, and what that leads to."""
import pytest

from rest import UNKNOWN

NETWORKS, SUBNETS, PORTS = "/v2.0/networks", "/v2.0/subnets", "/v2.0/ports"


@pytest.mark.parametrize("given, mtu, shown", [
    ({}, 1450, ("vxlan", None)),
    ({"provider:network_type": "flat", "provider:physical_network": "contract"}, 1500, ("flat", "contract")),
    ({"provider:network_type": "vlan", "provider:physical_network": "contract", "provider:segmentation_id": 77}, 1500,
     ("vlan", "contract")),
    ({"mtu": 1400}, 1400, ("vxlan", None))], ids=["nothing", "flat", "vlan", "mtu"])
def test_a_network_is_carried_somehow(world, scene, given, mtu, shown):
    made = scene.make(NETWORKS, "network", world.admin, **given)
    assert made["mtu"] == mtu and made["status"] == "ACTIVE" and made["l2_adjacency"] is True
    assert (made["provider:network_type"], made["provider:physical_network"]) == shown
    assert (made["provider:segmentation_id"] is None) == (shown[0] == "flat")
    if shown[0] == "flat":
        world.admin.post(NETWORKS, {"network": given}).refused(409, "FlatNetworkInUse")
    if shown[0] == "vlan":
        assert world.admin.post(NETWORKS, {"network": given}).status == 409


def test_a_network_goes_with_its_subnets_and_servers(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    server = scene.port(network, device_owner="network:dhcp")["id"]
    port = scene.port(network)["id"]
    world.member.delete(f"{NETWORKS}/{network}").refused(409, "NetworkInUse")
    world.member.delete(f"{SUBNETS}/{subnet}").refused(409, "SubnetInUse")
    world.member.delete(f"{PORTS}/{port}").ok(204)
    world.member.delete(f"{NETWORKS}/{network}").ok(204)
    world.member.get(f"{SUBNETS}/{subnet}").refused(404, "SubnetNotFound")
    world.member.get(f"{PORTS}/{server}").refused(404, "PortNotFound")


SUBNETS_MADE = {
    "nothing": ({"cidr": "10.1.2.0/24"}, {
        "gateway_ip": "10.1.2.1", "enable_dhcp": True, "dns_nameservers": [], "host_routes": [], "service_types": [],
        "allocation_pools": [{"start": "10.1.2.2", "end": "10.1.2.254"}], "ipv6_ra_mode": None,
        "ipv6_address_mode": None, "subnetpool_id": None}),
    "host bits": ({"cidr": "10.1.2.77/24"}, {"cidr": "10.1.2.0/24", "gateway_ip": "10.1.2.1"}),
    "no gateway": ({"cidr": "10.1.2.0/24", "gateway_ip": None}, {
        "gateway_ip": None, "allocation_pools": [{"start": "10.1.2.1", "end": "10.1.2.254"}]}),
    "a gateway within": ({"cidr": "10.1.2.0/29", "gateway_ip": "10.1.2.3"}, {
        "allocation_pools": [{"start": "10.1.2.1", "end": "10.1.2.2"}, {"start": "10.1.2.4", "end": "10.1.2.6"}]}),
    "IPv6": ({"ip_version": 6, "cidr": "2001:DB8:1:0::/64"}, {
        "cidr": "2001:db8:1::/64", "gateway_ip": "2001:db8:1::"}),
    "one mode": ({"ip_version": 6, "cidr": "2001:db8:1::/64", "ipv6_address_mode": "slaac"}, {
        "ipv6_ra_mode": None, "ipv6_address_mode": "slaac"}),
    "a small one without DHCP": ({"cidr": "10.1.2.0/31", "enable_dhcp": False, "gateway_ip": None}, {
        "cidr": "10.1.2.0/31"}),
}


@pytest.mark.parametrize("row", SUBNETS_MADE.values(), ids=SUBNETS_MADE.keys())
def test_a_subnet_is_made_of_what_is_given(world, scene, row):
    given, shown = row
    made = scene.make(SUBNETS, "subnet", **{"network_id": scene.network(), "ip_version": 4} | given)
    assert {name: made[name] for name in shown} == shown
    assert scene.shown("subnets", made["id"], world.member) == {
        name: value for name, value in made.items() if name != "segment_id"}


@pytest.mark.parametrize("given, status, kind", [
    ({"cidr": "0.0.0.0/8"}, 400, None), ({"cidr": "10.1.0.0/24", "gateway_ip": "10.1.0.255"}, 400, "InvalidInput"),
    ({"cidr": "10.1.0.0/32"}, 400, None), ({"cidr": "10.1.0.0/24", "subnetpool_id": UNKNOWN}, 404, "SubnetPoolNotFound"),
    ({"subnetpool_id": UNKNOWN}, 404, "SubnetPoolNotFound"),
    ({"cidr": "10.1.0.0/24", "dns_nameservers": ["192.0.2.1"] * 2}, 400, None),
    ({"cidr": "10.1.0.0/24", "host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.1.0.9"}] * 2}, 400, None),
    ({"ip_version": 6, "cidr": "2001:db8:1::/64", "ipv6_address_mode": "nonsense"}, 400, None),
    ({"cidr": "10.1.0.0/24", "gateway_ip": "2001:db8::1"}, 400, None),
    ({"cidr": "10.1.0.0/24", "segment_id": UNKNOWN}, 404, "SegmentNotFound"),
    ({"ip_version": 5, "cidr": "10.1.0.0/24"}, 400, None), ({"network_id": UNKNOWN, "cidr": "10.1.0.0/24"}, 404,
                                                             "NetworkNotFound")])
def test_a_subnet_is_not_made_of(world, scene, given, status, kind):
    body = {"subnet": {"network_id": scene.network(), "ip_version": 4} | given}
    caller = world.admin if "segment_id" in given else world.member
    caller.post(SUBNETS, body).refused(status, *([kind] if kind else []))


@pytest.mark.parametrize("kinds", [["network:dhcp"], ["compute:nova", "neutron:x"], []])
def test_service_types_have_prefixes(world, scene, kinds):
    subnet = scene.subnet()
    path = f"{SUBNETS}/{subnet}"
    assert world.admin.put(path, {"subnet": {"service_types": kinds}}).ok(200)["subnet"]["service_types"] == kinds
    for wrong in (["nonsense"], [":x"], ["network"]):
        world.admin.put(path, {"subnet": {"service_types": wrong}}).refused(400, "InvalidSubnetServiceType")


def test_a_subnet_changes_as_far_as_its_addresses_allow(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    path = f"{SUBNETS}/{subnet}"
    pools = {"allocation_pools": [{"start": "10.50.0.100", "end": "10.50.0.110"}]}
    assert world.member.put(path, {"subnet": pools}).ok(200)["subnet"]["allocation_pools"] == pools["allocation_pools"]
    assert world.member.put(path, {"subnet": {"gateway_ip": "10.50.0.9"}}).ok(200)["subnet"]["gateway_ip"] == "10.50.0.9"
    world.member.put(path, {"subnet": {"gateway_ip": "10.50.0.105"}}).refused(409, "GatewayConflictWithAllocationPools")
    scene.attach(scene.router(), subnet).ok(200)
    for other in ("10.50.0.10", None):
        world.member.put(path, {"subnet": {"gateway_ip": other}}).refused(409, "GatewayIpInUse")
    world.member.put(path, {"subnet": {"gateway_ip": "10.50.0.9"}}).ok(200)


def test_automatic_addresses_follow_their_subnet(world, scene):
    network = scene.network()
    scene.subnet(network)
    port = scene.port(network, mac_address="fa:16:3e:aa:bb:cc")
    assert len(port["fixed_ips"]) == 1
    subnet = scene.subnet6(network)
    both = scene.shown("ports", port["id"])["fixed_ips"]
    assert "2001:db8:50:0:f816:3eff:feaa:bbcc" in [one["ip_address"] for one in both]
    assert len(scene.port(network)["fixed_ips"]) == 2
    world.member.delete(f"{SUBNETS}/{subnet}").ok(204)
    assert scene.shown("ports", port["id"])["fixed_ips"] == port["fixed_ips"]


def test_a_port_is_made_of_nothing(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    made = scene.make(PORTS, "port", world.admin, network_id=network, project_id="alpha")
    assert made["mac_address"].startswith("fa:16:3e:") and made["status"] == "DOWN"
    assert [one["subnet_id"] for one in made["fixed_ips"]] == [subnet]
    assert made["binding:vif_type"] == "unbound" and made["binding:vif_details"] == {}
    assert made["binding:vnic_type"] == "normal" and made["binding:host_id"] == "" and made["binding:profile"] == {}
    assert made["ip_allocation"] == "immediate" and made["port_security_enabled"] is True
    address = made["fixed_ips"][0]["ip_address"]
    name = f"host-{address.replace('.', '-')}"
    assert [one["ip_address"] for one in made["dns_assignment"]] == [address]
    assert made["dns_assignment"][0]["hostname"] == name and made["dns_assignment"][0]["fqdn"].startswith(f"{name}.")
    bare = scene.port(network, fixed_ips=[])
    assert bare["fixed_ips"] == [] and bare["dns_assignment"] == []
    named = scene.port(network, dns_name="Mine", dns_domain="example.org.")
    assert named["dns_name"] == "mine" and named["dns_assignment"][0]["hostname"] == "mine"


@pytest.mark.parametrize("secured", [True, False])
def test_a_ports_security_is_its_networks_until_it_says_otherwise(world, scene, secured):
    network = scene.network(port_security_enabled=secured)
    port = scene.port(network)
    assert port["port_security_enabled"] is secured and len(port["security_groups"]) == secured
    assert scene.port(network, port_security_enabled=not secured)["port_security_enabled"] is not secured


def test_a_port_changes(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    port = scene.port(network)
    path = f"{PORTS}/{port['id']}"
    changed = world.member.put(path, {"port": {"mac_address": None}}).ok(200)["port"]
    assert changed["mac_address"] != port["mac_address"]
    given = {"mac_address": "fa:16:3e:01:02:03", "allowed_address_pairs": [{"ip_address": "10.9.0.0/16"}]}
    changed = world.member.put(path, {"port": given}).ok(200)["port"]
    assert changed["allowed_address_pairs"] == [{"ip_address": "10.9.0.0/16", "mac_address": "fa:16:3e:01:02:03"}]
    several = [{"subnet_id": subnet, "ip_address": f"10.50.0.{n}"} for n in (50, 51)]
    assert world.member.put(path, {"port": {"fixed_ips": several}}).ok(200)["port"]["fixed_ips"] == several
    for status, kind, wrong in ((400, None, None), (400, "InvalidIpForSubnet", [several[0] | {"ip_address": "10.9.0.1"}]),
                                (409, "IpAddressAlreadyAllocated", [{"ip_address": scene.port(network)["fixed_ips"][0]
                                                                     ["ip_address"]}])):
        world.member.put(path, {"port": {"fixed_ips": wrong}}).refused(status, *([kind] if kind else []))
    assert scene.shown("ports", port["id"])["fixed_ips"] == several
    pair = {"port": {"port_security_enabled": False}}
    world.member.put(path, pair).refused(409, "AddressPairAndPortSecurityRequired", "Conflict",
                                         "PortSecurityPortHasSecurityGroup")
    bound = world.admin.put(path, {"port": {"binding:host_id": "a-host"}}).ok(200)["port"]
    assert bound["binding:vif_type"] != "unbound"
    assert [one["id"] for one in scene.ports(**{"binding:host_id": "a-host"})] == [port["id"]]


def test_ports_are_found_by_their_addresses(world, scene):
    network = scene.network()
    subnet = scene.subnet(network)
    ports = [scene.port(network, fixed_ips=[{"subnet_id": subnet, "ip_address": f"10.50.0.{n}"}])["id"]
             for n in (31, 131, 32)]

    def found(*fixed):
        listed = world.member.get(PORTS, {"network_id": network, "fixed_ips": fixed}).ok(200)["ports"]
        return [n for n, id in enumerate(ports) if id in [one["id"] for one in listed]]

    assert found("ip_address=10.50.0.31") == [0]
    assert found("ip_address=10.50.0.31", "ip_address=10.50.0.32") == [0, 2]
    assert found("ip_address_substr=0.1.31") == [] and found("ip_address_substr=.31") == [0]
    assert found("ip_address_substr=31") == [0, 1]
    assert found(f"subnet_id={subnet}", "ip_address_substr=131") == [1]
    assert found(f"subnet_id={UNKNOWN}") == []
    for wrong in ("10.50.0.31", "nonsense=x"):
        world.member.get(PORTS, {"fixed_ips": wrong}).refused(400, "InvalidInput")


def test_a_routers_device_is_its_projects(world, scene):
    network = scene.make(NETWORKS, "network", world.stranger)["id"]
    for router in (scene.router(gateway=True), scene.router()):
        for owner in ("network:router_interface", "network:ha_router_replicated_interface"):
            posing = {"device_id": router, "device_owner": owner}
            body = {"network_id": network} | posing
            world.stranger.post(PORTS, {"port": body}).refused(409, "DeviceIDNotOwnedByTenant")
            several = {"ports": [{"network_id": network}, body]}
            world.stranger.post(PORTS, several).refused(409, "DeviceIDNotOwnedByTenant")
            for half in (posing, {"device_id": router}, {"device_owner": owner}):
                other = {name: value for name, value in posing.items() if name not in half}
                port = scene.make(PORTS, "port", world.stranger, network_id=network, **other)["id"]
                answer = world.stranger.put(f"{PORTS}/{port}", {"port": half})
                answer.refused(409, "DeviceIDNotOwnedByTenant")
                assert scene.shown("ports", port)["device_id"] == other.get("device_id", "")
    assert len(scene.ports(network_id=network)) == 12
    # What it may not do with the network, or does not see of it, it is told first.
    unseen = {"network_id": scene.network()} | posing
    world.stranger.post(PORTS, {"port": unseen}).refused(404, "NetworkNotFound")
    # Its own router's, a router's that there is not, and any as an administrator: that may be.
    own = scene.make("/v2.0/routers", "router", world.stranger)["id"]
    for caller, device in ((world.stranger, own), (world.stranger, UNKNOWN), (world.stranger, "no-id"),
                           (world.admin, router)):
        scene.make(PORTS, "port", caller, network_id=network, device_owner=owner, device_id=device)


def test_a_port_of_a_router_keeps_its_device(world, scene):
    network = scene.network()
    router = scene.router(scene.subnet(network))
    port = scene.ports(device_id=router)[0]["id"]
    for change in ({"device_id": ""}, {"device_owner": ""}, {"device_id": "x"}, {"device_owner": "compute:nova"}):
        assert world.member.put(f"{PORTS}/{port}", {"port": change}).status == 409
    world.member.put(f"{PORTS}/{port}", {"port": {"name": "mine"}}).ok(200)


@pytest.mark.parametrize("owner", ["network:router_interface", "network:router_gateway", "network:floatingip",
                                   "network:router_ha_interface", "network:router_centralized_snat"])
def test_a_port_of_a_router_that_there_is_not_can_go(world, scene, owner):
    port = scene.make(PORTS, "port", world.admin, network_id=scene.network(), device_owner=owner, device_id=UNKNOWN,
                      project_id="alpha")
    world.member.delete(f"{PORTS}/{port['id']}").ok(204)

"""Every command of the `openstack` command line that concerns what Sluice serves, with what each must show."""
import sys
import time

import identity
from shell import Shell

# What Sluice does not serve, with the extension that would say so; commands of these are not walked.
LEFT_OUT = {
    "address_group": "address-group", "default_security_group_rule": "security-groups-default-rules",
    "local_ip": "local_ip", "network_auto_allocated_topology": "auto-allocated-topology",
    "network_flavor": "flavors", "network_meter": "metering", "network_qos": "qos", "network_segment": "segment",
    "network_service_provider": "service-type", "network_subport": "trunk", "network_trunk": "trunk",
    "security_group_default_statefulness": "stateful-security-group-default",
    "network_agent_router_set": "l3-agent-scheduler-ha-chassis-priority",
    "network_agent_add_network": "dhcp_agent_scheduler", "network_agent_remove_network": "dhcp_agent_scheduler",
}
# What may be served, with the extension that says so.
SERVED_BY = {
    "address_scope": "address-scope", "floating_ip_port_forwarding": "floating-ip-port-forwarding",
    "ip_availability": "network-ip-availability", "network_l3_conntrack_helper": "l3-conntrack-helper",
    "network_rbac": "rbac-policies", "router_ndp_proxy": "l3-ndp-proxy", "security_group": "security-group",
    "subnet_pool": "subnet_allocation", "router_add_gateway": "external-gateway-multihoming",
    "router_remove_gateway": "external-gateway-multihoming", "network_onboard_subnet": "subnet_onboard",
    "subnet_pool_add_network": "subnet_onboard",
}


def alias_of(command, table):
    fitting = [prefix for prefix in table if command.startswith(prefix)]
    return table[max(fitting, key=len)] if fitting else None


def main(endpoint):
    sh = Shell(identity.serve(endpoint))
    aliases = {one["Alias"] for one in sh.show("extension list --network")}
    core(sh)
    routers(sh, aliases)
    agents(sh)
    for alias, walk in WALKS.items():
        if alias in aliases:
            walk(sh)
    clean(sh)
    left = list(missing(sh, aliases))
    assert not left, f"not walked: {left}"
    print(f"{len(sh.ran)} commands walked")
    print("story told")


def missing(sh, aliases):
    for command in sorted(name.replace(" ", "_") for name in sh.names):
        if not command.startswith(NETWORK) or command in sh.ran:
            continue
        if alias_of(command, LEFT_OUT):
            assert alias_of(command, LEFT_OUT) not in aliases, f"{command} is served: walk it"
            continue
        alias = alias_of(command, SERVED_BY)
        if alias is None or alias in aliases:
            yield command


NETWORK = ("address_", "floating_ip", "ip_availability", "network", "port_", "router_", "security_group", "subnet",
           "default_security", "local_ip", "extension")


def core(sh):
    public = sh.show("network create --external --mtu 1400 --description outside walk-public")
    assert public["router:external"] is True and public["mtu"] == 1400, public
    outside = sh.show("subnet create --network walk-public --subnet-range 198.51.100.0/24 --no-dhcp "
                      "--allocation-pool start=198.51.100.10,end=198.51.100.200 walk-outside")
    assert outside["gateway_ip"] == "198.51.100.1" and outside["enable_dhcp"] is False, outside
    inner = sh.show("network create --tag blue --project alpha walk-inner")
    assert inner["tags"] == ["blue"] and inner["project_id"] == "alpha", inner
    sh("network set --name walk-inner2 --description words --disable --tag green walk-inner")
    shown = sh.show("network show walk-inner2")
    assert sorted(shown["tags"]) == ["blue", "green"] and shown["admin_state_up"] is False, shown
    sh("network set --enable --name walk-inner walk-inner2")
    sh("network unset --tag green walk-inner")
    assert [n["Name"] for n in sh.show("network list --tags blue --name walk-inner")] == ["walk-inner"]
    assert "walk-public" in [n["Name"] for n in sh.show("network list --external --long")]
    subnet = sh.show("subnet create --network walk-inner --subnet-range 10.9.0.0/24 --project alpha "
                     "--dns-nameserver 192.0.2.53 --host-route destination=10.99.0.0/16,gateway=10.9.0.9 walk-subnet")
    assert subnet["host_routes"] == [{"destination": "10.99.0.0/16", "nexthop": "10.9.0.9"}], subnet
    sh("subnet set --dns-nameserver 192.0.2.54 --description words --tag blue walk-subnet")
    servers = sh.show("subnet show walk-subnet")["dns_nameservers"]
    assert sorted(servers) == ["192.0.2.53", "192.0.2.54"], servers
    sh("subnet unset --dns-nameserver 192.0.2.53 --host-route destination=10.99.0.0/16,gateway=10.9.0.9 "
       "--tag blue walk-subnet")
    assert [s["Name"] for s in sh.show("subnet list --network walk-inner --long")] == ["walk-subnet"]
    port = sh.show("port create --network walk-inner --fixed-ip subnet=walk-subnet,ip-address=10.9.0.30 "
                   "--project alpha --dns-name label --tag blue walk-vm")
    assert port["fixed_ips"][0]["ip_address"] == "10.9.0.30" and port["dns_name"] == "label", port
    sh("port set --description words --host a-host --allowed-address ip-address=10.9.0.40 --tag green walk-vm")
    shown = sh.show("port show walk-vm")
    assert shown["binding_host_id"] == "a-host" and len(shown["allowed_address_pairs"]) == 1, shown
    sh("port unset --allowed-address ip-address=10.9.0.40,mac-address=%s --tag green walk-vm" % port["mac_address"])
    assert sh.show("port show walk-vm")["allowed_address_pairs"] == []
    for wanted in ("--fixed-ip subnet=walk-subnet", "--fixed-ip ip-substring=10.9.0.3", "--network walk-inner --long",
                   "--mac-address %s" % port["mac_address"], "--tags blue", "--host a-host"):
        assert [p["Name"] for p in sh.show(f"port list {wanted}")] == ["walk-vm"], wanted
    assert sh.show("extension show router")["alias"] == "router"


def routers(sh, aliases):
    router = sh.show("router create --description words --tag blue --project alpha walk-edge")
    assert router["status"] == "ACTIVE" and router["tags"] == ["blue"], router
    sh("router set --external-gateway walk-public --disable-snat walk-edge")
    gateway = sh.show("router show walk-edge")["external_gateway_info"]
    assert gateway["enable_snat"] is False, gateway
    sh("router set --external-gateway walk-public --fixed-ip ip-address=198.51.100.77 --name walk-edge walk-edge")
    shown = sh.show("router show walk-edge")["external_gateway_info"]
    assert shown["external_fixed_ips"][0]["ip_address"] == "198.51.100.77" and shown["enable_snat"], shown
    sh("router add subnet walk-edge walk-subnet")
    sh("router add route --route destination=10.44.0.0/16,gateway=10.9.0.44 walk-edge")
    assert sh.show("router show walk-edge")["routes"] == [{"destination": "10.44.0.0/16", "nexthop": "10.9.0.44"}]
    sh("router remove route --route destination=10.44.0.0/16,gateway=10.9.0.44 walk-edge")
    sh("router set --route destination=10.45.0.0/16,gateway=10.9.0.45 --tag green walk-edge")
    sh("router unset --route destination=10.45.0.0/16,gateway=10.9.0.45 --tag green walk-edge")
    sh("router set --disable walk-edge"), sh("router set --enable walk-edge")
    assert sh.show("router show walk-edge")["routes"] == []
    assert [r["Name"] for r in sh.show("router list --long --tags blue")] == ["walk-edge"]
    sh("network create --project alpha walk-second")
    sh("subnet create --network walk-second --project alpha --subnet-range 10.10.0.0/24 walk-second")
    sh("port create --network walk-second --project alpha walk-leg")
    sh("router add port walk-edge walk-leg"), sh("router remove port walk-edge walk-leg")
    sh.refused("router delete walk-edge", "interface")
    floating = sh.show("floating ip create --port walk-vm --project alpha --description words --tag blue "
                       "--floating-ip-address 198.51.100.150 walk-public")
    address = floating["floating_ip_address"]
    assert address == "198.51.100.150" and floating["fixed_ip_address"] == "10.9.0.30", floating
    assert [f["Fixed IP Address"] for f in sh.show("floating ip list --port walk-vm")] == ["10.9.0.30"]
    assert len(sh.show("floating ip list --router walk-edge --network walk-public --long")) == 1
    sh.refused("router remove subnet walk-edge walk-subnet", "floating")
    sh(f"floating ip unset --port --tag blue {address}")
    sh(f"floating ip set --port walk-vm --fixed-ip-address 10.9.0.30 --tag green {address}")
    assert sh.show(f"floating ip show {address}")["port_details"]["device_owner"] == "", address
    sh(f"floating ip unset --port {address}")


def agents(sh):
    agent = sh.show("network agent list --agent-type l3")[0]
    id = agent["ID"]
    assert agent["Alive"] is True and sh.show(f"network agent show {id}")["binary"], agent
    sh(f"network agent set --description words {id}")
    assert sh.show(f"network agent show {id}")["description"] == "words"
    deadline = time.monotonic() + 60
    while not sh.show("network agent list --router walk-edge --long"):
        assert time.monotonic() < deadline, "the router is hosted by nobody"
    assert "walk-edge" in [r["Name"] for r in sh.show(f"router list --agent {id}")]
    sh(f"network agent remove router --l3 {id} walk-edge")
    sh(f"network agent add router --l3 {id} walk-edge")
    # An agent that lives is there again with its next heartbeat.
    sh(f"network agent delete {id}")
    while id not in [one["ID"] for one in sh.show("network agent list")]:
        assert time.monotonic() < deadline, "the agent did not come back"
    assert {zone["Zone Resource"] for zone in sh.show("availability zone list --network --long")} >= {"router"}


def quotas(sh):
    sh("quota set --routers 12 --networks 13 alpha")
    shown = {one["Resource"]: one["Limit"] for one in sh.show("quota show --network alpha")}
    assert shown["routers"] == 12 and shown["networks"] == 13, shown
    sh.show("quota show --network --default"), sh.show("quota show --network --usage alpha")
    sh("quota list --network"), sh("quota delete --network alpha")


def pools(sh):
    sh("subnet pool create --pool-prefix 10.20.0.0/16 --default-prefix-length 26 --description words walk-pool")
    sh("subnet pool set --pool-prefix 10.21.0.0/16 --max-prefix-length 30 --tag blue walk-pool")
    shown = sh.show("subnet pool show walk-pool")
    assert shown["prefixes"] == ["10.20.0.0/15"] and shown["default_prefixlen"] == 26, shown
    sh("subnet pool unset --tag blue walk-pool")
    assert "walk-pool" in [p["Name"] for p in sh.show("subnet pool list --long")]
    sh("network create walk-pooled")
    subnet = sh.show("subnet create --network walk-pooled --subnet-pool walk-pool walk-pooled")
    assert subnet["cidr"].startswith("10.2") and subnet["cidr"].endswith("/26"), subnet
    sh.refused("subnet pool delete walk-pool", "")
    sh("network delete walk-pooled")
    sh("subnet pool delete walk-pool")


def scopes(sh):
    sh("address scope create --ip-version 4 walk-scope")
    sh("address scope set --name walk-scope --share walk-scope")
    assert sh.show("address scope show walk-scope")["shared"] is True
    assert "walk-scope" in [s["Name"] for s in sh.show("address scope list")]
    sh("address scope delete walk-scope")


def onboarding(sh):
    sh("subnet pool create --pool-prefix 10.30.0.0/16 walk-board")
    sh("network create walk-board")
    sh("subnet create --network walk-board --subnet-range 10.31.0.0/24 walk-board")
    sh("network onboard subnet walk-board walk-board")
    assert sh.show("subnet show walk-board")["subnetpool_id"] == sh.show("subnet pool show walk-board")["id"]
    sh("network create walk-board-2")
    sh("subnet create --network walk-board-2 --subnet-range 10.32.0.0/24 walk-board-2")
    sh("subnet pool add network walk-board-2 walk-board")
    assert sh.show("subnet show walk-board-2")["subnetpool_id"] == sh.show("subnet pool show walk-board")["id"]
    sh("network delete walk-board walk-board-2"), sh("subnet pool delete walk-board")


def forwardings(sh):
    address = sh.show("floating ip list --network walk-public")[0]["Floating IP Address"]
    made = sh.show(f"floating ip port forwarding create --internal-ip-address 10.9.0.30 --port walk-vm "
                   f"--internal-protocol-port 22 --external-protocol-port 2222 --protocol tcp {address}")
    assert made["external_port"] == 2222, made
    sh(f"floating ip port forwarding set --external-protocol-port 2223 --description words {address} {made['id']}")
    shown = sh.show(f"floating ip port forwarding show {address} {made['id']}")
    assert shown["external_port"] == 2223 and shown["description"] == "words", shown
    assert len(sh.show(f"floating ip port forwarding list {address}")) == 1
    sh(f"floating ip port forwarding delete {address} {made['id']}")


def helpers(sh):
    made = sh.show("network l3 conntrack helper create --helper ftp --protocol tcp --port 21 walk-edge")
    sh(f"network l3 conntrack helper set --port 2121 walk-edge {made['id']}")
    assert sh.show(f"network l3 conntrack helper show walk-edge {made['id']}")["port"] == 2121
    assert len(sh.show("network l3 conntrack helper list walk-edge")) == 1
    sh(f"network l3 conntrack helper delete walk-edge {made['id']}")


def gateways(sh):
    sh("network create --external walk-other")
    sh("subnet create --network walk-other --subnet-range 192.0.2.0/24 --no-dhcp walk-other")
    both = "--external-gateway walk-public --external-gateway walk-other"

    def networks(router):
        """The names of its gateways' networks, the compatible one's first, and its addresses of each."""
        names = {one["ID"]: one["Name"] for one in sh.show("network list --external")}
        shown = sh.show(f"router show {router}")
        found = shown["external_gateways"]
        compatible = shown["external_gateway_info"]
        assert (compatible or {}).get("network_id") == (found[0]["network_id"] if found else None), shown
        return [(names[one["network_id"]], *(fixed["ip_address"] for fixed in one["external_fixed_ips"]))
                for one in found]

    shown = sh.show("router add gateway walk-edge walk-other")
    assert len(shown["external_gateways"]) == 2, shown
    sh("router add gateway --fixed-ip ip-address=192.0.2.77 walk-edge walk-other")
    assert ("walk-other", "192.0.2.77") in networks("walk-edge") and len(networks("walk-edge")) == 3
    sh.refused("router remove gateway walk-edge walk-other", "external_fixed_ips must say which")
    sh("router remove gateway --fixed-ip ip-address=192.0.2.77 walk-edge walk-other")
    sh("router remove gateway walk-edge walk-other")
    assert [one[0] for one in networks("walk-edge")] == ["walk-public"]
    sh(f"router create {both} walk-two")
    assert [one[0] for one in networks("walk-two")] == ["walk-public", "walk-other"]
    sh("router set --external-gateway walk-other --external-gateway walk-public walk-two")
    before = networks("walk-two")
    assert [one[0] for one in before] == ["walk-other", "walk-public"]
    sh("router set --external-gateway walk-other --external-gateway walk-public --name walk-two walk-two")
    assert networks("walk-two") == before
    sh("router set --external-gateway walk-other --fixed-ip subnet=walk-other,ip-address=192.0.2.78 --disable-snat "
       "walk-two")
    assert networks("walk-two") == [("walk-other", "192.0.2.78")]
    assert sh.show("router show walk-two")["external_gateway_info"]["enable_snat"] is False
    sh(f"router set {both} walk-two")
    # It takes one away, the compatible one, and so another is that.
    sh("router unset --external-gateway walk-two")
    assert [one[0] for one in networks("walk-two")] == ["walk-other"]
    sh("router unset --external-gateway walk-two")
    assert networks("walk-two") == []
    sh("router add gateway walk-two walk-other")
    sh("router delete walk-two"), sh("network delete walk-other")


def groups(sh):
    sh("security group create --description words --stateless walk-group")
    sh("security group set --name walk-group --stateful --tag blue walk-group")
    assert sh.show("security group show walk-group")["stateful"] is True
    sh("security group unset --tag blue walk-group")
    assert "walk-group" in [g["Name"] for g in sh.show("security group list")]
    rule = sh.show("security group rule create --protocol tcp --dst-port 22:23 --remote-ip 192.0.2.0/24 walk-group")
    assert rule["port_range_min"] == 22 and rule["port_range_max"] == 23, rule
    assert sh.show(f"security group rule show {rule['id']}")["remote_ip_prefix"] == "192.0.2.0/24"
    assert len(sh.show("security group rule list walk-group --long")) == 3
    sh("port set --security-group walk-group walk-vm")
    sh.refused("security group delete walk-group", "in use")
    sh("port unset --security-group walk-group walk-vm")
    sh(f"security group rule delete {rule['id']}")
    sh("security group delete walk-group")


def sharing(sh):
    policy = sh.show("network rbac create --type network --action access_as_shared --target-project beta walk-inner")
    sh(f"network rbac set --target-project alpha {policy['id']}")
    assert sh.show(f"network rbac show {policy['id']}")["target_project_id"] == "alpha"
    assert len(sh.show("network rbac list --type network --action access_as_shared --long")) == 1
    sh(f"network rbac delete {policy['id']}")


def availability(sh):
    listed = {one["Network Name"]: one for one in sh.show("ip availability list")}
    assert listed["walk-inner"]["Used IPs"] >= 2, listed
    assert sh.show("ip availability show walk-inner")["total_ips"] == 253


def proxies(sh):
    sh("address scope create --ip-version 6 --share walk-six")
    sh("subnet pool create --pool-prefix 2001:db8:60::/48 --address-scope walk-six --default-prefix-length 64 walk-six")
    for network, more in (("walk-outside6", "--external"), ("walk-inside6", "")):
        sh(f"network create {more} {network}")
        sh(f"subnet create --network {network} --ip-version 6 --subnet-pool walk-six {network}")
    # A client that finds several gateways supported sets them after it has created the router.
    combined = "router create --enable-ndp-proxy --external-gateway walk-outside6 walk-six"
    sh.refused(combined, "needs an external gateway")
    assert "walk-six" not in [r["Name"] for r in sh.show("router list")]
    sh("router create --external-gateway walk-outside6 walk-six"), sh("router set --enable-ndp-proxy walk-six")
    assert sh.show("router show walk-six")["enable_ndp_proxy"] is True
    sh("router add subnet walk-six walk-inside6")
    sh("port create --network walk-inside6 walk-six")
    sh("router ndp proxy create --port walk-six --name walk-proxy walk-six")
    sh("router ndp proxy set --description words walk-proxy")
    assert sh.show("router ndp proxy show walk-proxy")["description"] == "words"
    assert len(sh.show("router ndp proxy list --router walk-six")) == 1
    sh("router ndp proxy delete walk-proxy")
    sh("router remove subnet walk-six walk-inside6"), sh("router delete walk-six"), sh("port delete walk-six")
    sh("network delete walk-inside6 walk-outside6")
    sh("subnet pool delete walk-six"), sh("address scope delete walk-six")


WALKS = {"quotas": quotas, "subnet_allocation": pools, "address-scope": scopes, "subnet_onboard": onboarding,
         "floating-ip-port-forwarding": forwardings, "l3-conntrack-helper": helpers,
         "external-gateway-multihoming": gateways, "security-group": groups, "rbac-policies": sharing,
         "network-ip-availability": availability, "l3-ndp-proxy": proxies}


def clean(sh):
    sh("floating ip delete 198.51.100.150")
    sh("router remove subnet walk-edge walk-subnet")
    sh("router unset --external-gateway walk-edge")
    sh("router delete walk-edge")
    sh("port delete walk-vm")
    sh("subnet delete walk-subnet")
    sh("network delete walk-inner walk-second walk-public")
    left = [n["Name"] for n in sh.show("network list") if n["Name"].startswith("walk-")]
    assert not left, left


if __name__ == "__main__":
    main(sys.argv[1])

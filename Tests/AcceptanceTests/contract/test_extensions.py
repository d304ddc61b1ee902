"""Section 2.1: every alias that clients must or should find is there, or the page on the API says why not."""
import pathlib
import re

import pytest

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "design" / "api.md"

MUST = """
router external-net ext-gw-mode extraroute extraroute-atomic fip-port-details floating-ip-port-forwarding
floating-ip-port-forwarding-description floating-ip-port-forwarding-detail floating-ip-port-forwarding-port-ranges
expose-port-forwarding-in-fip floatingip-pools l3-conntrack-helper expose-l3-conntrack-helper agent l3_agent_scheduler
agent_sort_key project-id pagination sorting filter-validation empty-string-filtering ip-substring-filtering
standard-attr-description standard-attr-timestamp standard-attr-revisions standard-attr-tag revision-if-match quotas
quota_details quota-check-limit quota-check-limit-default
"""
SHOULD = """
floating-ip-router-writable l3-ndp-proxy l3-ext-ndp-proxy external-gateway-multihoming enable-default-route-bfd
enable-default-route-ecmp l3-ha dvr router-admin-state-down-before-update l3-port-ip-change-not-allowed
router_availability_zone availability_zone availability_zone_filter network_availability_zone dns-integration
dns-domain-ports tag-creation tag-ports-during-bulk-creation subnet_allocation address-scope default-subnetpools
subnetpool-prefix-ops subnet_onboard subnet-service-types subnet-external-network provider multi-provider net-mtu
net-mtu-writable binding binding-extended port-security allowed-address-pairs extra_dhcp_opt ip_allocation l2_adjacency
security-group stateful-security-group security-groups-normalized-cidr port-security-groups-filtering
security-groups-shared-filtering rbac-policies rbac-address-scope rbac-subnetpool rbac-security-groups
network-ip-availability network-ip-availability-details
"""
COULD = """
port-mac-address-regenerate security-groups-rules-belongs-to-default-sg subnet-dns-publish-fixed-ip ecmp_routes
agent-resources-synced sort-key-validation
"""


def listed():
    """What the page's table says of each alias: `yes`, or `no` with the reason."""
    rows = re.findall(r"^\| `([\w-]+)` \| [MSC] \| (yes|no: \S.*) \|$", PAGE.read_text(), re.MULTILINE)
    return dict(rows)


@pytest.mark.parametrize("alias", (MUST + SHOULD + COULD).split())
def test_an_extension_is_there_or_the_page_says_why_not(world, alias):
    there = world.reader.get(f"/v2.0/extensions/{alias}").status == 200
    assert there == (listed()[alias] == "yes")


def test_what_is_there_is_what_the_page_says(world):
    there = {one["alias"] for one in world.reader.get("/v2.0/extensions").ok(200)["extensions"]}
    assert there == {alias for alias, said in listed().items() if said == "yes"}

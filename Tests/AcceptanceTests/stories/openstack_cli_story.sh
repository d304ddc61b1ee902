#!/usr/bin/env bash
# The README's first session with the `openstack` CLI, and its undoing. Usage: openstack_cli_story.sh PYTHON ENDPOINT
set -euo pipefail
bin=$(dirname "$1")
endpoint=$2
openstack() { "$bin/python" "$bin/openstack" --os-auth-type none --os-endpoint "$endpoint" "$@"; }

openstack network create --external cli-public -f value -c id >/dev/null
openstack subnet create --network cli-public --subnet-range 192.0.2.0/24 --no-dhcp cli-outside -f value -c id >/dev/null
openstack network create cli-blue -f value -c id >/dev/null
openstack subnet create --network cli-blue --subnet-range 10.8.0.0/24 cli-inside -f value -c id >/dev/null
openstack router create --external-gateway cli-public cli-edge -f value -c id >/dev/null
openstack router add subnet cli-edge cli-inside
openstack port create --network cli-blue cli-vm -f value -c id >/dev/null
floating=$(openstack floating ip create --port cli-vm cli-public -f value -c floating_ip_address)
openstack floating ip list -f value -c "Floating IP Address" | grep -x "$floating" >/dev/null
[ "$(openstack router show cli-edge -f value -c status)" = ACTIVE ]
openstack floating ip unset --port "$floating"
openstack floating ip set --port cli-vm "$floating"
openstack router add route --route destination=10.44.0.0/16,gateway=10.8.0.44 cli-edge
openstack router show cli-edge -f json -c routes | grep 10.44.0.0/16 >/dev/null
openstack router remove route --route destination=10.44.0.0/16,gateway=10.8.0.44 cli-edge
if openstack router delete cli-edge 2>/dev/null; then echo "a router in use was deleted" >&2; exit 1; fi
openstack floating ip delete "$floating"
openstack router remove subnet cli-edge cli-inside
openstack router unset --external-gateway cli-edge
openstack router delete cli-edge
openstack port delete cli-vm
openstack network delete cli-blue cli-public
echo "story told"

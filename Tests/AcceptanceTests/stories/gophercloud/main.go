// A tenant's day through gophercloud, unmodified, as Terraform's provider would live it. Usage: main ENDPOINT
package main

import (
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/gophercloud/gophercloud"
	"github.com/gophercloud/gophercloud/openstack/common/extensions"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/apiversions"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/agents"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/attributestags"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/external"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/layer3/addressscopes"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/layer3/floatingips"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/layer3/portforwarding"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/layer3/routers"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/networkipavailabilities"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/quotas"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/rbacpolicies"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/security/groups"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/security/rules"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/extensions/subnetpools"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/networks"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/ports"
	"github.com/gophercloud/gophercloud/openstack/networking/v2/subnets"
	"github.com/gophercloud/gophercloud/pagination"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func check(holds bool, what ...interface{}) {
	if !holds {
		panic(fmt.Sprint(what...))
	}
}

var client *gophercloud.ServiceClient
var aliases = map[string]bool{}

func main() {
	client = &gophercloud.ServiceClient{
		ProviderClient: &gophercloud.ProviderClient{},
		Endpoint:       os.Args[1] + "/",
		ResourceBase:   os.Args[1] + "/v2.0/",
	}
	discovery()
	public, network, subnet := core()
	port := routing(public, network, subnet)
	around(network, port)
	must(ports.Delete(client, port.ID).ExtractErr())
	for _, id := range []string{network.ID, public.ID} {
		must(networks.Delete(client, id).ExtractErr())
	}
	_, gone := networks.Get(client, network.ID).Extract()
	_, isNotFound := gone.(gophercloud.ErrDefault404)
	check(isNotFound, gone)
	fmt.Println("story told")
}

func discovery() {
	page, err := apiversions.ListVersions(client).AllPages()
	must(err)
	versions, err := apiversions.ExtractAPIVersions(page)
	must(err)
	check(len(versions) == 1 && versions[0].ID == "v2.0", versions)
	page, err = extensions.List(client).AllPages()
	must(err)
	listed, err := extensions.ExtractExtensions(page)
	must(err)
	for _, one := range listed {
		aliases[one.Alias] = true
	}
	check(aliases["router"] && aliases["extraroute"], listed)
}

func core() (*networks.Network, *networks.Network, *subnets.Subnet) {
	yes, no := true, false
	public, err := networks.Create(client, external.CreateOptsExt{
		CreateOptsBuilder: networks.CreateOpts{Name: "go-public"}, External: &yes}).Extract()
	must(err)
	_, err = subnets.Create(client, subnets.CreateOpts{NetworkID: public.ID, CIDR: "198.51.100.0/24",
		IPVersion: gophercloud.IPv4, EnableDHCP: &no}).Extract()
	must(err)
	var created []string
	for n := 0; n < 5; n++ {
		made, err := networks.Create(client, networks.CreateOpts{Name: "go-page", AdminStateUp: &yes}).Extract()
		must(err)
		created = append(created, made.ID)
	}
	seen, pages := 0, 0
	must(networks.List(client, networks.ListOpts{Name: "go-page", Limit: 2}).EachPage(
		func(page pagination.Page) (bool, error) {
			found, err := networks.ExtractNetworks(page)
			seen += len(found)
			pages++
			return true, err
		}))
	check(seen == 5 && pages == 3, "seen ", seen, " on ", pages)
	network, err := networks.Get(client, created[0]).Extract()
	must(err)
	check(network.Status == "ACTIVE" && !network.CreatedAt.IsZero(), network)
	for _, id := range created[1:] {
		must(networks.Delete(client, id).ExtractErr())
	}
	name := "go-inner"
	network, err = networks.Update(client, network.ID, networks.UpdateOpts{Name: &name}).Extract()
	must(err)
	subnet, err := subnets.Create(client, subnets.CreateOpts{Name: "go-subnet", NetworkID: network.ID,
		CIDR: "10.9.0.0/24", IPVersion: gophercloud.IPv4, DNSNameservers: []string{"192.0.2.53"}}).Extract()
	must(err)
	check(subnet.GatewayIP == "10.9.0.1" && len(subnet.AllocationPools) == 1, subnet)
	servers := []string{}
	subnet, err = subnets.Update(client, subnet.ID, subnets.UpdateOpts{DNSNameservers: &servers}).Extract()
	must(err)
	check(len(subnet.DNSNameservers) == 0, subnet)
	return public, network, subnet
}

func routing(public, network *networks.Network, subnet *subnets.Subnet) *ports.Port {
	port, err := ports.Create(client, ports.CreateOpts{NetworkID: network.ID, Name: "go-vm",
		FixedIPs: []ports.IP{{SubnetID: subnet.ID, IPAddress: "10.9.0.30"}}}).Extract()
	must(err)
	router, err := routers.Create(client, routers.CreateOpts{Name: "go-router",
		GatewayInfo: &routers.GatewayInfo{NetworkID: public.ID}}).Extract()
	must(err)
	check(router.Status == "ACTIVE" && len(router.GatewayInfo.ExternalFixedIPs) == 1, router)
	leg, err := routers.AddInterface(client, router.ID, routers.AddInterfaceOpts{SubnetID: subnet.ID}).Extract()
	must(err)
	check(leg.SubnetID == subnet.ID && leg.TenantID != "", leg)
	routes := []routers.Route{{DestinationCIDR: "10.99.0.0/16", NextHop: "10.9.0.99"}}
	router, err = routers.Update(client, router.ID, routers.UpdateOpts{Routes: routes}).Extract()
	must(err)
	check(reflect.DeepEqual(router.Routes, routes), router)
	floating, err := floatingips.Create(client, floatingips.CreateOpts{FloatingNetworkID: public.ID,
		PortID: port.ID}).Extract()
	must(err)
	check(floating.FixedIP == "10.9.0.30" && floating.RouterID == router.ID, floating)
	check(time.Since(floating.CreatedAt) < time.Hour, floating)
	_, err = routers.RemoveInterface(client, router.ID, routers.RemoveInterfaceOpts{SubnetID: subnet.ID}).Extract()
	_, isConflict := err.(gophercloud.ErrDefault409)
	check(isConflict, err)
	none := ""
	floating, err = floatingips.Update(client, floating.ID, floatingips.UpdateOpts{PortID: &none}).Extract()
	must(err)
	check(floating.PortID == "", floating)
	if aliases["floating-ip-port-forwarding"] {
		forwarding(floating.ID, port)
	}
	tags(router.ID)
	must(floatingips.Delete(client, floating.ID).ExtractErr())
	router, err = routers.Update(client, router.ID, routers.UpdateOpts{Routes: []routers.Route{}}).Extract()
	must(err)
	_, err = routers.RemoveInterface(client, router.ID, routers.RemoveInterfaceOpts{SubnetID: subnet.ID}).Extract()
	must(err)
	must(routers.Delete(client, router.ID).ExtractErr())
	return port
}

func forwarding(floating string, port *ports.Port) {
	made, err := portforwarding.Create(client, floating, portforwarding.CreateOpts{InternalPortID: port.ID,
		InternalIPAddress: "10.9.0.30", InternalPort: 22, ExternalPort: 2222, Protocol: "tcp"}).Extract()
	must(err)
	made, err = portforwarding.Update(client, floating, made.ID, portforwarding.UpdateOpts{ExternalPort: 2223}).Extract()
	must(err)
	check(made.ExternalPort == 2223 && made.InternalPort == 22, made)
	page, err := portforwarding.List(client, portforwarding.ListOpts{Protocol: "tcp"}, floating).AllPages()
	must(err)
	listed, err := portforwarding.ExtractPortForwardings(page)
	must(err)
	check(len(listed) == 1, listed)
	must(portforwarding.Delete(client, floating, made.ID).ExtractErr())
}

func tags(router string) {
	_, err := attributestags.ReplaceAll(client, "routers", router, attributestags.ReplaceAllOpts{
		Tags: []string{"blue"}}).Extract()
	must(err)
	must(attributestags.Add(client, "routers", router, "green").ExtractErr())
	there, err := attributestags.Confirm(client, "routers", router, "green").Extract()
	must(err)
	check(there, "a tag that was added is not there")
	must(attributestags.Delete(client, "routers", router, "green").ExtractErr())
	page, err := routers.List(client, routers.ListOpts{Tags: "blue"}).AllPages()
	must(err)
	found, err := routers.ExtractRouters(page)
	must(err)
	check(len(found) == 1 && found[0].ID == router, found)
}

func around(network *networks.Network, port *ports.Port) {
	page, err := agents.List(client, agents.ListOpts{AgentType: "L3 agent"}).AllPages()
	must(err)
	hosts, err := agents.ExtractAgents(page)
	must(err)
	check(len(hosts) == 1 && hosts[0].Alive, hosts)
	if aliases["security-group"] {
		group, err := groups.Create(client, groups.CreateOpts{Name: "go-group"}).Extract()
		must(err)
		rule, err := rules.Create(client, rules.CreateOpts{Direction: rules.DirIngress, EtherType: rules.EtherType4,
			SecGroupID: group.ID, Protocol: rules.ProtocolTCP, PortRangeMin: 22, PortRangeMax: 22}).Extract()
		must(err)
		must(rules.Delete(client, rule.ID).ExtractErr())
		must(groups.Delete(client, group.ID).ExtractErr())
	}
	if aliases["address-scope"] {
		scope, err := addressscopes.Create(client, addressscopes.CreateOpts{Name: "go-scope", IPVersion: 4}).Extract()
		must(err)
		must(addressscopes.Delete(client, scope.ID).ExtractErr())
	}
	if aliases["subnet_allocation"] {
		pool, err := subnetpools.Create(client, subnetpools.CreateOpts{Name: "go-pool",
			Prefixes: []string{"10.64.0.0/16"}, MinPrefixLen: 24}).Extract()
		must(err)
		check(pool.MinPrefixLen == 24, pool)
		must(subnetpools.Delete(client, pool.ID).ExtractErr())
	}
	if aliases["rbac-policies"] {
		policy, err := rbacpolicies.Create(client, rbacpolicies.CreateOpts{Action: rbacpolicies.ActionAccessShared,
			ObjectType: "network", TargetTenant: "beta", ObjectID: network.ID}).Extract()
		must(err)
		must(rbacpolicies.Delete(client, policy.ID).ExtractErr())
	}
	if aliases["quotas"] {
		routers := 7
		quota, err := quotas.Update(client, "go-project", quotas.UpdateOpts{Router: &routers}).Extract()
		must(err)
		check(quota.Router == 7, quota)
	}
	if aliases["network-ip-availability"] {
		shown, err := networkipavailabilities.Get(client, network.ID).Extract()
		must(err)
		check(shown.TotalIPs == "253", shown)
	}
}

"""A router of alpha with what belongs to it, made for one test."""
import pytest


class Scene:
    """A router of alpha with a gateway and one inner subnet, and things on it, gone when the test is over."""

    def __init__(self, world):
        self.world = world

    def make(self, path, key, caller=None, **body):
        made = (caller or self.world.manager).post(path, {key: body}).ok(201)[key]
        self.world.forget_later(f"{path}/{made['id']}")
        return made

    def network(self, **more):
        return self.make("/v2.0/networks", "network", **more)["id"]

    def subnet(self, network=None, cidr="10.50.0.0/24", **more):
        return self.make("/v2.0/subnets", "subnet", network_id=network or self.network(), ip_version=4, cidr=cidr,
                         **more)["id"]

    def subnet6(self, network, cidr="2001:db8:50::/64", **more):
        modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"} if "gateway_ip" not in more else {}
        return self.make("/v2.0/subnets", "subnet", network_id=network, ip_version=6, cidr=cidr, **modes | more)["id"]

    def outside(self, *cidrs, **more):
        """An external network of the operator's with these subnets."""
        network = self.make("/v2.0/networks", "network", self.world.admin, **{"router:external": True})["id"]
        for cidr in cidrs:
            self.outside_subnet(network, cidr, **more)
        return network

    def outside_subnet(self, network, cidr, **more):
        more = {"enable_dhcp": False} | more
        return self.make("/v2.0/subnets", "subnet", self.world.admin, network_id=network, cidr=cidr,
                         ip_version=6 if ":" in cidr else 4, **more)["id"]

    def router(self, *subnets, gateway=False):
        """A router with these subnets, and with a gateway on the ready outside or on the network named."""
        outside = self.world.external if gateway is True else gateway
        more = {"external_gateway_info": {"network_id": outside}} if gateway else {}
        router = self.make("/v2.0/routers", "router", **more)["id"]
        for subnet in subnets:
            self.attach(router, subnet).ok(200)
        return router

    def attach(self, router, subnet=None, caller=None, **end):
        return (caller or self.world.manager).put(f"/v2.0/routers/{router}/add_router_interface",
                                                  end or {"subnet_id": subnet})

    def detach(self, router, subnet=None, caller=None, **end):
        return (caller or self.world.manager).put(f"/v2.0/routers/{router}/remove_router_interface",
                                                  end or {"subnet_id": subnet})

    def port(self, network, **more):
        return self.make("/v2.0/ports", "port", network_id=network, **more)

    def floating_ip(self, outside=None, **more):
        return self.make("/v2.0/floatingips", "floatingip", floating_network_id=outside or self.world.external,
                         **more)["id"]

    def shown(self, collection, id, caller=None):
        """What an administrator, or another caller, is shown of an object."""
        (shown,) = (caller or self.world.admin).get(f"/v2.0/{collection}/{id}").ok(200).values()
        return shown

    def ports(self, **filters):
        return self.world.admin.get("/v2.0/ports", filters).ok(200)["ports"]


@pytest.fixture
def scene(world):
    scene = Scene(world)
    yield scene
    # Interfaces and associations go first, or nothing else does.
    for path in world._made:
        if path.startswith("/v2.0/floatingips/"):
            world.admin.delete(path)
    for path in world._made:
        if path.startswith("/v2.0/routers/"):
            world.admin.put(path, {"router": {"routes": []}})
            for port in scene.ports(device_id=path.rsplit("/", 1)[1], device_owner="network:router_interface"):
                world.admin.put(f"{path}/remove_router_interface", {"port_id": port["id"]})

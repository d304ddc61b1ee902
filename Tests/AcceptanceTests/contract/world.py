"""What the contract's tests share: callers of two projects, and what stands ready for them."""
import functools
import itertools

from rest import Caller


class World:
    def __init__(self, endpoint, services):
        roles = {"manager": ["manager", "member", "reader"], "member": ["member", "reader"], "reader": ["reader"]}
        self.endpoint = endpoint
        self.services = services
        self.admin = Caller(endpoint, "admin", "admin", "manager", "member", "reader")
        alpha = {name: Caller(endpoint, "alpha", *held) for name, held in roles.items()}
        self.manager, self.member, self.reader = alpha["manager"], alpha["member"], alpha["reader"]
        self.service = Caller(endpoint, "service", "service")
        self.stranger = Caller(endpoint, "beta", *roles["member"])
        self._numbers = itertools.count(1)
        self._made = []
        self._kept = []

    def number(self):
        return next(self._numbers)

    def cidr(self, number=None):
        number = number or self.number()
        return f"10.{64 + number // 256}.{number % 256}.0/24"

    def forget_later(self, path):
        self._made.append(path)

    def forget(self):
        """Deletes what the test made, the last first; what is gone already is fine."""
        while self._made:
            self.admin.delete(self._made.pop())

    def leave(self):
        """Deletes what stood ready."""
        while self._kept:
            path, undo = self._kept.pop()
            undo(path)

    def unbounded(self):
        """Lifts the quotas, which have tests of their own."""
        for project in ("alpha", "beta", "admin"):
            limits = dict.fromkeys(self.admin.get(f"/v2.0/quotas/{project}").ok()["quota"], -1)
            limits.pop("project_id", None), limits.pop("tenant_id", None)
            self.admin.put(f"/v2.0/quotas/{project}", {"quota": limits}).ok()

    def _ready(self, caller, path, key, **body):
        made = caller.post(path, {key: body}).ok(201)[key]
        self._kept.append((f"{path}/{made['id']}", self.admin.delete))
        return made

    @functools.cached_property
    def network(self):
        return self._ready(self.member, "/v2.0/networks", "network", name="ready")["id"]

    @functools.cached_property
    def subnet(self):
        return self._ready(self.member, "/v2.0/subnets", "subnet", network_id=self.network, ip_version=4,
                           cidr="10.40.0.0/16")["id"]

    @functools.cached_property
    def external(self):
        network = self._ready(self.admin, "/v2.0/networks", "network", name="outside", **{"router:external": True})
        self._ready(self.admin, "/v2.0/subnets", "subnet", network_id=network["id"], ip_version=4,
                    cidr="198.18.0.0/16", enable_dhcp=False)
        return network["id"]

    @functools.cached_property
    def router(self):
        """A router of alpha between its ready subnet and the outside."""
        router = self._ready(self.member, "/v2.0/routers", "router", name="ready",
                             external_gateway_info={"network_id": self.external})
        end, path = {"subnet_id": self.subnet}, f"/v2.0/routers/{router['id']}"
        self.member.put(f"{path}/add_router_interface", end).ok(200)
        self._kept.append((f"{path}/remove_router_interface", lambda path: self.admin.put(path, end)))
        return router["id"]

    @functools.cached_property
    def port(self):
        """A port behind the ready router."""
        self.router
        return self._ready(self.member, "/v2.0/ports", "port", network_id=self.network,
                           fixed_ips=[{"subnet_id": self.subnet}])

    @functools.cached_property
    def floating_ip(self):
        """A floating IP without a port, for forwardings."""
        self.router
        return self._ready(self.member, "/v2.0/floatingips", "floatingip", floating_network_id=self.external)["id"]

    @functools.cached_property
    def security_group(self):
        return self._ready(self.member, "/v2.0/security-groups", "security_group", name="ready")["id"]

    @functools.cached_property
    def proxied(self):
        """A router that proxies neighbour discovery, and a port with IPv6 behind it."""
        scope = self._ready(self.admin, "/v2.0/address-scopes", "address_scope", name="six", ip_version=6,
                            shared=True)["id"]
        pool = self._ready(self.admin, "/v2.0/subnetpools", "subnetpool", name="six", prefixes=["2001:db8:40::/48"],
                           address_scope_id=scope, shared=True, default_prefixlen=64)["id"]
        outside = self._ready(self.admin, "/v2.0/networks", "network", name="outside6", **{"router:external": True})
        self._ready(self.admin, "/v2.0/subnets", "subnet", network_id=outside["id"], ip_version=6,
                    subnetpool_id=pool)
        network = self._ready(self.member, "/v2.0/networks", "network", name="inside6")["id"]
        subnet = self._ready(self.member, "/v2.0/subnets", "subnet", network_id=network, ip_version=6,
                             subnetpool_id=pool)["id"]
        router = self._ready(self.member, "/v2.0/routers", "router", name="six", enable_ndp_proxy=True,
                             external_gateway_info={"network_id": outside["id"]})["id"]
        end, path = {"subnet_id": subnet}, f"/v2.0/routers/{router}"
        self.member.put(f"{path}/add_router_interface", end).ok(200)
        self._kept.append((f"{path}/remove_router_interface", lambda path: self.admin.put(path, end)))
        return router, network, subnet

    def proxied_port(self):
        _, network, _ = self.proxied
        port = self.member.post("/v2.0/ports", {"port": {"network_id": network}}).ok(201)["port"]
        self.forget_later(f"/v2.0/ports/{port['id']}")
        return port["id"]

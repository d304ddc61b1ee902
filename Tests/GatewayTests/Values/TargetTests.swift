import Testing

@testable import Gateway

@Suite struct TargetTests {
    @Test(arguments: [
        ("/", Target.versions), ("/v2.0", .coreCollections), ("/v2.0/", .coreCollections),
        ("/v2.0.json", .coreCollections),
        ("/v2.0/extensions", .extensions), ("/v2.0/extensions.json", .extensions),
        ("/v2.0/extensions/router", .extensionItem("router")), ("/v2.0/routers", .collection("routers")),
        ("/v2.0/routers/", .collection("routers")), ("/v2.0/routers.json", .collection("routers")),
        ("/v2.0/availability-zones", .collection("availability_zones")), ("/v2.0/routers/x", .item("routers", "x")),
        ("/v2.0/routers/x.json", .item("routers", "x")), ("/v2.0/routers/a%20b", .item("routers", "a b")),
        ("/v2.0/routers/x/add_router_interface", .member("routers", "x", "add_router_interface")),
        ("/v2.0/routers/x/add-router-interface.json", .member("routers", "x", "add_router_interface")),
        ("/v2.0/agents/x/l3-routers", .member("agents", "x", "l3_routers")),
        ("/v2.0/agents/x/l3-routers/y", .subItem("agents", "x", "l3_routers", "y")),
        ("/v2.0/ports/x/tags", .tags("ports", "x")), ("/v2.0/ports/x/tags/", .tags("ports", "x")),
        ("/v2.0/ports/x/tags/red%2Fblue", .tag("ports", "x", "red/blue")),
        ("/v2.0/ports/x/tags/a.json", .tag("ports", "x", "a.json")), ("/v2.0/ports/x/tags//", .tag("ports", "x", "")),
    ])
    func `a path names what it names`(path: String, target: Target) {
        #expect(Target(path: path) == target)
    }

    @Test(arguments: ["/v3", "/v2.0/a/b/c/d/e", "/%zz", "/v2.0/%ff", "/favicon.ico"])
    func `a path that no URL looks like is unknown`(path: String) {
        #expect(Target(path: path) == nil)
    }
}

internal import Addressing
internal import Glibc
internal import Netlink
internal import Synchronization

/// The demo's parts, and the order in which they play.
final class Demo: Sendable {
    let report = DemoReport()
    let cluster: LocalCluster
    let data: String
    let node: DemoNode
    let story: DemoStory
    let prefix: String
    private let routers = Mutex<[String]>([])
    private let servers = Mutex<[DemoServer]>([])

    init(port: UInt16, output: LinePrinter) throws {
        prefix = "sluice-demo-\(getpid())-\(UInt16.random(in: .min ... .max))"
        data = "/tmp/\(prefix)"
        node = DemoNode(name: prefix)
        cluster = try LocalCluster(
            ClusterSettings(
                data: data,
                host: "127.0.0.1",
                port: port,
                externalBridge: DemoNode.externalBridge,
                nodeNamespace: node.name,
                nodeName: "demo-node"
            ),
            output: output
        )
        story = DemoStory(client: RESTClient(host: "127.0.0.1", port: Int(port)), report: report)
    }

    /// What to try while the demo is kept.
    var hints: String {
        """
          export OS_AUTH_TYPE=none OS_ENDPOINT=\(cluster.settings.endpoint)
          openstack router list
          ip netns exec \(prefix)-outside ping 203.0.113.1
          ip netns exec qrouter-\(routers.withLock { $0.first ?? "ID" }) nft list table ip sluice
        """
    }

    /// Starts everything, tells the story and proves it.
    func play() async throws {
        let scene = try await build()
        report.heading("Proving by TCP connections")
        proveRouting(scene)
        proveFloatingIP(scene)
        try await story.associate(scene.floatingIP.id, with: nil)
        prove(
            "after disassociation nothing answers",
            scene.outside,
            scene.floatingIP.address,
            expected: "no answer",
            within: 1
        )
        try await story.associate(scene.floatingIP.id, with: scene.second)
        prove(
            "the floating IP now leads to the other VM",
            scene.outside,
            scene.floatingIP.address,
            expected: "green-vm sees 203.0.113.1"
        )
    }

    /// What was created, and the hosts that are plugged in.
    struct Scene: Sendable {
        var external: String
        var first: DemoStory.Tenant
        var second: DemoStory.Tenant
        var router: (id: String, address: String)
        var floatingIP: (id: String, address: String)
        var blue: DemoHost
        var green: DemoHost
        var outside: DemoHost
    }

    /// Starts everything and creates it all.
    func build() async throws -> Scene {
        report.heading("Starting PostgreSQL, three services, the gateway and an agent")
        try await report.step("a namespace as the node") { try node.make() }
        try await report.step("all programs ready") { try await cluster.start() }
        report.heading("Creating over REST (\(cluster.settings.endpoint))")
        let external = try await story.externalNetwork()
        let first = try await story.tenant("blue", cidr: "10.0.1.0/24", address: "10.0.1.10")
        let second = try await story.tenant("green", cidr: "10.0.2.0/24", address: "10.0.2.10")
        let router = try await story.router(on: external, for: [first, second])
        routers.withLock { $0.append(router.id) }
        let hosts = try await report.step("an outside host and two virtual machines plugged in") {
            try plugHosts(first, second)
        }
        let floatingIP = try await story.floatingIP(on: external, for: first)
        return Scene(
            external: external,
            first: first,
            second: second,
            router: router,
            floatingIP: floatingIP,
            blue: hosts.blue,
            green: hosts.green,
            outside: hosts.outside
        )
    }

    /// Stops and removes everything; what is not there is no error.
    func clean() async {
        for server in servers.withLock({ $0 }) { server.stop() }
        await cluster.stop()
        try? NodeRouters(in: cluster.folder)?.delete()
        for name in ["blue-vm", "green-vm", "outside"].map({ "\(prefix)-\($0)" }) + [node.name] {
            try? NetworkNamespace.delete(named: name)
        }
        FolderRemoval.remove(data)
    }

    private typealias Hosts = (blue: DemoHost, green: DemoHost, outside: DemoHost)

    private func plugHosts(_ first: DemoStory.Tenant, _ second: DemoStory.Tenant) throws -> Hosts {
        let blue = try host("blue-vm", "10.0.1.10/24", "10.0.1.1")
        let green = try host("green-vm", "10.0.2.10/24", "10.0.2.1")
        let outside = try host("outside", "203.0.113.1/24", nil)
        try node.plug(blue, into: "brq\(first.network.prefix(11))", device: "tapblue", mac: first.mac)
        try node.plug(green, into: "brq\(second.network.prefix(11))", device: "tapgreen", mac: second.mac)
        try node.plug(outside, into: DemoNode.externalBridge, device: "tapoutside", mac: nil)
        for host in [blue, green, outside] {
            let server = try DemoServer(on: host)
            servers.withLock { $0.append(server) }
        }
        return (blue, green, outside)
    }

    private func host(_ title: String, _ address: String, _ gateway: String?) throws -> DemoHost {
        guard let cidr = CIDR(address) else { throw SluiceError("\(address) is no address") }
        return DemoHost(
            title: title,
            namespace: "\(prefix)-\(title)",
            address: cidr,
            gateway: gateway.flatMap { IPAddress($0) }
        )
    }

    private func proveRouting(_ scene: Scene) {
        prove("VM to VM through the router", scene.blue, "10.0.2.10", expected: "green-vm sees 10.0.1.10")
        prove(
            "VM to outside: the gateway's address is seen",
            scene.green,
            "203.0.113.1",
            expected: "outside sees \(scene.router.address)"
        )
    }

    private func proveFloatingIP(_ scene: Scene) {
        let address = scene.floatingIP.address
        prove(
            "outside to the floating IP: the VM sees the client",
            scene.outside,
            address,
            expected: "blue-vm sees 203.0.113.1"
        )
        prove(
            "VM with a floating IP to outside: it is what is seen",
            scene.blue,
            "203.0.113.1",
            expected: "outside sees \(address)"
        )
        prove(
            "another VM to the floating IP, by way of the gateway",
            scene.green,
            address,
            expected: "blue-vm sees \(scene.router.address)"
        )
    }

    /// Connects, waiting so many seconds at most, and compares what was seen.
    private func prove(
        _ title: String,
        _ client: DemoHost,
        _ destination: String,
        expected: String,
        within seconds: Int = 5
    ) {
        var seen = "no answer"
        if let address = IPv4Address(destination), let answer = try? client.ask(address, within: seconds) {
            seen = "\(answer.server) sees \(answer.clientAddress)"
        }
        report.prove(title, expected: expected, seen: seen)
    }
}

import Addressing
import KernelTestSupport
import Logging
import Netlink
import ResourceModel
import Testing

@testable import AgentService

/// A whole node in namespaces: an external bridge with a host on it, bridges of tenants with namespaces as VMs on
/// them, and the agent's kernel half at work.
final class ScratchNode: Sendable {
    let network: ScratchNetwork
    let node: ScratchNamespace
    /// A host on the external network, which is also the external subnet's gateway.
    let outside: ScratchNamespace
    let kernel: RouterKernel
    let attendants: Attendants
    let layout: NodeLayout

    static let outsideAddress = Samples.ip("203.0.113.1")

    /// Lends a node to `body` and takes down all that was made of it, the given routers included.
    static func with<Result: Sendable>(
        routers: [RouterID],
        isolation: isolated (any Actor)? = #isolation,
        _ body: (ScratchNode) async throws -> Result
    ) async throws -> Result {
        try await ScratchNetwork.with { network in
            let scratch = try ScratchNode(network)
            let running = scratch.attendants.services.map { thread in Task { await thread.run() } }
            do {
                let result = try await body(scratch)
                try await scratch.end(running, routers)
                return result
            } catch {
                try await scratch.end(running, routers)
                throw error
            }
        }
    }

    private func end(_ running: [Task<Void, Never>], _ routers: [RouterID]) async throws {
        for task in running { task.cancel() }
        for task in running { await task.value }
        for router in routers {
            _ = kernel.settle(DesiredRouter(id: router))
            try NetworkNamespace.delete(named: KernelNames.namespace(of: router))
        }
    }

    private init(_ network: ScratchNetwork) throws {
        self.network = network
        node = try network.namespace("node")
        outside = try network.namespace("outside")
        layout = NodeLayout()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        attendants = Attendants(logger: logger)
        kernel = RouterKernel(
            host: try NodeHost(namespace: node.name),
            layout: layout,
            node: "scratch in \(node.name)",
            attendants: attendants
        )
        try makeBridge("br-ex")
        try plug(outside, into: "br-ex", "out0", ["203.0.113.1/24"])
    }

    /// The agent as it is after a restart: it knows nothing of what it did.
    func restarted(
        in other: ScratchNamespace? = nil,
        as label: String = "scratch",
        attendedBy others: Attendants? = nil
    ) throws -> RouterKernel {
        let name = (other ?? node).name
        return RouterKernel(
            host: try NodeHost(namespace: name),
            layout: layout,
            node: "\(label) in \(name)",
            attendants: others ?? attendants
        )
    }

    /// Makes a bridge on the node, unless it is there.
    func makeBridge(_ name: String) throws {
        try node.withRoute { (route) throws(NetlinkError) in
            do throws(NetlinkError) {
                try route.apply(.createBridge(Bridge(name: name)))
            } catch  where error.number == .exists {
                // A running agent may make it in the same moment.
            }
        }
    }

    /// Removes a bridge, or another device, from the node.
    func removeDevice(_ name: String) throws {
        let index = try node.link(name).index
        try node.withRoute { (route) throws(NetlinkError) in try route.apply(.deleteLink(index)) }
    }

    /// Puts a host's interface into a bridge.
    func plug(_ host: ScratchNamespace, into bridge: String, _ end: String, _ addresses: [String]) throws {
        let master = try node.link(bridge).index
        try host.withNamespace { (peer) throws(NetlinkError) in
            try node.withRoute { (route) throws(NetlinkError) in
                try route.createVethPairs(
                    [VethPair(host: .init(name: end, master: master), peer: .init(name: "eth0"))],
                    peersIn: peer
                )
            }
        }
        try host.configure("eth0", addresses.map(Samples.cidr))
    }

    /// A namespace as a VM on a tenant's network.
    func vm(
        _ role: String,
        on network: NetworkID,
        _ address: String,
        gateway: String
    ) throws -> ScratchNamespace {
        let host = try self.network.namespace(role)
        try makeBridge(KernelNames.bridge(of: network))
        try plug(host, into: KernelNames.bridge(of: network), "v-\(role)", [address])
        try host.setDefaultRoute(via: Samples.ip(gateway))
        return host
    }

    /// Settles a router and expects that nothing is left to do.
    @discardableResult func settle(
        _ desired: DesiredRouter,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> RouterOutcome {
        let outcome = kernel.settle(desired)
        #expect(outcome.complaint == nil, sourceLocation: sourceLocation)
        return outcome
    }

    /// A command's output inside a router's namespace.
    func run(_ router: RouterID, _ arguments: String...) throws -> String {
        try node.run(
            "ip",
            "netns",
            "exec",
            KernelNames.namespace(of: router),
            "sh",
            "-c",
            arguments.joined(separator: " ")
        )
    }
}

/// Waits until something holds; fails after eight seconds.
func eventually(
    _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(8)
    while ContinuousClock.now < deadline {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("not within 8 seconds: \(what)", sourceLocation: sourceLocation)
}

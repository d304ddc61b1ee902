public import Addressing
public import Netlink
internal import Synchronization

/// One namespace of a scratch network: a host, a router, or a node that plays the machine an agent runs on.
public final class ScratchNamespace: Sendable {
    /// Its name below `/run/netns`.
    public let name: String
    /// What it plays.
    public let role: String
    private let namespace: NetworkNamespace
    private let route: Mutex<RouteSocket>
    private let processes = Mutex<[Command]>([])

    init(name: String, role: String) throws(NetlinkError) {
        self.name = name
        self.role = role
        let namespace = try NetworkNamespace.create(named: name)
        route = Mutex(try namespace.perform { () throws(NetlinkError) in try RouteSocket() })
        self.namespace = namespace
    }

    /// Lends the hold on the namespace.
    public func withNamespace<Result>(
        _ body: (borrowing NetworkNamespace) throws(NetlinkError) -> Result
    ) throws(NetlinkError) -> Result {
        try body(namespace)
    }

    /// Lends the namespace's route socket.
    public func withRoute<Result>(
        _ body: (inout RouteSocket) throws(NetlinkError) -> sending Result
    ) throws(NetlinkError) -> Result {
        try route.withLock { (route) throws(NetlinkError) in try body(&route) }
    }

    /// Runs `body` on a thread inside the namespace and waits for it.
    public func perform<Result: ~Copyable>(
        _ body: () throws(NetlinkError) -> Result
    ) throws(NetlinkError) -> Result {
        try namespace.perform(body)
    }

    /// The interface of this name, which must exist.
    public func link(_ name: String) throws -> Link {
        guard let link = try withRoute({ (route) throws(NetlinkError) in try route.link(named: name) }) else {
            throw ScratchError.noInterface(name, in: self.name)
        }
        return link
    }

    /// Sets an interface up and gives it addresses.
    public func configure(_ name: String, _ addresses: [CIDR]) throws {
        let index = try link(name).index
        let requests: [RouteRequest] =
            [.configureLink(index, LinkSettings(isUp: true))]
            + addresses.map { .replaceAddress(InterfaceAddress($0, on: index)) }
        try withRoute { (route) throws(NetlinkError) in try route.apply(requests) }
    }

    /// Adds a default route by a gateway.
    public func setDefaultRoute(via gateway: IPAddress) throws {
        guard let everywhere = CIDR(address: .any(gateway.version), prefixLength: 0) else { return }
        try withRoute { (route) throws(NetlinkError) in
            try route.apply(.replaceRoute(.via(gateway, to: everywhere)))
        }
    }

    /// Runs a command in the namespace and returns what it wrote; at most 30 seconds.
    ///
    /// - Throws: `commandFailed` with its output when it does not end with 0.
    @discardableResult public func run(_ arguments: String...) throws -> String {
        try Command.output(inside(["timeout", "30"] + arguments))
    }

    /// Whether a command in the namespace ends with 0.
    public func succeeds(_ arguments: String...) -> Bool {
        (try? Command.output(inside(["timeout", "30"] + arguments))) != nil
    }

    /// Starts a command that runs in the namespace until the scratch network ends; its output goes to a file.
    public func start(_ arguments: [String], output: String = "/dev/null") throws {
        let command = try Command(inside(arguments), output: output)
        processes.withLock { $0.append(command) }
    }

    private func inside(_ arguments: [String]) -> [String] {
        ["ip", "netns", "exec", name] + arguments
    }

    func stopProcesses() {
        processes.withLock { processes in
            for command in processes { command.stop() }
            processes = []
        }
    }
}

/// What goes wrong in the scaffolding of a test.
public enum ScratchError: Error, Hashable, Sendable {
    /// There is no such interface.
    case noInterface(String, in: String)
    /// A command could not be started or failed.
    case commandFailed(String, output: String)
    /// A peer did not answer in time, or refused.
    case noAnswer(String)
}

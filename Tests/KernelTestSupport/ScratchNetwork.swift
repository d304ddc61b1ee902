public import Addressing
internal import Glibc
internal import Netlink
internal import Synchronization

/// Network namespaces made for one test, and nothing of the host's.
///
/// Their names begin with `slt`, the number of this process and a dash, so that what a killed process left behind is
/// found and removed by the next.
public final class ScratchNetwork: Sendable {
    private let label: String
    private let namespaces = Mutex<[ScratchNamespace]>([])

    private init() throws(NetlinkError) {
        try Self.sweepOnce()
        label = "slt\(getpid())-\(Self.counter.add(1, ordering: .relaxed).oldValue)"
    }

    private static let counter = Atomic<Int>(1)

    /// Lends a scratch network to `body` and removes all that is in it afterwards.
    public static func with<Result>(_ body: (ScratchNetwork) throws -> Result) throws -> Result {
        let network = try ScratchNetwork()
        defer { network.removeAll() }
        return try body(network)
    }

    /// Lends a scratch network to `body` and removes all that is in it afterwards.
    public static func with<Result: Sendable>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (ScratchNetwork) async throws -> Result
    ) async throws -> Result {
        let network = try ScratchNetwork()
        defer { network.removeAll() }
        return try await body(network)
    }

    /// Makes a namespace, with its loopback interface up; its name ends with this role.
    public func namespace(_ role: String) throws -> ScratchNamespace {
        let name = "\(label)-\(role)"
        let namespace = try ScratchNamespace(name: name, role: role)
        namespaces.withLock { $0.append(namespace) }
        try namespace.withRoute { (route) throws(NetlinkError) in
            try route.apply(.configureLink(.loopback, LinkSettings(isUp: true)))
        }
        return namespace
    }

    /// The name that a namespace of this role has, whether it is there or not; it is removed at the end like others.
    public func name(_ role: String) -> String { "\(label)-\(role)" }

    private func removeAll() {
        namespaces.withLock { namespaces in
            for namespace in namespaces { namespace.stopProcesses() }
            namespaces = []
        }
        for name in (try? NetworkNamespace.names()) ?? [] where name.hasPrefix("\(label)-") {
            try? NetworkNamespace.delete(named: name)
        }
    }

    /// The names of namespaces that processes which are no more have left behind.
    static func leftovers() throws(NetlinkError) -> [String] {
        try NetworkNamespace.names().filter { name in
            guard name.hasPrefix("slt"), let dash = name.firstIndex(of: "-"),
                let process = pid_t(name[name.index(name.startIndex, offsetBy: 3)..<dash])
            else { return false }
            return kill(process, 0) != 0 && errno == ESRCH
        }
    }

    private static func sweepOnce() throws(NetlinkError) {
        guard hasSwept.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        for name in try leftovers() { try NetworkNamespace.delete(named: name) }
    }

    private static let hasSwept = Atomic<Bool>(false)
}

extension ScratchNetwork {
    /// Joins two namespaces by a cable between two interfaces, gives them addresses and sets them up.
    public func connect(
        _ left: ScratchNamespace,
        _ leftName: String,
        _ leftAddresses: [CIDR],
        to right: ScratchNamespace,
        _ rightName: String,
        _ rightAddresses: [CIDR]
    ) throws {
        let pair = VethPair(host: .init(name: leftName), peer: .init(name: rightName))
        try right.withNamespace { (peer) throws(NetlinkError) in
            try left.withRoute { (route) throws(NetlinkError) in try route.createVethPairs([pair], peersIn: peer) }
        }
        try left.configure(leftName, leftAddresses)
        try right.configure(rightName, rightAddresses)
    }
}

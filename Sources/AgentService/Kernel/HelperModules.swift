internal import Netlink
internal import Nftables
internal import Synchronization

/// Which conntrack helpers the kernel has: asked for when a router first wants one, in a namespace made for it.
///
/// Otherwise a helper that is missing would keep the router's whole table from being made.
final class HelperModules: Sendable {
    /// How long one counts as missing before it is asked for again: its module may have been loaded.
    private static let patience = Duration.seconds(30)

    private let knowledge = Mutex(Knowledge())

    private struct Knowledge {
        var present: Set<HelperModule> = []
        var missing: [HelperModule: ContinuousClock.Instant] = [:]
    }

    /// Those of these that the kernel has not.
    func missing(of modules: Set<HelperModule>) throws(AgentError) -> Set<HelperModule> {
        if modules.isEmpty { return [] }
        return try knowledge.withLock { (knowledge) throws(AgentError) in
            let recently = ContinuousClock.now - Self.patience
            knowledge.missing = knowledge.missing.filter { $0.value > recently }
            for module in modules where !knowledge.present.contains(module) && knowledge.missing[module] == nil {
                if try Self.hasKernel(module) {
                    knowledge.present.insert(module)
                } else {
                    knowledge.missing[module] = .now
                }
            }
            return modules.intersection(knowledge.missing.keys)
        }
    }

    /// A router's table was refused: a module may have been unloaded.
    func doubt() { knowledge.withLock { $0.present = [] } }

    private static func hasKernel(_ module: HelperModule) throws(AgentError) -> Bool {
        guard let helper = TranslationTable.helper(of: module) else { return false }
        var socket = try withKernel { () throws(NetlinkError) in
            let scratch = try NetworkNamespace.createUnnamed()
            return try scratch.perform { () throws(NetlinkError) in try NftablesSocket() }
        }
        do throws(NftablesError) {
            var transaction = NftablesTransaction(on: try socket.generation())
            transaction.add(TranslationTable.table)
            transaction.add(helper, to: TranslationTable.table)
            try socket.commit(transaction)
            return true
        } catch {
            guard error.number == .notFound || error.number == .notSupported else { throw .table(error) }
            return false
        }
    }
}

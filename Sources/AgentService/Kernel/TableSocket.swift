internal import Nftables

/// The door to a router's nftables table.
struct TableSocket: ~Copyable, Sendable {
    private var socket: NftablesSocket
    /// The generation that was read last, which the next transaction is for.
    private var generation: Generation?

    init(_ socket: consuming NftablesSocket) {
        self.socket = socket
    }

    /// Reads the table.
    mutating func read() throws(AgentError) -> ObservedTranslation {
        do throws(NftablesError) {
            let observed = try socket.read(TranslationTable.table)
            generation = if let observed { observed.generation } else { try socket.generation() }
            return ObservedTranslation(observed?.ruleset)
        } catch {
            throw .table(error)
        }
    }

    /// Whether someone else changed the namespace's ruleset since it was read or written here; false where that is not
    /// known.
    mutating func isForeign() throws(AgentError) -> Bool {
        guard let generation else { return false }
        do throws(NftablesError) {
            return try socket.generation() != generation
        } catch {
            throw .table(error)
        }
    }

    /// Applies all of a change or nothing.
    ///
    /// - Throws: `table` with `generationChanged` when someone else changed the ruleset since it was read.
    mutating func commit(_ change: TableCommit) throws(AgentError) {
        do throws(NftablesError) {
            let present = if let generation { generation } else { try socket.generation() }
            generation = nil
            var transaction = NftablesTransaction(on: present)
            switch change {
            case .table(let plan):
                transaction.add(TranslationTable.anew)
                TranslationTable.apply(TranslationChange(from: TranslationPlan(), to: plan), to: &transaction)
            case .elements(let change):
                TranslationTable.apply(change, to: &transaction)
            }
            generation = try socket.commit(transaction)
        } catch {
            throw .table(error)
        }
    }
}

/// One transaction on a router's table.
enum TableCommit: Hashable, Sendable {
    /// The table anew, with these elements.
    case table(TranslationPlan)
    /// Elements that leave and enter, and new helpers.
    case elements(TranslationChange)
}

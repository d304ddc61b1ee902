import KernelTestSupport
import Netlink
import Nftables
import Testing

/// One namespace whose ruleset a test owns.
struct TableOwner: ~Copyable {
    let namespace: ScratchNamespace
    var socket: NftablesSocket

    init(_ namespace: ScratchNamespace) throws {
        self.namespace = namespace
        socket = try namespace.perform { () throws(NetlinkError) in try NftablesSocket() }
    }

    /// Commits what `build` adds to a transaction on the present generation.
    @discardableResult mutating func commit(
        _ build: (inout NftablesTransaction) -> Void
    ) throws(NftablesError) -> Generation {
        var transaction = NftablesTransaction(on: try socket.generation())
        build(&transaction)
        return try socket.commit(transaction)
    }

    /// Why a transaction cannot be committed; nil when it was.
    mutating func failure(of build: (inout NftablesTransaction) -> Void) -> NftablesError? {
        do throws(NftablesError) {
            try commit(build)
            return nil
        } catch {
            return error
        }
    }

    /// Why a transaction that was made before cannot be committed; nil when it was.
    mutating func failure(of transaction: consuming NftablesTransaction) -> NftablesError? {
        do throws(NftablesError) {
            try socket.commit(transaction)
            return nil
        } catch {
            return error
        }
    }

    mutating func read(_ table: Table = RouterRuleset.table) throws -> ObservedTable {
        try #require(try socket.read(table))
    }

    /// What `nft` lists.
    func listing(_ table: String = "ip sluice") throws -> String {
        let words = table.split(separator: " ").map(String.init)
        return try namespace.run("nft", "list", "table", words[0], words[1])
    }
}

/// Lends one namespace's ruleset to a test.
func withTables(_ body: (inout TableOwner) throws -> Void) throws {
    try ScratchNetwork.with { network in
        var owner = try TableOwner(network.namespace("router"))
        try body(&owner)
    }
}

/// The refusals that an error reports; none for another error.
func refusals(_ error: (any Error)?) -> [NetlinkError.Refusal] {
    guard case .refused(let refusals)? = error as? NftablesError else { return [] }
    return refusals
}

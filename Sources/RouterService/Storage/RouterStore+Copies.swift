internal import Postgres
internal import ResourceModel

// Routers that will be built differently are locked first and the copy changed after, in the order in which changes of
// routers lock, too; what is no news, or makes no difference, locks no router.
extension RouterStore {
    /// Keeps what NetworkService said of a port; routers that are built differently now get a new revision.
    func absorb(_ port: Port, in transaction: Transaction) async throws(PostgresError) {
        let known = try await transaction.port(port.id)
        if let known, known.revision >= port.revision { return }
        let makesDifference = known.map { !$0.isBuilt(like: port) } ?? true
        let routers = makesDifference ? try await transaction.routersForUpdate(.port(port.id)) : []
        if try await transaction.keep(port) { try await bump(routers, in: transaction) }
    }

    /// Keeps what NetworkService said of a network, as a port.
    func absorb(_ network: Network, in transaction: Transaction) async throws(PostgresError) {
        let known = try await transaction.networks([network.id])[network.id]
        if let known, known.revision >= network.revision { return }
        let makesDifference = known.map { !$0.isBuilt(like: network) } ?? true
        let routers = makesDifference ? try await transaction.routersForUpdate(.network(network.id)) : []
        if try await transaction.keep(network) { try await bump(routers, in: transaction) }
    }

    /// Keeps what NetworkService said of a subnet, as a port.
    func absorb(_ subnet: Subnet, in transaction: Transaction) async throws(PostgresError) {
        let known = try await transaction.subnet(subnet.id)
        if let known, known.revision >= subnet.revision { return }
        let makesDifference = known.map { !$0.isBuilt(like: subnet) } ?? true
        let touched = Transaction.Touched.subnet(subnet.id, subnet.networkID)
        let routers = makesDifference ? try await transaction.routersForUpdate(touched) : []
        if try await transaction.keep(subnet) { try await bump(routers, in: transaction) }
    }

    /// Keeps a network with its subnets before a router's port on it is committed.
    func keep(_ facts: NetworkFacts, in transaction: Transaction) async throws(PostgresError) {
        try await absorb(facts.network, in: transaction)
        for subnet in facts.subnets.sorted(by: { $0.id < $1.id }) { try await absorb(subnet, in: transaction) }
    }

    private func bump(_ routers: [Router], in transaction: Transaction) async throws(PostgresError) {
        for router in routers {
            var router = router
            try await transaction.bump(&router)
            try await announce(router, before: router.agentID, in: transaction)
        }
    }
}

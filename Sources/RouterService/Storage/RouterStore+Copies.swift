internal import Postgres
internal import ResourceModel

extension RouterStore {
    /// Keeps what NetworkService said of a port; routers that are built differently now get a new revision.
    func absorb(_ port: Port, touching: Bool = false, in transaction: Transaction) async throws(PostgresError) {
        guard try await transaction.keep(port, touching: touching) == true else { return }
        try await bumpRouters(.port(port.id), in: transaction)
    }

    /// Keeps what NetworkService said of a network; routers that are built differently now get a new revision.
    func absorb(_ network: Network, touching: Bool = false, in transaction: Transaction) async throws(PostgresError) {
        guard try await transaction.keep(network, touching: touching) == true else { return }
        try await bumpRouters(.network(network.id), in: transaction)
    }

    /// Keeps what NetworkService said of a subnet; routers that are built differently now get a new revision.
    func absorb(_ subnet: Subnet, touching: Bool = false, in transaction: Transaction) async throws(PostgresError) {
        guard try await transaction.keep(subnet, touching: touching) == true else { return }
        try await bumpRouters(.subnet(subnet.id, subnet.networkID), in: transaction)
    }

    /// Keeps a network with its subnets before a router's port on it is committed.
    func keep(_ facts: NetworkFacts, in transaction: Transaction) async throws(PostgresError) {
        try await absorb(facts.network, in: transaction)
        for subnet in facts.subnets.sorted(by: { $0.id < $1.id }) { try await absorb(subnet, in: transaction) }
    }

    private func bumpRouters(_ touched: Transaction.Touched, in transaction: Transaction) async throws(PostgresError) {
        for router in try await transaction.routersForUpdate(touched) {
            var router = router
            try await transaction.bump(&router)
            try await announce(router, before: router.agentID, in: transaction)
        }
    }
}

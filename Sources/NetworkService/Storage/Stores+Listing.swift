internal import Listing
internal import Postgres
internal import ResourceModel

extension NetworkStore {
    func list(_ query: ListQuery, visibleTo caller: RequestContext) async throws -> Page<Network> {
        try await NetworkError.listing {
            () async throws(ListError) in
            try await ListColumns.networks(for: caller).page(
                query,
                selecting: Network.columns(for: caller),
                where: Visibility(caller: caller).ofNetworks,
                in: source,
                Network.init(row:)
            )
        }
    }
}

extension SubnetStore {
    func list(_ query: ListQuery, visibleTo caller: RequestContext) async throws -> Page<Subnet> {
        try await NetworkError.listing {
            () async throws(ListError) in
            try await ListColumns.subnets.page(
                query,
                selecting: Subnet.columns,
                where: Visibility(caller: caller).ofSubnets,
                in: source,
                Subnet.init(row:)
            )
        }
    }
}

extension PortStore {
    func list(_ query: ListQuery, visibleTo caller: RequestContext) async throws -> Page<Port> {
        try await NetworkError.listing {
            () async throws(ListError) in
            try await ListColumns.ports.page(
                query,
                selecting: Port.columns,
                where: Visibility(caller: caller).ofPorts,
                in: source,
                Port.init(row:)
            )
        }
    }
}

extension NetworkError {
    /// Makes a list, and its refusal this room's.
    static func listing<Item>(
        _ list: () async throws(ListError) -> Page<Item>
    ) async throws -> Page<Item> {
        do throws(ListError) {
            return try await list()
        } catch {
            switch error {
            case .unknownField, .unsortableField, .badValue: throw NetworkError.invalidInput(error.description)
            case .badLimit: throw NetworkError.badRequest(error.description)
            case .markerNotFound(let marker): throw NetworkError.markerNotFound(marker)
            case .database(let error): throw error
            }
        }
    }
}

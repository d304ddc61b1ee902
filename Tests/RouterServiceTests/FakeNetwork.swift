import Addressing
import ResourceModel
import ServiceRuntime
import Testing

@testable import RouterService

/// NetworkService as RouterService sees it, in memory: networks, subnets, ports, allocation, and what changes.
actor FakeNetwork {
    struct Held {
        var port: Port
        var holder: RouterID?
        /// The tenant's port before it was claimed.
        var claimedFrom: Port?
        var role: RouterPort.Role?
        var host = ""
        var status = "DOWN"
    }

    private(set) var networks: [NetworkID: (network: Network, project: String, isShared: Bool)] = [:]
    /// The project that a policy shares a network with.
    private var sharedWith: [NetworkID: String] = [:]
    private(set) var subnets: [SubnetID: Subnet] = [:]
    private(set) var ports: [PortID: Held] = [:]
    /// Every call is answered as by a service that is away.
    var isAway = false
    /// Runs at the end of each change of a port, when NetworkService has done its part.
    var afterChange: (@Sendable () async -> Void)?

    private var events: [NetworkEvent] = []
    private var followers: [AsyncStream<Void>.Continuation] = []

    func setAway(_ isAway: Bool) { self.isAway = isAway }
    func setAfterChange(_ body: (@Sendable () async -> Void)?) { afterChange = body }
}

// What tests set up.
extension FakeNetwork {
    func makeNetwork(
        project: String = "acme",
        isExternal: Bool = false,
        isShared: Bool = false,
        mtu: Int = 1450,
        hasIPv6Scope: Bool = false
    ) -> NetworkID {
        let network = Network(
            id: .random(),
            isExternal: isExternal,
            mtu: mtu,
            type: isExternal ? "flat" : "vxlan",
            physicalNetwork: isExternal ? "public" : "",
            segmentationID: isExternal ? 0 : 42,
            hasIPv6Scope: hasIPv6Scope
        )
        networks[network.id] = (network, project, isShared)
        record(.network(network))
        return network.id
    }

    @discardableResult
    func makeSubnet(
        _ network: NetworkID,
        _ cidr: String,
        project: String = "acme",
        gateway: Bool = true,
        raMode: String = "",
        addressMode: String = ""
    ) throws -> SubnetID {
        let prefix = try #require(CIDR(cidr))
        var subnet = Subnet(id: .random(), networkID: network, projectID: project, cidr: prefix)
        subnet.gatewayIP = gateway ? prefix.first.advanced(by: 1) : nil
        if let first = prefix.first.advanced(by: 10), let last = prefix.first.advanced(by: 99),
            let pool = AddressRange(first: first, last: last)
        {
            subnet.allocationPools = [pool]
        }
        subnet.raMode = raMode
        subnet.addressMode = addressMode
        subnets[subnet.id] = subnet
        record(.subnet(subnet))
        return subnet.id
    }

    func share(_ network: NetworkID, with project: String) { sharedWith[network] = project }

    func makePort(
        _ network: NetworkID,
        _ addresses: [(SubnetID, String)],
        project: String = "acme",
        device: String = ""
    ) throws -> PortID {
        var port = Port(
            id: .random(),
            networkID: network,
            projectID: project,
            macAddress: try Self.mac(),
            deviceID: device
        )
        port.addresses = try addresses.map { PortAddress(subnetID: $0, address: try #require(IPAddress($1))) }
        ports[port.id] = Held(port: port)
        return port.id
    }

    func change(_ id: SubnetID, _ edit: (inout Subnet) -> Void) throws {
        var subnet = try #require(subnets[id])
        edit(&subnet)
        subnet.revision += 1
        subnets[id] = subnet
        record(.subnet(subnet))
    }

    func change(_ id: NetworkID, _ edit: (inout Network) -> Void) throws {
        var entry = try #require(networks[id])
        edit(&entry.network)
        entry.network.revision += 1
        networks[id] = entry
        record(.network(entry.network))
    }

    func change(_ id: PortID, _ edit: (inout Port) -> Void) throws {
        var held = try #require(ports[id])
        edit(&held.port)
        held.port.revision += 1
        ports[id] = held
        record(.port(held.port))
    }

    /// Ports that routers hold.
    var heldPorts: [Held] { ports.values.filter { $0.holder != nil } }

    private static func mac() throws -> MACAddress {
        var generator = SystemRandomNumberGenerator()
        return MACAddress(prefix: (0xfa, 0x16, 0x3e), using: &generator)
    }

    private func record(_ event: NetworkEvent) {
        events.append(event)
        for follower in followers { follower.yield() }
    }

    private func requirePresence() throws {
        if isAway { throw RemoteError(reason: .serviceUnavailable, message: "the network service is away") }
    }

    private func changed(_ port: Port) async {
        record(.port(port))
        await afterChange?()
    }
}

extension FakeNetwork: NetworkDirectory {
    func network(_ id: NetworkID, as context: RequestContext) async throws -> Network {
        try requirePresence()
        guard let entry = networks[id],
            context.owns(projectID: entry.project) || entry.isShared || entry.network.isExternal
        else { throw RemoteError(reason: .networkNotFound, message: "network \(id) could not be found") }
        return entry.network
    }

    func isShared(_ id: NetworkID, with context: RequestContext) async throws -> Bool {
        try requirePresence()
        return sharedWith[id] == context.projectID
    }

    func subnet(_ id: SubnetID, as context: RequestContext) async throws -> Subnet {
        try requirePresence()
        guard let subnet = subnets[id], (try? await network(subnet.networkID, as: context)) != nil else {
            throw RemoteError(reason: .subnetNotFound, message: "subnet \(id) could not be found")
        }
        return subnet
    }

    func subnets(of network: NetworkID) async throws -> [Subnet] {
        try requirePresence()
        return subnets.values.filter { $0.networkID == network }.sorted { $0.id < $1.id }
    }
}

extension FakeNetwork: PortDirectory {
    func port(_ id: PortID, as context: RequestContext) async throws -> Port {
        try requirePresence()
        guard let port = ports[id]?.port, context.owns(projectID: port.projectID) else {
            throw RemoteError(reason: .portNotFound, message: "port \(id) could not be found")
        }
        return port
    }

    func reserve(_ reservation: PortReservation) async throws -> Port {
        try requirePresence()
        if let present = ports[reservation.portID] { return present.port }
        guard networks[reservation.networkID] != nil else {
            throw RemoteError(reason: .networkNotFound, message: "no network")
        }
        var port = Port(
            id: reservation.portID,
            networkID: reservation.networkID,
            projectID: reservation.projectID,
            macAddress: try Self.mac(),
            deviceID: reservation.routerID.description
        )
        port.addresses = try allocate(reservation.addresses, on: reservation.networkID, for: port.id)
        ports[port.id] = Held(port: port, holder: reservation.routerID, role: reservation.role)
        await changed(port)
        return port
    }

    func claim(_ id: PortID, for router: RouterID) async throws -> Port {
        try requirePresence()
        guard var held = ports[id] else { throw RemoteError(reason: .portNotFound, message: "no port \(id)") }
        if held.holder == router { return held.port }
        guard held.port.deviceID.isEmpty else { throw RemoteError(reason: .portInUse, message: "port in use") }
        held.claimedFrom = held.port
        held.holder = router
        held.role = .interface
        held.port.deviceID = router.description
        held.port.revision += 1
        ports[id] = held
        await changed(held.port)
        return held.port
    }

    func unclaim(_ id: PortID, for router: RouterID) async throws {
        try requirePresence()
        guard let held = ports[id], held.holder == router, var before = held.claimedFrom else { return }
        before.revision = held.port.revision + 1
        ports[id] = Held(port: before)
    }

    func readdress(_ id: PortID, for router: RouterID, to addresses: [WantedAddress]) async throws -> Port {
        try requirePresence()
        guard var held = ports[id], held.holder == router else {
            throw RemoteError(reason: .portNotFound, message: "no port \(id)")
        }
        held.port.addresses = try allocate(addresses, on: held.port.networkID, for: id)
        held.port.revision += 1
        ports[id] = held
        await changed(held.port)
        return held.port
    }

    func tell(_ port: UntoldPort) async throws {
        try requirePresence()
        guard var held = ports[port.portID], held.holder == port.routerID else {
            throw RemoteError(reason: .portNotFound, message: "no port \(port.portID)")
        }
        held.host = port.host
        held.status = port.status
        held.port.revision += 1
        ports[port.portID] = held
        record(.port(held.port))
    }

    func release(_ id: PortID, for router: RouterID) async throws {
        try requirePresence()
        guard ports[id]?.holder == router else { return }
        ports[id] = nil
        record(.portGone(id))
    }

    private func allocate(
        _ wanted: [WantedAddress],
        on network: NetworkID,
        for port: PortID
    ) throws -> [PortAddress] {
        let here = subnets.values.filter { $0.networkID == network }.sorted { $0.id < $1.id }
        var wishes = wanted
        if wishes.isEmpty, let first = here.first(where: { $0.cidr.version == .v4 }) {
            wishes = [WantedAddress(subnetID: first.id)]
        }
        return try wishes.map { wish in
            if let id = wish.subnetID, subnets[id] == nil {
                throw RemoteError(reason: .subnetNotFound, message: "no subnet \(id)")
            }
            if let id = wish.subnetID, !here.contains(where: { $0.id == id }) {
                throw RemoteError(reason: .invalidInput, message: "subnet \(id) is of another network")
            }
            let subnet = here.first { subnet in
                (wish.subnetID ?? subnet.id) == subnet.id && (wish.address.map(subnet.cidr.contains) ?? true)
            }
            guard let subnet else { throw RemoteError(reason: .invalidIPForNetwork, message: "on no subnet") }
            let taken = Set(
                ports.values.filter { $0.port.id != port && $0.port.networkID == network }
                    .flatMap(\.port.addresses).map(\.address)
            )
            if let address = wish.address {
                guard !taken.contains(address) else {
                    throw RemoteError(reason: .ipAddressAlreadyAllocated, message: "\(address) is taken")
                }
                return PortAddress(subnetID: subnet.id, address: address)
            }
            for address in subnet.allocationPools.joined() where !taken.contains(address) {
                return PortAddress(subnetID: subnet.id, address: address)
            }
            throw RemoteError(reason: .ipAddressGenerationFailure, message: "no address left on \(subnet.id)")
        }
    }
}

extension FakeNetwork: NetworkChangesDirectory {
    nonisolated func follow(
        from position: String,
        _ body: @escaping @Sendable (NetworkEvent) async throws -> Void
    ) async throws {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)
        var reached = Int(position) ?? 0
        await listen(signal)
        if position.isEmpty {
            let (state, count) = await snapshot()
            for event in state { try await body(event) }
            reached = count
        }
        var isSynced = false
        while !Task.isCancelled {
            let news = await events(after: reached)
            for event in news { try await body(event) }
            reached += news.count
            try await body(isSynced ? .progress("\(reached)") : .synced("\(reached)"))
            isSynced = true
            var iterator = signals.makeAsyncIterator()
            if await iterator.next() == nil { return }
        }
    }

    private func listen(_ signal: AsyncStream<Void>.Continuation) { followers.append(signal) }
    private func events(after count: Int) -> [NetworkEvent] { Array(events.dropFirst(count)) }

    private func snapshot() -> ([NetworkEvent], Int) {
        let all =
            networks.values.map { NetworkEvent.network($0.network) } + subnets.values.map { .subnet($0) }
            + ports.values.filter { $0.holder != nil }.map { .port($0.port) }
        return (all, events.count)
    }
}

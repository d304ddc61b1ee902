import Addressing
import ResourceModel
import ServiceRuntime
import Testing

@testable import FloatingIPService

/// NetworkService as FloatingIPService sees it, in memory: networks, subnets, ports, held addresses and references.
actor FakeNetwork {
    /// A call, as far as tests want to get in its way.
    enum Call: Hashable, Sendable {
        case reserve, release, addReference, removeReference, readPorts
    }

    /// That a holder leans on a port.
    struct Reference: Hashable, Sendable {
        let holder: Holder
        let portID: PortID
    }

    private var networks: [NetworkID: (network: Network, project: String)] = [:]
    private var subnets: [SubnetID: Subnet] = [:]
    private(set) var ports: [PortID: Port] = [:]
    private(set) var references: Set<Reference> = []
    /// How often each call was made.
    private(set) var calls: [Call: Int] = [:]
    /// Runs before a call is answered; may throw in its place.
    private var before: @Sendable (Call) async throws -> Void = { _ in }
    /// Runs after a call has been done; may throw its answer away.
    private var after: @Sendable (Call) async throws -> Void = { _ in }
    private var nextHost = 10

    func setBefore(_ body: @escaping @Sendable (Call) async throws -> Void) { before = body }
    func setAfter(_ body: @escaping @Sendable (Call) async throws -> Void) { after = body }

    /// The ports that hold floating IPs' addresses.
    var heldPorts: [Port] { ports.values.filter { $0.deviceOwner == "network:floatingip" } }

    func makeNetwork(project: String = "acme", isExternal: Bool = false, ipv6Scope: String = "") -> NetworkID {
        let network = Network(id: .random(), isExternal: isExternal, ipv6Scope: ipv6Scope)
        networks[network.id] = (network, project)
        return network.id
    }

    @discardableResult
    func makeSubnet(_ network: NetworkID, _ cidr: String, name: String = "") throws -> SubnetID {
        let subnet = Subnet(id: .random(), networkID: network, name: name, cidr: try #require(CIDR(cidr)))
        subnets[subnet.id] = subnet
        return subnet.id
    }

    func makePort(
        _ network: NetworkID,
        _ addresses: [(SubnetID, String)],
        project: String = "acme",
        owner: String = "compute:nova"
    ) throws -> PortID {
        var port = Port(
            id: .random(),
            projectID: project,
            networkID: network,
            name: "vm",
            macAddress: try #require(MACAddress("fa:16:3e:00:00:01"))
        )
        (port.status, port.deviceID, port.deviceOwner) = ("ACTIVE", "server-1", owner)
        port.addresses = try addresses.map { PortAddress(subnetID: $0, address: try #require(IPAddress($1))) }
        ports[port.id] = port
        return port.id
    }

    func change(_ id: PortID, _ edit: (inout Port) -> Void) throws {
        var port = try #require(ports[id])
        edit(&port)
        ports[id] = port
    }

    func removePort(_ id: PortID) { ports[id] = nil }
}

extension FakeNetwork: NetworkDirectory {
    func facts(_ places: FloatingIPPlaces, as context: RequestContext) async throws -> PlaceFacts {
        PlaceFacts(
            network: network(places.networkID, as: context),
            subnets: subnets.values.filter { $0.networkID == places.networkID },
            subnet: places.subnetID.flatMap { subnets[$0] }.flatMap { subnet in
                network(subnet.networkID, as: context).map { _ in subnet }
            },
            port: places.portID.flatMap { ports[$0] }.flatMap { context.owns(projectID: $0.projectID) ? $0 : nil }
        )
    }

    private func network(_ id: NetworkID, as context: RequestContext) -> Network? {
        guard let entry = networks[id], context.owns(projectID: entry.project) || entry.network.isExternal else {
            return nil
        }
        return entry.network
    }

    func externalSubnets(as context: RequestContext) async throws -> [Subnet] {
        subnets.values.filter { networks[$0.networkID]?.network.isExternal == true }
    }
}

extension FakeNetwork: PortDirectory {
    private func doing<Answer: Sendable>(_ call: Call, _ body: () throws -> Answer) async throws -> Answer {
        calls[call, default: 0] += 1
        try await before(call)
        let answer = try body()
        try await after(call)
        return answer
    }

    func port(_ id: PortID, as context: RequestContext) async throws -> Port {
        guard let port = ports[id], context.owns(projectID: port.projectID) else {
            throw RemoteError(reason: .portNotFound, message: "port \(id) could not be found")
        }
        return port
    }

    func details(_ ids: Set<PortID>) async throws -> [PortID: PortDetails] {
        try await doing(.readPorts) { ports.filter { ids.contains($0.key) }.mapValues(\.details) }
    }

    func hold(_ reservation: AddressReservation, leaningOn target: FloatingIP.Target?) async throws -> HeldAddress {
        let port = try await reserve(reservation)
        guard let target else { return HeldAddress(port: port, targetPort: nil) }
        let holder = Holder.floatingIP(reservation.floatingIPID)
        return HeldAddress(port: port, targetPort: try await addReference(of: holder, to: target))
    }

    func drop(_ holder: Holder, references: [PortID], releasing port: PortID?) async throws {
        for reference in references { try await removeReference(of: holder, to: reference) }
        if let port { try await release(port) }
    }

    func reserve(_ reservation: AddressReservation) async throws -> Port {
        try await doing(.reserve) {
            let id = reservation.floatingIPID.derived(as: PortKind.self, purpose: .floatingIPPort)
            if let present = ports[id] { return present }
            var port = Port(
                id: id,
                projectID: "",
                networkID: reservation.networkID,
                macAddress: try #require(MACAddress("fa:16:3e:00:00:02"))
            )
            (port.status, port.deviceOwner) = ("N/A", "network:floatingip")
            port.addresses = [try allocate(reservation)]
            ports[id] = port
            return port
        }
    }

    private func allocate(_ wanted: AddressReservation) throws -> PortAddress {
        let here = subnets.values.filter {
            $0.networkID == wanted.networkID && $0.cidr.version == .v4 && (wanted.subnetID ?? $0.id) == $0.id
        }
        let taken = Set(ports.values.filter { $0.networkID == wanted.networkID }.flatMap(\.addresses).map(\.address))
        guard let address = wanted.address.map(IPAddress.v4) else {
            for subnet in here.sorted(by: { $0.id < $1.id }) {
                // The pool is .10 to .99 of each subnet.
                for host in 10..<100 {
                    guard let free = subnet.cidr.first.advanced(by: host), subnet.cidr.contains(free) else { break }
                    if !taken.contains(free) { return PortAddress(subnetID: subnet.id, address: free) }
                }
            }
            throw RemoteError(reason: .ipAddressGenerationFailure, message: "no address left")
        }
        guard let subnet = here.first(where: { $0.cidr.contains(address) }) else {
            throw RemoteError(
                reason: wanted.subnetID == nil ? .invalidIPForNetwork : .invalidIPForSubnet,
                message: "not there"
            )
        }
        guard !taken.contains(address) else {
            throw RemoteError(reason: .ipAddressAlreadyAllocated, message: "\(address) is taken")
        }
        return PortAddress(subnetID: subnet.id, address: address)
    }

    private func release(_ port: PortID) async throws {
        try await doing(.release) { ports[port] = nil }
    }

    func addReference(of holder: Holder, to id: PortID, at address: IPAddress) async throws -> Port {
        try await doing(.addReference) {
            guard let port = ports[id] else {
                throw RemoteError(reason: .portNotFound, message: "port \(id) could not be found")
            }
            guard port.addresses.contains(where: { $0.address == address }) else {
                throw RemoteError(reason: .badRequest, message: "not the port's address")
            }
            references.insert(Reference(holder: holder, portID: id))
            return port
        }
    }

    private func removeReference(of holder: Holder, to port: PortID) async throws {
        _ = try await doing(.removeReference) { references.remove(Reference(holder: holder, portID: port)) }
    }
}

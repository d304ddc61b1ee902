import Contracts
import GRPCCore
import GRPCInProcessTransport
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct ObserverTests {
    private func portWithReference(_ api: API) async throws -> (Wire.Network, Wire.Port, PortID) {
        let network = try await api.makeNetwork()
        _ = try await api.makeSubnet(network, "10.0.0.0/24")
        let port = try await api.makePort(network)
        let seen = try await api.refer(.floatingIP(), to: port.id, "10.0.0.2")
        #expect(seen == port)
        return (network, port, try #require(PortID(port.id)))
    }

    @Test func `who leans on a port is told before it goes, and nobody else is`() async throws {
        let observer = FakeObserver()
        try await withService(observers: [observer]) { api in
            let (network, port, id) = try await portWithReference(api)
            try await api.deletePort(try await api.makePort(network).id)
            #expect(observer.questions == [])
            try await api.deletePort(port.id)
            #expect(observer.questions == [.deletion(id)])
            #expect(try await api.references() == 0)
        }
    }

    @Test func `a refusal of one who is told is the answer, and nothing happens`() async throws {
        let observer = FakeObserver { _ in
            throw NetworkError.refused(reason: .floatingIPAssociatedByOther, message: "no", metadata: ["a": "b"])
        }
        try await withService(observers: [observer]) { api in
            let (_, port, _) = try await portWithReference(api)
            let refused = try await refusal(.member) { try await api.deletePort(port.id) }
            #expect(refused == RemoteError(reason: .floatingIPAssociatedByOther, message: "no", metadata: ["a": "b"]))
            #expect(try await api.port(port.id) == port)
            #expect(try await api.references() == 1)
        }
    }

    @Test func `the loss of an address is told to who leans on it, of others it is not`() async throws {
        let observer = FakeObserver()
        try await withService(observers: [observer]) { api in
            let (_, port, id) = try await portWithReference(api)
            _ = try await api.updatePort(port, ["fixed_ips"]) { $0.fixedIps = [.at("10.0.0.2"), .at("10.0.0.9")] }
            _ = try await api.updatePort(port, ["fixed_ips"]) { $0.fixedIps = [.at("10.0.0.2")] }
            #expect(observer.questions == [])
            _ = try await api.updatePort(port, ["fixed_ips"]) { $0.fixedIps = [.at("10.0.0.9")] }
            #expect(observer.questions == [.loss(id, ["10.0.0.2"])])
            #expect(try await api.references() == 0)
        }
    }

    @Test func `one who begins to lean on the port meanwhile is told, too`() async throws {
        let newcomer = ReleaseOnDemand()
        let observer = FakeObserver { _ in await newcomer.run() }
        try await withService(observers: [observer]) { api in
            let (_, port, id) = try await portWithReference(api)
            await newcomer.become {
                await newcomer.become {}
                _ = try? await api.refer(.floatingIP(), to: port.id, "10.0.0.2")
            }
            try await api.deletePort(port.id)
            #expect(observer.questions == [.deletion(id), .deletion(id)])
        }
    }

    @Test func `a reference that went and came again between two tellings is told, too`() async throws {
        let newcomer = ReleaseOnDemand()
        let observer = FakeObserver { _ in await newcomer.run() }
        try await withService(observers: [observer]) { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/24")
            let port = try await api.makePort(network)
            let (id, holder) = (try #require(PortID(port.id)), Wire.Holder.floatingIP())
            _ = try await api.refer(holder, to: port.id, "10.0.0.2")
            await newcomer.become {
                await newcomer.become {}
                _ = try? await `as`(.program) {
                    try await api.reservations.removePortReference(
                        .with {
                            $0.holder = holder
                            $0.portID = port.id
                        }
                    )
                }
                _ = try? await api.refer(holder, to: port.id, "10.0.0.2")
            }
            try await api.deletePort(port.id)
            #expect(observer.questions == [.deletion(id), .deletion(id)])
        }
    }

    @Test func `an administrator's deletion of a port with another project's floating IP is asked as one's`()
        async throws
    {
        try await withObserver(AdministratorsOnly()) { observer in
            try await withService(observers: [observer]) { api in
                let (_, port, _) = try await portWithReference(api)
                let refused = try await refusal(.member) { try await api.deletePort(port.id) }
                #expect(refused?.reason == .floatingIPAssociatedByOther)
                try await api.deletePort(port.id, .admin)
            }
        }
    }

    /// Serves an observer, and runs the body with a client of it.
    private func withObserver(
        _ observer: any RegistrableRPCService,
        _ body: (any PortObserver) async throws -> Void
    ) async throws {
        let transport = InProcessTransport()
        let server = GRPCServer(
            transport: transport.server,
            services: [observer],
            interceptors: RPCServer.interceptors(logger: .defects)
        )
        let client = GRPCClient(transport: transport.client, interceptors: RPCChannel.interceptors)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.serve() }
            group.addTask { try await client.runConnections() }
            try await body(PortObserverClient(client, domain: "openstacklocal."))
            client.beginGracefulShutdown()
            server.beginGracefulShutdown()
        }
    }

    @Test func `references need an address that the port has, and are dropped by holder`() async throws {
        try await withService { api in
            let (_, port, _) = try await portWithReference(api)
            let holder = Wire.Holder.floatingIP()
            let wrong = try await refusal(.program) { try await api.refer(holder, to: port.id, "10.0.0.3") }
            #expect(wrong?.reason == .badRequest)
            let nowhere = try await refusal(.program) {
                try await api.refer(holder, to: PortID.random().description, "10.0.0.2")
            }
            #expect(nowhere?.reason == .portNotFound)
            for _ in 0..<2 { _ = try await api.refer(holder, to: port.id, "10.0.0.2") }
            #expect(try await api.references() == 2)
            for _ in 0..<2 {
                _ = try await `as`(.program) {
                    try await api.reservations.removePortReference(
                        .with {
                            $0.holder = holder
                            $0.portID = port.id
                        }
                    )
                }
            }
            #expect(try await api.references() == 1)
        }
    }

    @Test func `a subnet whose addresses others lean on stays`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let subnet = try await api.makeSubnet(network, "2001:db8::/64") {
                $0.ipv6RaMode = "slaac"
                $0.ipv6AddressMode = "slaac"
            }
            let port = try await api.makePort(network)
            _ = try await api.refer(.floatingIP(), to: port.id, port.fixedIps[0].ipAddress)
            let refused = try await refusal(.member) {
                try await api.subnets.deleteSubnet(.with { $0.id = subnet.id })
            }
            #expect(refused?.reason == .subnetInUse)
        }
    }

    @Test func `over gRPC a refusal keeps its reason, and a program that is away makes the request unavailable`()
        async throws
    {
        try await withObserver(RefusingObserver()) { observer in
            try await withService(observers: [observer]) { api in
                let (_, port, _) = try await portWithReference(api)
                let refused = try await refusal(.member) { try await api.deletePort(port.id) }
                #expect(refused?.reason == .floatingIPAssociatedByOther)
                let away = try await refusal(.member) {
                    try await api.updatePort(port, ["fixed_ips"]) { $0.fixedIps = [.at("10.0.0.9")] }
                }
                #expect(away?.reason == .serviceUnavailable)
                #expect(try await api.port(port.id) == port)
            }
        }
    }
}

/// Lets administrators alone delete ports, as FloatingIPService does with another project's floating IP.
private struct AdministratorsOnly: L3_Network_V1_PortObserver.SimpleServiceProtocol {
    func portWillBeDeleted(
        request: L3_Network_V1_PortWillBeDeletedRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_PortWillBeDeletedResponse {
        guard CurrentRequest.context.roles == [.admin] else {
            throw RemoteError(reason: .floatingIPAssociatedByOther, message: "port \(request.port.id) has one")
        }
        return .init()
    }

    func portWillLoseAddresses(
        request: L3_Network_V1_PortWillLoseAddressesRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_PortWillLoseAddressesResponse { .init() }

    func networkWillBeDeleted(
        request: L3_Network_V1_NetworkWillBeDeletedRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_NetworkWillBeDeletedResponse { .init() }
}

/// Refuses the deletion of ports as FloatingIPService does, and cannot be reached for anything else.
private struct RefusingObserver: L3_Network_V1_PortObserver.SimpleServiceProtocol {
    func portWillBeDeleted(
        request: L3_Network_V1_PortWillBeDeletedRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_PortWillBeDeletedResponse {
        #expect(CurrentRequest.context.roles == [.service])
        throw RemoteError(reason: .floatingIPAssociatedByOther, message: "port \(request.port.id) has one")
    }

    func portWillLoseAddresses(
        request: L3_Network_V1_PortWillLoseAddressesRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_PortWillLoseAddressesResponse {
        throw RPCError(code: .unavailable, message: "gone")
    }

    func networkWillBeDeleted(
        request: L3_Network_V1_NetworkWillBeDeletedRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_NetworkWillBeDeletedResponse {
        throw RPCError(code: .unavailable, message: "gone")
    }
}

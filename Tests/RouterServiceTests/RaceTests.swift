import Contracts
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import RouterService

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct RaceTests {
    /// Runs the bodies side by side and answers their refusals.
    private func racing(_ bodies: [@Sendable () async throws -> Void]) async -> [ErrorReason?] {
        await withTaskGroup { group in
            for body in bodies { group.addTask { await refusal { try await body() } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `of overlapping subnets that are added at once, one is attached and no port is left over`() async throws
    {
        try await House.open { house in
            let id = try await house.makeRouter().id
            var adds: [@Sendable () async throws -> Void] = []
            for length in 16...23 {
                let subnet = try await house.makeSubnet("10.0.0.0/\(length)")
                adds.append { try await house.attach(subnet, to: id) }
            }
            let answers = await racing(adds)
            #expect(answers.filter { $0 == nil }.count == 1)
            #expect(answers.filter { $0 == .badRequest }.count == 7)
            #expect(try await house.count("router_ports") == 1)
            #expect(await house.network.heldPorts.count == 1)
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `the same subnet added at once is attached once`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            let answers = await racing(Array(repeating: { try await house.attach(subnet, to: id) }, count: 6))
            #expect(answers.filter { $0 == nil }.count == 1)
            #expect(await house.network.heldPorts.count == 1)
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `distinct subnets added at once are all attached`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            var adds: [@Sendable () async throws -> Void] = []
            for index in 0..<8 {
                let subnet = try await house.makeSubnet("10.0.\(index).0/24")
                adds.append { try await house.attach(subnet, to: id) }
            }
            #expect(await racing(adds).allSatisfy { $0 == nil })
            #expect(try await house.count("router_ports") == 8)
            #expect(try await house.router(id).revisionNumber == 9)
        }
    }

    @Test func `IPv6 prefixes of one network added at once share one port`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork()
            var adds: [@Sendable () async throws -> Void] = []
            for index in 1...5 {
                let subnet = try await house.network.makeSubnet(network, "fd00:0:0:\(index)::/64")
                adds.append { try await house.attach(subnet, to: id) }
            }
            #expect(await racing(adds).allSatisfy { $0 == nil })
            #expect(try await house.count("router_ports") == 1)
            #expect(await house.network.heldPorts.map(\.port.addresses.count) == [5])
            let known = try await house.database.database.query("SELECT cardinality(subnet_ids) FROM ports")
            #expect(try known[0].column(0, as: Int.self) == 5)
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `prefixes that come and go at once leave row and port alike`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork()
            var moves: [@Sendable () async throws -> Void] = []
            for index in 1...6 {
                let subnet = try await house.network.makeSubnet(network, "fd00:0:0:\(index)::/64")
                if index > 3 {
                    moves.append { try await house.attach(subnet, to: id) }
                } else {
                    try await house.attach(subnet, to: id)
                    moves.append { try await house.detach(subnet: subnet, from: id) }
                }
            }
            #expect(await racing(moves).allSatisfy { $0 == nil })
            let rows = try await house.database.database.query(
                "SELECT unnest(subnet_ids)::text FROM ports p JOIN router_ports l ON l.port_id = p.id"
            )
            let known = Set(try rows.map { try $0.column(0, as: String.self) })
            let there = Set(await house.network.heldPorts.flatMap(\.port.addresses).map(\.subnetID.description))
            #expect(known == there && known.count == 3)
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `a subnet and a gateway that overlap, set at once, do not both hold`() async throws {
        for _ in 0..<5 {
            try await House.open { house in
                let id = try await house.makeRouter().id
                let external = try await house.makeExternal()
                let subnet = try await house.makeSubnet("203.0.113.0/25")
                let answers = await racing([
                    { try await house.attach(subnet, to: id) }, { try await house.setGateway(external, of: id) },
                ])
                #expect(answers.filter { $0 == nil }.count == 1)
                #expect(await house.network.heldPorts.count == 1)
            }
        }
    }

    @Test func `an interface does not outlive its router`() async throws {
        for _ in 0..<5 {
            try await House.open { house in
                let id = try await house.makeRouter().id
                let subnet = try await house.makeSubnet("10.0.0.0/24")
                let answers = await racing([
                    { try await house.attach(subnet, to: id) },
                    { _ = try await house.routers.deleteRouter(.with { $0.id = id }) },
                ])
                #expect(answers.filter { $0 == nil }.count == 1)
                let ports = await house.network.heldPorts.count
                #expect(try await house.count("routers") == ports)
                #expect(try await house.count("duties") == 0)
            }
        }
    }

    @Test func `an interface that is bound at the same moment stays, or cannot be bound`() async throws {
        for _ in 0..<5 {
            try await House.open { house in
                let external = try await house.makeExternal()
                let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
                let subnet = try await house.makeSubnet("10.0.0.0/24")
                try await house.attach(subnet, to: id)
                let holder = FloatingIPID.random().description
                let answers = await racing([
                    { try await house.detach(subnet: subnet, from: id) },
                    { _ = try await house.bind(holder, subnet: subnet, to: external) },
                ])
                #expect(answers.filter { $0 == nil }.count == 1)
                let attached = try await house.count("router_ports") == 2
                #expect(try await house.count("bindings") == (attached ? 1 : 0))
            }
        }
    }

    @Test func `one router created twice at once is one router with one gateway`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = RouterID.random().description
            let create: @Sendable () async throws -> Void = {
                try await house.makeRouter {
                    $0.id = id
                    $0.externalGatewayInfo = .gateway(external)
                }
            }
            #expect(await racing(Array(repeating: create, count: 6)).allSatisfy { $0 == nil })
            #expect(try await house.count("routers") == 1)
            #expect(await house.network.heldPorts.count == 1)
            #expect(try await house.count("duties") == 0)
        }
    }
}

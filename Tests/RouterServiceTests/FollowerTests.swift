import Addressing
import Contracts
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import RouterService

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct FollowerTests {
    private func withRouter(
        _ body:
            @Sendable (_ house: House, _ router: L3_Router_V1_Router, _ subnet: SubnetID, _ external: NetworkID)
            async throws -> Void
    ) async throws {
        try await House.open([.following]) { house in
            try await house.register("node-1")
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            try await house.attach(subnet, to: id)
            try await eventually("the follower is at work") {
                try await house.count("followed WHERE position <> ''") == 1
            }
            try await body(house, try await house.router(id), subnet, external)
        }
    }

    private func state(_ id: String, in house: House) async throws -> NodeRouter {
        let key = try #require(RouterID(id))
        let found = try await house.room.store.run { database in
            try await database.nodeRouters([database.router(key)].compactMap { $0 }).first
        }
        return try #require(found)
    }

    @Test func `a subnet's new gateway reaches the node with a new revision`() async throws {
        try await withRouter { house, router, _, external in
            let subnet = try #require(await house.network.subnets.values.first { $0.networkID == external })
            try await house.network.change(subnet.id) { $0.gatewayIP = IPAddress("203.0.113.254") }
            try await eventually("the router has it") {
                try await state(router.id, in: house).gateways.first?.addresses.first?.subnet.gatewayIP
                    == IPAddress("203.0.113.254")
            }
            #expect(try await house.router(router.id).revisionNumber == router.revisionNumber + 1)
        }
    }

    @Test func `a network's new MTU reaches the node with a new revision`() async throws {
        try await withRouter { house, router, subnet, _ in
            let network = try #require(await house.network.subnets[subnet]).networkID
            try await house.network.change(network) { $0.mtu = 1300 }
            try await eventually("the router has it") {
                try await state(router.id, in: house).interfaces.first?.network.mtu == 1300
            }
            #expect(try await house.router(router.id).revisionNumber == router.revisionNumber + 1)
        }
    }

    @Test func `what no node would build differently makes no new revision`() async throws {
        try await withRouter { house, router, subnet, external in
            try await house.network.change(subnet) { $0.projectID = "renamed" }
            let port = try #require(await house.network.heldPorts.first).port.id
            try await house.network.change(port) { $0.deviceID = $0.deviceID }
            // Events come in order: when this one has arrived, so have those.
            try await house.network.change(external) { $0.mtu = 9000 }
            try await eventually("the last event arrived") {
                try await state(router.id, in: house).gateways.first?.network.mtu == 9000
            }
            #expect(try await house.router(router.id).revisionNumber == router.revisionNumber + 1)
        }
    }

    @Test func `an address that the gateway's port gets shows on the router`() async throws {
        try await withRouter { house, router, _, external in
            let second = try await house.network.makeSubnet(external, "2001:db8::/64", project: "ops")
            let gateway = try #require(await house.network.heldPorts.first { $0.role == .gateway })
            let address = try #require(IPAddress("2001:db8::7"))
            try await house.network.change(gateway.port.id) {
                $0.addresses.append(PortAddress(subnetID: second, address: address))
            }
            try await eventually("the router shows it") {
                try await house.router(router.id).externalGatewayInfo.externalFixedIps.map(\.ipAddress)
                    == ["203.0.113.10", "2001:db8::7"]
            }
        }
    }

    @Test func `a new subnet of the external network is on the link, and forbidden inside`() async throws {
        try await withRouter { house, router, _, external in
            try await house.network.makeSubnet(external, "198.51.100.0/24", project: "ops")
            let second = try #require(CIDR("198.51.100.0/24"))
            try await eventually("it is on the link") {
                try await state(router.id, in: house).gateways.first?.onLink == [second]
            }
            let inside = try await house.makeSubnet("198.51.100.0/25")
            await expectRefusal(.badRequest) { try await house.attach(inside, to: router.id) }
        }
    }

    @Test func `an older revision never replaces a newer one`() async throws {
        try await withRouter { house, router, subnet, _ in
            let now = try #require(await house.network.subnets[subnet])
            var (newer, older) = (now, now)
            newer.revision = 9
            newer.dnsNameservers = ["192.0.2.53"]
            older.revision = 5
            let events = [newer, older]
            for event in events {
                try await house.room.store.write { try await house.room.store.absorb(event, in: $0) }
            }
            let interface = try #require(try await state(router.id, in: house).interfaces.first)
            #expect(interface.addresses.first?.subnet.dnsNameservers == ["192.0.2.53"])
        }
    }

    @Test func `copies of what is gone are let go of, in a snapshot and afterwards`() async throws {
        try await House.open { house in
            let (kept, gone) = (await house.network.makeNetwork(), NetworkID.random())
            // Known from before, and not in the snapshot.
            try await house.room.store.write { try await house.room.store.absorb(Network(id: gone), in: $0) }
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await NetworkFollower(store: house.room.store, changes: house.network, logger: .silent).run()
                }
                try await eventually("only the snapshot's is left") {
                    let known = try await house.room.store.run { try await $0.networks([kept, gone]) }
                    return Array(known.keys) == [kept]
                }
                group.cancelAll()
            }
        }
    }

    /// What NetworkService tells of, by the table of its copies.
    enum Copied: String, CaseIterable {
        case networks, subnets, ports
    }

    @Test(arguments: Copied.allCases)
    func `what a change of a router makes known while a snapshot comes in stays known`(copied: Copied) async throws {
        try await House.open { house in
            let store = house.room.store
            let network = Network(id: .random())
            let subnet = Subnet(id: .random(), networkID: network.id, cidr: try #require(CIDR("10.0.0.0/24")))
            let portID = try await house.network.makePort(network.id, [])
            let port = try #require(await house.network.ports[portID]).port
            let event: NetworkEvent =
                switch copied {
                case .networks: .network(network)
                case .subnets: .subnet(subnet)
                case .ports: .port(port)
                }
            try await withThrowingTaskGroup { group in
                let begin = try await store.write { first in
                    // Its moment is before the snapshot's, its commit after the snapshot looked for what is known.
                    try await store.absorb([event], isSnapshot: false, in: first)
                    let begin = try await store.run { try await $0.now() }
                    group.addTask {
                        try await store.write { try await store.absorb([event], isSnapshot: true, in: $0) }
                    }
                    try await eventually("the snapshot's transaction waits for this one") {
                        try await house.count(
                            "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                        ) > 0
                    }
                    return begin
                }
                try await group.waitForAll()
                try await store.write { try await $0.forgetUnseen(since: begin) }
            }
            #expect(try await house.count(copied.rawValue) == 1)
        }
    }

    @Test func `one replica follows at a time, and another takes over when it stops`() async throws {
        try await House.open { house in
            let database = house.room.store.database
            #expect(try await database.lead("network", as: "first", for: .seconds(60)) == "")
            #expect(try await database.lead("network", as: "second", for: .seconds(60)) == nil)
            try await database.notePosition("17", of: "network")
            #expect(try await database.lead("network", as: "first", for: .zero) == "17")
            #expect(try await database.lead("network", as: "second", for: .seconds(60)) == "17")
        }
    }
}

import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import RouterService

extension House {
    enum GatewayAction { case add, update, remove }

    @discardableResult
    func change(
        _ action: GatewayAction,
        _ gateways: [L3_Router_V1_ExternalGateway],
        of id: String,
        as who: RequestContext = .member
    ) async throws -> L3_Router_V1_Router {
        let request = L3_Router_V1_ExternalGatewaysRequest.with {
            $0.routerID = id
            $0.externalGateways = gateways
        }
        return try await `as`(who) {
            switch action {
            case .add: try await routers.addExternalGateways(request)
            case .update: try await routers.updateExternalGateways(request)
            case .remove: try await routers.removeExternalGateways(request)
            }
        }
    }
}

extension L3_Router_V1_Router {
    /// The first address of each gateway, the compatible one's first.
    fileprivate var gatewayAddresses: [String] { externalGateways.map { $0.externalFixedIps.first?.ipAddress ?? "" } }
}

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct ExternalGatewaysTests {
    @Test func `the first gateway that is added is the compatible one, the others come behind`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let id = try await house.makeRouter().id
            let both = try await house.change(.add, [.gateway(one), .gateway(two)], of: id)
            #expect(both.gatewayAddresses == ["203.0.113.10", "198.51.100.10"])
            #expect(both.externalGatewayInfo == both.externalGateways.first)
            let third = try await house.change(.add, [.gateway(one)], of: id)
            #expect(third.gatewayAddresses == ["203.0.113.10", "198.51.100.10", "203.0.113.11"])
            #expect(third.revisionNumber == both.revisionNumber + 1)
            #expect(try await house.router(id).gatewayAddresses == third.gatewayAddresses)
            let listed = try await `as`(.member) { try await house.routers.listRouters(.init()) }
            #expect(listed.routers.first?.gatewayAddresses == third.gatewayAddresses)
            #expect(await house.network.heldPorts.count == 3)
        }
    }

    @Test func `the gateways become those of the list, in its order`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let id = try await house.makeRouter().id
            try await house.change(.add, [.gateway(one), .gateway(one)], of: id)
            let wanted = [
                L3_Router_V1_ExternalGateway.gateway(two), .gateway(one, ["203.0.113.11"]),
            ]
            let changed = try await house.change(.update, wanted, of: id, as: .admin)
            #expect(changed.gatewayAddresses == ["198.51.100.10", "203.0.113.11"])
            #expect(changed.externalGatewayInfo.networkID == two.description)
            let again = try await house.change(.update, wanted, of: id, as: .admin)
            #expect(again.gatewayAddresses == changed.gatewayAddresses)
            #expect(await house.network.heldPorts.count == 2)
            let none = try await house.change(.update, [], of: id)
            #expect(none.externalGateways.isEmpty && !none.hasExternalGatewayInfo)
            #expect(await house.network.heldPorts.isEmpty)
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `when the compatible gateway goes, by either way, the next becomes it`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let id = try await house.makeRouter().id
            try await house.change(.add, [.gateway(one), .gateway(two)], of: id)
            let first = try await house.change(.remove, [.gateway(one)], of: id)
            #expect(first.externalGatewayInfo.networkID == two.description)
            try await house.change(.add, [.gateway(one)], of: id)
            let second = try await house.setGateway(nil, of: id)
            #expect(second.externalGatewayInfo.networkID == one.description)
            #expect(second.externalGateways.count == 1)
            #expect(!(try await house.setGateway(nil, of: id)).hasExternalGatewayInfo)
        }
    }

    @Test func `source NAT is each gateway's own affair, also when it becomes the compatible one`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let id = try await house.makeRouter().id
            var plain = L3_Router_V1_ExternalGateway.gateway(two)
            plain.enableSnat = false
            let both = try await house.change(.add, [.gateway(one), plain], of: id, as: .admin)
            #expect(both.externalGateways.map(\.enableSnat) == [true, false])
            let left = try await house.change(.remove, [.gateway(one)], of: id)
            #expect(!left.externalGatewayInfo.enableSnat)
        }
    }

    @Test func `a gateway that is not told apart, or not there, is refused`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let id = try await house.makeRouter().id
            try await house.change(.add, [.gateway(one), .gateway(one)], of: id)
            await expectRefusal(.unableToMatchGateways) { try await house.change(.remove, [.gateway(one)], of: id) }
            await expectRefusal(.unableToMatchGateways) { try await house.change(.remove, [.gateway(two)], of: id) }
            await expectRefusal(.unableToMatchGateways) { try await house.change(.update, [.gateway(one)], of: id) }
            #expect(try await house.router(id).externalGateways.count == 2)
        }
    }

    @Test func `one gateway that is refused leaves none of the others behind`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let tenant = await house.network.makeNetwork()
            let id = try await house.makeRouter().id
            try await house.change(.add, [.gateway(two, ["198.51.100.50"])], of: id, as: .admin)
            let attempts: [(L3_Router_V1_ExternalGateway, ErrorReason)] = [
                (.gateway(.random()), .networkNotFound), (.gateway(tenant), .badRequest),
                (.gateway(two, ["198.51.100.50"]), .ipAddressAlreadyAllocated),
                (.gateway(two, ["192.0.2.1"]), .invalidIPForNetwork), (.gateway(two, ["198.51.100.1"]), .badRequest),
                (.init(), .invalidInput),
            ]
            for (bad, reason) in attempts {
                let found = await refusal(as: .admin) {
                    try await house.change(.add, [.gateway(one), bad], of: id, as: .admin)
                }
                #expect(found == reason)
                #expect(await house.network.heldPorts.count == 1)
                #expect(try await house.router(id).externalGateways.count == 1)
            }
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `gateways on networks that overlap each other, or an interface, are refused`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.makeExternal(), try await house.makeExternal("203.0.113.128/25"))
            let inner = try await house.makeExternal("10.0.0.0/16")
            let id = try await house.makeRouter().id
            try await house.attach(try await house.makeSubnet("10.0.5.0/24"), to: id)
            await expectRefusal(.badRequest) {
                try await house.change(.add, [.gateway(one), .gateway(two)], of: id)
            }
            await expectRefusal(.badRequest) { try await house.change(.add, [.gateway(inner)], of: id) }
            #expect(await house.network.heldPorts.count == 1)
            try await house.change(.add, [.gateway(one)], of: id)
            let overlapping = try await house.makeSubnet("203.0.113.64/26")
            await expectRefusal(.badRequest) { try await house.attach(overlapping, to: id) }
        }
    }

    @Test func `the last gateway on a network that a floating IP needs does not go`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let id = try await house.makeRouter().id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            try await house.attach(subnet, to: id)
            try await house.change(.add, [.gateway(one), .gateway(two), .gateway(two)], of: id)
            let holder = RouterID.random().description
            #expect(try await house.bind(holder, subnet: subnet, to: two) == id)
            let addresses = try await house.router(id).gatewayAddresses
            let spare = L3_Router_V1_ExternalGateway.gateway(two, [addresses[2]])
            try await house.change(.remove, [spare], of: id, as: .admin)
            await expectRefusal(.routerExternalGatewayInUseByFloatingIP) {
                try await house.change(.remove, [.gateway(two)], of: id)
            }
            await expectRefusal(.routerExternalGatewayInUseByFloatingIP) {
                try await house.change(.update, [.gateway(one)], of: id)
            }
            // Nothing leans on the other network.
            let left = try await house.setGateway(nil, of: id)
            #expect(left.externalGateways.map(\.networkID) == [two.description])
            await expectRefusal(.routerExternalGatewayInUseByFloatingIP) { try await house.setGateway(nil, of: id) }
        }
    }

    @Test func `a route whose next hop goes with a gateway keeps it`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let id = try await house.makeRouter().id
            try await house.change(.add, [.gateway(one), .gateway(two)], of: id)
            try await house.setRoutes([("192.168.0.0/24", "198.51.100.77")], of: id)
            await expectRefusal(.invalidRoutes) { try await house.change(.remove, [.gateway(two)], of: id) }
            try await house.change(.remove, [.gateway(one)], of: id)
        }
    }

    @Test func `all gateways go with the router`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let id = try await house.makeRouter().id
            try await house.change(.add, [.gateway(one), .gateway(two)], of: id)
            _ = try await `as`(.member) { try await house.routers.deleteRouter(.with { $0.id = id }) }
            #expect(await house.network.heldPorts.isEmpty)
            #expect(try await house.count("router_ports") == 0)
        }
    }

    @Test func `addresses and SNAT are for administrators, and a foreign router is not found`() async throws {
        try await House.open { house in
            let one = try await house.makeExternal()
            let id = try await house.makeRouter().id
            await expectRefusal(.notAuthorized) {
                try await house.change(.add, [.gateway(one, ["203.0.113.50"])], of: id)
            }
            await expectRefusal(.routerNotFound) {
                try await house.change(.add, [.gateway(one)], of: id, as: .other)
            }
            await expectRefusal(.notAuthorized) { try await house.change(.add, [.gateway(one)], of: id, as: .reader) }
        }
    }

    @Test func `many who add a gateway at once each add one, and one is the compatible one`() async throws {
        try await House.open { house in
            let one = try await house.makeExternal()
            let id = try await house.makeRouter().id
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 { group.addTask { _ = try await house.change(.add, [.gateway(one)], of: id) } }
                try await group.waitForAll()
            }
            let router = try await house.router(id)
            #expect(Set(router.gatewayAddresses).count == 4)
            #expect(try await house.count("router_ports WHERE role = 'gateway'") == 1)
            #expect(await house.network.heldPorts.count == 4)
        }
    }
}

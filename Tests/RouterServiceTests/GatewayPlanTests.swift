import Addressing
import ResourceModel
import Testing

@testable import RouterService

@Suite struct GatewayPlanTests {
    private let network = NetworkID.random()
    private let other = NetworkID.random()
    private let subnet = SubnetID.random()

    private func port(
        _ addresses: [String],
        _ role: RouterPort.Role = .gateway,
        on network: NetworkID? = nil
    ) throws -> RouterPort {
        var port = Port(
            id: .random(),
            networkID: network ?? self.network,
            macAddress: try #require(MACAddress("fa:16:3e:00:00:01"))
        )
        port.addresses = try addresses.map { PortAddress(subnetID: subnet, address: try #require(IPAddress($0))) }
        return RouterPort(port, role: role)
    }

    private func wish(_ address: String? = nil) -> WantedAddress {
        WantedAddress(subnetID: subnet, address: address.flatMap { IPAddress($0) })
    }

    @Test func `the same network without addresses, or with those there are, keeps the port`() throws {
        let present = try port(["203.0.113.9", "203.0.113.10"])
        for wishes in [[], [wish("203.0.113.10"), wish("203.0.113.9")], [wish(), wish("203.0.113.9")]] {
            let plan = try GatewayPlan(.compatible(.init(networkID: network, addresses: wishes)), of: [present])
            #expect(plan.steps == [.keep(present, enablesSNAT: true)])
            #expect(plan.removed.isEmpty)
        }
    }

    @Test func `other addresses on the same network change the same port`() throws {
        let present = try port(["203.0.113.9"])
        for wishes in [[wish("203.0.113.7")], [wish("203.0.113.9"), wish()]] {
            let plan = try GatewayPlan(.compatible(.init(networkID: network, addresses: wishes)), of: [present])
            #expect(plan.steps == [.readdress(present, wishes, enablesSNAT: true)])
            #expect(plan.removed.isEmpty)
        }
    }

    @Test func `another network makes another port, and none removes it`() throws {
        let present = try port(["203.0.113.9"])
        let elsewhere = GatewayRequest(networkID: other)
        let moved = try GatewayPlan(.compatible(elsewhere), of: [present])
        #expect(moved.steps == [.make(elsewhere)])
        #expect(moved.removed == [present])
        let made = try GatewayPlan(.compatible(elsewhere), of: [])
        #expect(made.steps == [.make(elsewhere)])
        #expect(made.removed.isEmpty)
        #expect(try GatewayPlan(.compatible(nil), of: [present]).removed == [present])
        #expect(try GatewayPlan(.compatible(nil), of: []).removed.isEmpty)
    }

    @Test func `without the compatible gateway the next one is first, and the others stay as they are`() throws {
        let first = try port(["203.0.113.9"])
        var second = try port(["198.51.100.9"], .extraGateway, on: other)
        second.enablesSNAT = false
        let removed = try GatewayPlan(.compatible(nil), of: [first, second])
        #expect(removed.steps == [.keep(second, enablesSNAT: false)])
        #expect(removed.removed == [first])
        let added = try GatewayPlan(.add([.init(networkID: network)]), of: [first, second])
        #expect(added.steps.map(\.networkID) == [network, other, network])
        #expect(added.removed.isEmpty)
    }

    @Test func `a list finds the gateways that there are by network and by any of their addresses`() throws {
        let first = try port(["203.0.113.9", "203.0.113.10"])
        let second = try port(["203.0.113.11"], .extraGateway)
        let request = GatewayRequest(networkID: network, addresses: [wish("203.0.113.11")])
        let removal = try GatewayPlan(.remove([request]), of: [first, second])
        #expect(removal.removed == [second])
        let reorder = try GatewayPlan(
            .replace([request, GatewayRequest(networkID: network)]),
            of: [first, second]
        )
        #expect(reorder.steps == [.keep(second, enablesSNAT: true), .keep(first, enablesSNAT: true)])
        let fewer = try GatewayPlan(.replace([request]), of: [first, second])
        #expect(fewer.removed == [first])
        #expect(try GatewayPlan(.replace([]), of: [first, second]).removed == [first, second])
    }

    @Test func `a gateway that is not there, or that several could be, is not guessed`() throws {
        let present = [try port(["203.0.113.9"]), try port(["203.0.113.10"], .extraGateway)]
        for edit in [
            GatewayEdit.remove([.init(networkID: other)]), .remove([.init(networkID: network)]),
            .replace([.init(networkID: network)]),
            .remove([.init(networkID: network, addresses: [wish("203.0.113.11")])]),
        ] {
            let error = #expect(throws: RouterError.self) { try GatewayPlan(edit, of: present) }
            #expect(error?.reason == .unableToMatchGateways)
        }
    }
}

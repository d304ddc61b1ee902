import Contracts
import GRPCCore
import GRPCInProcessTransport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import AgentService

@Suite struct AddressWatchTests {
    private let plane = FakeControlPlane()
    private let deliveries = Deliveries()
    private let subscriptions = Subscriptions()
    private let id = Samples.router
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")

    private func withWatch(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await plane.serve { client in
            let watch = AddressWatch(
                client: client,
                subscriptions: subscriptions,
                logger: silentLogger,
                deliver: deliveries.deliver
            )
            try await running({ try await watch.run() }, while: body)
        }
    }

    @Test func `each subscription begins a snapshot and brings the router's addresses`() async throws {
        plane.answerSubscriptions([id.description: [floating.wire]])
        subscriptions.apply(.subscribe(id))
        try await withWatch {
            try await eventually("the snapshot is delivered") { deliveries.all.count == 3 }
        }
        #expect(
            deliveries.all == [
                .addresses(id, .snapshotBegan), .addresses(id, .upserted(floating)), .addresses(id, .synced),
            ]
        )
    }

    @Test func `subscriptions change while the stream is open`() async throws {
        try await withWatch {
            subscriptions.apply(.subscribe(id))
            try await eventually("the router is subscribed to") { plane.record.subscriptions == ["+\(id)"] }
            subscriptions.apply(.unsubscribe(id))
            try await eventually("and no more") { plane.record.subscriptions == ["+\(id)", "-\(id)"] }
        }
    }

    @Test func `after a lost stream every router that is still wanted is subscribed to again`() async throws {
        let other: RouterID = Samples.id(0xb)
        try await withWatch {
            subscriptions.apply(.subscribe(other))
            try await eventually("the stream is open") { plane.record.subscriptions.count == 1 }
            subscriptions.apply(.subscribe(id))
            subscriptions.apply(.unsubscribe(id))
            try await eventually("all is asked for") { plane.record.subscriptions.count == 3 }
            plane.endAddresses(RPCError(code: .unavailable, message: "restarting"))
            try await eventually("it is asked for again") { plane.record.subscriptions.count == 4 }
        }
        #expect(plane.record.subscriptions.last == "+\(other)")
        #expect(deliveries.all.last == .addresses(other, .snapshotBegan))
    }

    @Test func `addresses that are answered for are handed on in their order`() async throws {
        let proxy = Samples.proxy(7, "2001:db8::10", revision: 3)
        var broken = proxy.wire
        broken.ipAddress = "10.1.0.1"
        let other = broken
        try await withWatch {
            subscriptions.apply(.subscribe(id))
            try await eventually("the router is subscribed to") { plane.record.subscriptions.count == 1 }
            plane.say(.ndpProxyUpserted(proxy.wire), of: id.description)
            plane.say(.ndpProxyUpserted(other), of: id.description)
            plane.say(
                .ndpProxyDeleted(
                    .with {
                        $0.id = proxy.id.description
                        $0.revisionNumber = 4
                    }
                ),
                of: id.description
            )
            try await eventually("all are delivered") { deliveries.all.count == 4 }
        }
        #expect(
            deliveries.all.dropFirst() == [
                .proxies(id, .upserted(proxy)),
                .proxies(id, .rejected(proxy.id, 3, reason: "ip_address is '10.1.0.1'")),
                .proxies(id, .deleted(proxy.id, 4)),
            ]
        )
    }

    @Test func `a deletion and an address that makes no sense are handed on as such`() async throws {
        var broken = floating.wire
        broken.fixedIpAddress = "10.1"
        let address = broken
        try await withWatch {
            subscriptions.apply(.subscribe(id))
            try await eventually("the router is subscribed to") { plane.record.subscriptions.count == 1 }
            plane.say(.upserted(address), of: id.description)
            plane.say(
                .deleted(
                    .with {
                        $0.id = floating.id.description
                        $0.revisionNumber = 4
                    }
                ),
                of: id.description
            )
            try await eventually("both are delivered") { deliveries.all.count == 3 }
        }
        #expect(
            deliveries.all.dropFirst() == [
                .addresses(id, .rejected(floating.id, 1, reason: "fixed_ip_address is '10.1'")),
                .addresses(id, .deleted(floating.id, 4)),
            ]
        )
    }
}

import Contracts
import GRPCCore
import GRPCInProcessTransport
import Logging
import ResourceModel
import SwiftProtobuf
import Testing

@testable import AgentService

@Suite struct RouterWatchTests {
    private let plane = FakeControlPlane()
    private let deliveries = Deliveries()
    private let node = NodeIdentity(name: "node-1", zone: "az-1", version: "1", bootID: "boot")
    private var id: String { Samples.router.description }

    private func withWatch(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let record = NodeRecord()
        record.set(NodeLoad(routers: 2, gateways: 1, interfaces: 3, floatingAddresses: 4))
        try await plane.serve { client in
            let watch = RouterWatch(
                client: client,
                node: node,
                record: record,
                logger: silentLogger,
                deliver: deliveries.deliver,
                registered: {}
            )
            try await running({ try await watch.run() }, while: body)
        }
    }

    private func position(_ text: String) -> L3_Agent_V1_Position { .with { $0.position = text } }

    private func removal(_ revision: Int64) -> L3_Agent_V1_Removal {
        .with {
            $0.id = id
            $0.revisionNumber = revision
        }
    }

    @Test func `a node registers, beats and hands on a snapshot in its order`() async throws {
        try await withWatch {
            try await eventually("the stream is open") { !plane.record.positions.isEmpty }
            plane.say(.upserted(Samples.specification.wire))
            plane.say(.synced(position("p1")))
            plane.say(.deleted(removal(9)))
            plane.say(.progress(position("p2")))
            try await eventually("all is delivered") { deliveries.all.count == 5 }
            #expect(
                deliveries.all == [
                    .routers(.snapshotBegan), .routers(.upserted(Samples.specification)), .routers(.synced),
                    .routers(.deleted(Samples.router, 9)), .routers(.progress),
                ]
            )
            try await eventually("a heartbeat comes") { !plane.record.heartbeats.isEmpty }
        }
        let registration = try #require(plane.record.registrations.first)
        #expect(
            registration.host == "node-1" && registration.availabilityZone == "az-1" && registration.bootID == "boot"
        )
        let beat = try #require(plane.record.heartbeats.first)
        #expect(beat.agentID == "agent-1" && beat.routers == 2 && beat.floatingIps == 4)
    }

    @Test func `a lost stream is resumed where it was, without a new snapshot`() async throws {
        try await withWatch {
            try await eventually("the stream is open") { plane.record.positions.count == 1 }
            plane.say(.synced(position("p1")))
            plane.say(.progress(position("p2")))
            try await eventually("it is delivered") { deliveries.all.count == 3 }
            plane.endRouters(RPCError(code: .unavailable, message: "restarting"))
            try await eventually("the stream is open again") { plane.record.positions.count == 2 }
            plane.say(.upserted(Samples.specification.wire))
            try await eventually("it is delivered") { deliveries.all.count == 4 }
        }
        #expect(plane.record.positions == ["", "p2"])
        #expect(deliveries.all.last == .routers(.upserted(Samples.specification)))
    }

    @Test func `a position within a snapshot is no place to resume from`() async throws {
        try await withWatch {
            try await eventually("the stream is open") { plane.record.positions.count == 1 }
            plane.say(.progress(position("p0")))
            try await eventually("it is delivered") { deliveries.all.count == 2 }
            plane.endRouters()
            try await eventually("the stream is open again") { plane.record.positions.count == 2 }
        }
        #expect(plane.record.positions == ["", ""])
    }

    @Test func `a compacted position leads to a new snapshot`() async throws {
        try await withWatch {
            try await eventually("the stream is open") { plane.record.positions.count == 1 }
            plane.say(.synced(position("p1")))
            try await eventually("it is delivered") { deliveries.all.count == 2 }
            plane.endRouters(RPCError(code: .outOfRange, message: "compacted"))
            try await eventually("the stream is open again") { plane.record.positions.count == 2 }
        }
        #expect(plane.record.positions == ["", ""])
        #expect(deliveries.all.last == .routers(.snapshotBegan))
    }

    @Test func `a lease that is refused leads to a new registration`() async throws {
        try await withWatch {
            plane.failHeartbeat(RPCError(code: .notFound, message: "no such agent"))
            try await eventually("the node registers again") { plane.record.registrations.count >= 2 }
            plane.failHeartbeat(nil)
        }
    }

    @Test func `a control plane that does not answer a heartbeat is waited for`() async throws {
        try await withWatch {
            plane.failHeartbeat(RPCError(code: .unavailable, message: "away"))
            try await eventually("it beats on") { plane.record.heartbeats.count >= 3 }
        }
        #expect(plane.record.registrations.count == 1)
    }

    @Test func `a router that makes no sense is rejected, not lost`() async throws {
        var wire = Samples.specification.wire
        wire.interfaces[0].macAddress = "nonsense"
        let broken = wire
        try await withWatch {
            try await eventually("the stream is open") { plane.record.positions.count == 1 }
            plane.say(.upserted(broken))
            try await eventually("it is delivered") { deliveries.all.count == 2 }
        }
        #expect(
            deliveries.all.last
                == .routers(.rejected(Samples.router, 1, reason: "mac_address is 'nonsense'"))
        )
    }
}

/// A logger that says nothing.
let silentLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs something that goes on until it is cancelled, while `body` runs.
func running(
    _ background: @escaping @Sendable () async throws -> Void,
    while body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await background() }
        defer { group.cancelAll() }
        try await body()
    }
}

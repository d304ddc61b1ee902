internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

extension Wire {
    typealias WatchRouters = L3_Agent_V1_WatchRoutersRequest
    typealias RouterEvent = L3_Agent_V1_WatchRoutersResponse
}

/// The place that the watch of routers has reached: how to go on after the stream was lost, and what its events mean.
struct RouterFeed: Hashable, Sendable {
    private var agent = ""
    /// Empty until a first snapshot was complete.
    private var position = ""

    /// The request with which a stream begins for the agent of this id, and the event that this is by itself.
    mutating func begin(agent: String) -> (Wire.WatchRouters, ReplicaEvent<RouterID, RouterSpecification>?) {
        // Another id means another history, as after a lost database.
        if agent != self.agent { position = "" }
        self.agent = agent
        let request = Wire.WatchRouters.with {
            $0.agentID = agent
            $0.resumePosition = position
        }
        return (request, position.isEmpty ? .snapshotBegan : nil)
    }

    /// What an answer of the stream means; nil for one that this version does not know.
    mutating func receive(_ answer: Wire.RouterEvent) -> ReplicaEvent<RouterID, RouterSpecification>? {
        switch answer.event {
        case .upserted(let router):
            do throws(WireFault) {
                return .upserted(try RouterSpecification(router))
            } catch {
                guard let id = RouterID(router.id) else { return nil }
                return .rejected(id, router.revisionNumber, reason: error.description)
            }
        case .deleted(let removal):
            return RouterID(removal.id).map { .deleted($0, removal.revisionNumber) }
        case .synced(let synced):
            position = synced.position
            return .synced
        case .progress(let progress):
            // Within a snapshot it is no place to resume from.
            if !position.isEmpty { position = progress.position }
            return .progress
        case nil:
            return nil
        }
    }

    /// The stream was lost; a position that was refused is given up.
    mutating func fail(_ error: any Error) {
        // Only when the service was away is the position beyond suspicion: it was compacted, or is not understood.
        if RemoteError(error)?.reason != .serviceUnavailable { position = "" }
    }
}

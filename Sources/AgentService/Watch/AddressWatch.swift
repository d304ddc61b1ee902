internal import Contracts
internal import GRPCCore
internal import Logging
internal import ResourceModel
internal import ServiceLifecycle
internal import ServiceRuntime
internal import SwiftProtobuf

extension Wire {
    typealias WatchAddresses = L3_Agent_V1_WatchAddressesRequest
    typealias AddressEvent = L3_Agent_V1_WatchAddressesResponse
}

/// Hands on what the control plane tells of the floating IPs, and of the addresses that are answered for, of the
/// routers that are subscribed to.
///
/// After a lost stream each router's addresses come as a new snapshot.
struct AddressWatch<Transport: ClientTransport>: Service {
    let client: GRPCClient<Transport>
    let subscriptions: Subscriptions
    let logger: Logger
    /// Takes in events in their order.
    let deliver: @Sendable (WatchEvent) -> Void

    /// Watches until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await CurrentRequest.$context.withValue(.service(named: "agent")) { await watch() }
        }
    }

    private func watch() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                backoff.reset(if: try await follow())
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning(
                    "control plane lost, will reconnect",
                    metadata: Telemetry.failure(error, of: "addresses")
                )
            }
            try? await Task.sleep(for: backoff.nextDelay())
        }
    }

    /// Returns when the stream ends, and tells whether it brought anything.
    private func follow() async throws -> Bool {
        let addresses = L3_Agent_V1_NodeAddresses.Client(wrapping: client)
        return try await addresses.watchAddresses { writer in
            for await change in subscriptions.open() { try await send(change, to: writer) }
        } onResponse: { response in
            var isFruitful = false
            for try await answer in response.messages {
                guard let event = answer.domain else { continue }
                isFruitful = true
                deliver(event)
            }
            return isFruitful
        }
    }

    private func send(_ change: Subscriptions.Change, to writer: RPCWriter<Wire.WatchAddresses>) async throws {
        switch change {
        case .subscribe(let id):
            deliver(.addresses(id, .snapshotBegan))
            try await writer.write(Wire.WatchAddresses.with { $0.subscribeRouterID = id.description })
        case .unsubscribe(let id):
            try await writer.write(Wire.WatchAddresses.with { $0.unsubscribeRouterID = id.description })
        }
    }
}

extension Wire.AddressEvent {
    /// What the answer means; nil for one that this version does not know.
    var domain: WatchEvent? {
        guard let router = RouterID(routerID) else { return nil }
        switch event {
        case .upserted(let address):
            do throws(WireFault) {
                return .addresses(router, .upserted(try FloatingAddress(address)))
            } catch {
                guard let id = FloatingIPID(address.id) else { return nil }
                return .addresses(router, .rejected(id, address.revisionNumber, reason: error.description))
            }
        case .deleted(let removal):
            return FloatingIPID(removal.id).map { .addresses(router, .deleted($0, removal.revisionNumber)) }
        case .synced:
            return .addresses(router, .synced)
        case .ndpProxyUpserted(let proxy):
            do throws(WireFault) {
                return .proxies(router, .upserted(try NeighbourProxyEntry(proxy)))
            } catch {
                guard let id = NDPProxyID(proxy.id) else { return nil }
                return .proxies(router, .rejected(id, proxy.revisionNumber, reason: error.description))
            }
        case .ndpProxyDeleted(let removal):
            return NDPProxyID(removal.id).map { .proxies(router, .deleted($0, removal.revisionNumber)) }
        case nil:
            return nil
        }
    }
}

extension Backoff {
    fileprivate mutating func reset(if isTrue: Bool) { if isTrue { reset() } }
}

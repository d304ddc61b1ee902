import Contracts
import ResourceModel
import SwiftProtobuf

@testable import FloatingIPService

extension House {
    /// tcp 2222 to port 22 of the only address of a port, unless said otherwise.
    @discardableResult
    func forward(
        _ floatingIP: String,
        to port: String,
        at address: String = "10.0.0.5",
        as who: RequestContext = .member,
        _ fill: @Sendable (inout Wire.PortForwarding) -> Void = { _ in }
    ) async throws -> Wire.PortForwarding {
        try await `as`(who) {
            try await forwardings.createPortForwarding(
                .with {
                    $0.portForwarding.floatingipID = floatingIP
                    $0.portForwarding.protocol = "tcp"
                    $0.portForwarding.internalPortID = port
                    $0.portForwarding.internalIpAddress = address
                    $0.portForwarding.externalPort = 2222
                    $0.portForwarding.internalPort = 22
                    fill(&$0.portForwarding)
                }
            )
        }
    }

    @discardableResult
    func change(
        _ forwarding: Wire.PortForwarding,
        _ paths: [String],
        as who: RequestContext = .member,
        _ fill: @Sendable (inout Wire.PortForwarding) -> Void
    ) async throws -> Wire.PortForwarding {
        try await `as`(who) {
            try await forwardings.updatePortForwarding(
                .with {
                    fill(&$0.portForwarding)
                    $0.portForwarding.id = forwarding.id
                    $0.portForwarding.floatingipID = forwarding.floatingipID
                    $0.updateMask.paths = paths
                }
            )
        }
    }

    func remove(_ forwarding: Wire.PortForwarding, as who: RequestContext = .member) async throws {
        _ = try await `as`(who) {
            try await forwardings.deletePortForwarding(
                .with {
                    $0.id = forwarding.id
                    $0.floatingipID = forwarding.floatingipID
                }
            )
        }
    }

    func forwarding(
        _ id: String,
        of floatingIP: String,
        as who: RequestContext = .member
    ) async throws -> Wire.PortForwarding {
        try await `as`(who) {
            try await forwardings.getPortForwarding(
                .with {
                    $0.id = id
                    $0.floatingipID = floatingIP
                }
            )
        }
    }

    func forwardings(
        of floatingIP: String,
        as who: RequestContext = .member,
        _ fill: @Sendable (inout L3_Query_V1_Query) -> Void = { _ in }
    ) async throws -> [Wire.PortForwarding] {
        try await `as`(who) {
            try await forwardings.listPortForwardings(
                .with {
                    $0.floatingipID = floatingIP
                    fill(&$0.query)
                }
            ).portForwardings
        }
    }
}

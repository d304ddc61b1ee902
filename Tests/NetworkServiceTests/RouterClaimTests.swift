import Contracts
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import Synchronization
import Testing

@testable import NetworkService

/// A program that knows some routers, and does something before it tells of one.
private final class FakeRouters: RouterDirectory {
    private let owners: [String: String]
    private let meanwhile = Mutex<(@Sendable () async throws -> Void)?>(nil)

    init(_ owners: [String: String]) { self.owners = owners }

    /// Does this the next time it is asked.
    func next(_ act: @escaping @Sendable () async throws -> Void) { meanwhile.withLock { $0 = act } }

    func owner(ofRouter id: String) async throws -> String? {
        let act = meanwhile.withLock { act in
            defer { act = nil }
            return act
        }
        try await act?()
        return owners[id]
    }
}

@Suite(.tags(.postgres), .needsPostgres) struct RouterClaimTests {
    private static let interface = "network:router_interface"

    @Test(arguments: [("red's", ErrorReason.deviceIDNotOwnedByProject), ("blue's", nil), ("nobody's", nil)])
    func `a member claims the routers of its project, and what is no router`(
        router: String,
        reason: ErrorReason?
    ) async throws {
        try await withService(routers: FakeRouters(["red's": "red", "blue's": "blue"])) { api in
            let network = try await api.makeNetwork()
            let made = try await refusal(.member) {
                try await api.makePort(network) {
                    $0.deviceOwner = Self.interface
                    $0.deviceID = router
                }
            }
            #expect(made?.reason == reason)
            let port = try await api.makePort(network)
            let changed = try await refusal(.member) {
                try await api.updatePort(port, ["device_id", "device_owner"]) {
                    $0.deviceOwner = Self.interface
                    $0.deviceID = router
                }
            }
            #expect(changed?.reason == reason)
            let posing = try await api.listPorts(.member, [("device_id", [router])])
            #expect(posing.count == (reason == nil ? 2 : 0))
        }
    }

    @Test func `nobody claims a router while RouterService cannot be asked, and all else goes on`() async throws {
        let routers = FakeRouters([:])
        routers.next { throw NetworkError.unavailable("away") }
        try await withService(routers: routers) { api in
            let network = try await api.makeNetwork()
            _ = try await api.makePort(network) { $0.deviceID = "a machine" }
            let made = try await refusal(.member) {
                try await api.makePort(network) {
                    $0.deviceOwner = Self.interface
                    $0.deviceID = "a router"
                }
            }
            #expect(made?.reason == .serviceUnavailable)
            #expect(try await api.listPorts().count == 1)
        }
    }

    @Test func `a claim is not made in two halves at the same time`() async throws {
        let routers = FakeRouters(["red's": "red", "blue's": "blue"])
        try await withService(routers: routers) { api in
            let port = try await api.makePort(try await api.makeNetwork()) { $0.deviceID = "blue's" }
            // By itself it claims nothing, so nobody is asked.
            routers.next { _ = try await api.updatePort(port, ["device_id"]) { $0.deviceID = "red's" } }
            let changed = try await refusal(.member) {
                try await api.updatePort(port, ["device_owner"]) { $0.deviceOwner = Self.interface }
            }
            #expect(changed?.reason == .conflict)
            let present = try await api.port(port.id)
            #expect(present.deviceID == "red's" && present.deviceOwner == "")
        }
    }
}

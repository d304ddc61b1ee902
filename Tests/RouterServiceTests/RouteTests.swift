import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import RouterService

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct RouteTests {
    private func withRouter(_ body: @Sendable (House, String) async throws -> Void) async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            try await house.attach(house.makeSubnet("10.0.0.0/24"), to: id)
            try await body(house, id)
        }
    }

    private func edit(
        _ house: House,
        _ id: String,
        add: [(String, String)] = [],
        remove: [(String, String)] = []
    ) async throws -> L3_Router_V1_Router {
        try await `as`(.member) {
            let request = L3_Router_V1_ExtraRoutesRequest.with {
                $0.routerID = id
                $0.routes = (add + remove).map { .route($0, $1) }
            }
            return add.isEmpty
                ? try await house.routers.removeExtraRoutes(request) : try await house.routers.addExtraRoutes(request)
        }
    }

    @Test func `an update replaces the whole list, also by an empty one`() async throws {
        try await withRouter { house, id in
            let two = [("192.168.0.0/24", "10.0.0.5"), ("192.168.0.0/24", "10.0.0.6")]
            let first = try await house.setRoutes(two, of: id)
            #expect(first.routes == two.map { .route($0, $1) })
            let one = [("fd01::/64", "10.0.0.5")]
            let second = try await house.setRoutes(one, of: id)
            #expect(second.routes == one.map { .route($0, $1) })
            let third = try await house.setRoutes([], of: id)
            #expect(third.routes.isEmpty)
        }
    }

    @Test(arguments: [
        ([("192.168.0.0/24", "10.0.1.5")], ErrorReason.invalidRoutes),
        ([("192.168.0.0/24", "10.0.0.1")], .invalidRoutes),
        ([("192.168.0.1/24", "10.0.0.5")], .invalidInput),
        ([("192.168.0.0", "10.0.0.5")], .invalidInput),
        ([("192.168.0.0/24", "")], .invalidInput),
        ([("192.168.0.0/24", "10.0.0.5"), ("192.168.0.0/24", "10.0.0.5")], .badRequest),
        ((0...30).map { ("192.168.\($0).0/24", "10.0.0.5") }, .overQuota),
    ])
    func `routes that cannot be are refused and change nothing`(
        routes: [(String, String)],
        reason: ErrorReason
    ) async throws {
        try await withRouter { house, id in
            try await house.setRoutes([("172.16.0.0/16", "10.0.0.9")], of: id)
            let before = try await house.router(id)
            await expectRefusal(reason) { try await house.setRoutes(routes, of: id) }
            #expect(try await house.router(id) == before)
        }
    }

    @Test func `thirty routes are allowed, and a thirty-first is over quota`() async throws {
        try await withRouter { house, id in
            let routes = (0..<30).map { ("192.168.\($0).0/24", "10.0.0.5") }
            let full = try await house.setRoutes(routes, of: id)
            #expect(full.routes.count == 30)
            await expectRefusal(.overQuota) { try await edit(house, id, add: [("172.16.0.0/16", "10.0.0.5")]) }
        }
    }

    @Test func `routes cannot be given when a router is created`() async throws {
        try await House.open { house in
            let answer = await refusal {
                try await house.makeRouter { $0.routes = [.route("192.168.0.0/24", "10.0.0.5")] }
            }
            #expect(answer == .invalidInput)
        }
    }

    @Test func `adding is a union and removing a difference`() async throws {
        try await withRouter { house, id in
            let (one, two) = (("192.168.0.0/24", "10.0.0.5"), ("192.168.1.0/24", "10.0.0.5"))
            _ = try await edit(house, id, add: [one])
            #expect(try await edit(house, id, add: [one, two]).routes.map(\.destination) == [one.0, two.0])
            #expect(
                try await edit(house, id, remove: [one, ("10.9.0.0/16", "10.0.0.7")]).routes.map(\.destination) == [
                    two.0
                ]
            )
            await expectRefusal(.invalidRoutes) { try await edit(house, id, add: [("1.2.3.0/24", "10.5.0.1")]) }
            await expectRefusal(.routerNotFound) { try await edit(house, RouterID.random().description, add: [one]) }
        }
    }

    @Test func `concurrent additions lose none`() async throws {
        try await withRouter { house, id in
            try await withThrowingTaskGroup { group in
                for index in 0..<20 {
                    group.addTask {
                        _ = try await edit(house, id, add: [("192.168.\(index).0/24", "10.0.0.5")])
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await house.router(id).routes.count == 20)
        }
    }
}

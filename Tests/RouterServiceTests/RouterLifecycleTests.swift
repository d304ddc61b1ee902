import Contracts
import GRPCCore
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import RouterService

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct RouterLifecycleTests {
    @Test func `a router is ACTIVE from the start, without any agent`() async throws {
        try await House.open { house in
            let made = try await house.makeRouter {
                $0.name = "edge"
                $0.tags = ["a", "b"]
            }
            #expect(made.status == "ACTIVE")
            #expect(made.adminStateUp && made.revisionNumber == 1 && made.projectID == "acme")
            #expect(made.tags == ["a", "b"] && !made.hasExternalGatewayInfo)
            #expect(try await house.router(made.id) == made)
        }
    }

    @Test func `creating a router with its id again answers the first one`() async throws {
        try await House.open { house in
            let id = RouterID.random().description
            let first = try await house.makeRouter { $0.id = id }
            let again = try await house.makeRouter {
                $0.id = id
                $0.name = "other"
            }
            #expect(again == first)
            await expectRefusal(.conflict, as: .other) { try await house.makeRouter(as: .other) { $0.id = id } }
        }
    }

    @Test func `what is not yours does not exist, and a reader changes nothing`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            await expectRefusal(.routerNotFound, as: .other) { try await house.router(id, as: .other) }
            await expectRefusal(.routerNotFound) { try await house.router("nonsense") }
            for who in [RequestContext.reader, .other] {
                let wanted: ErrorReason = who == .reader ? .notAuthorized : .routerNotFound
                await expectRefusal(wanted, as: who) { try await house.update(id, ["name"], as: who) { _ in } }
                await expectRefusal(wanted, as: who) { try await house.routers.deleteRouter(.with { $0.id = id }) }
                let subnet = try await house.makeSubnet("10.9.0.0/24")
                await expectRefusal(wanted, as: who) { try await house.attach(subnet, to: id, as: who) }
            }
            await expectRefusal(.notAuthorized, as: .reader) { try await house.makeRouter(as: .reader) }
        }
    }

    @Test(arguments: [("distributed", ErrorReason.badRequest), ("ha", .badRequest), ("flavor", .flavorNotFound)])
    func `what is not offered is refused, in a create and in an update`(what: String, reason: ErrorReason) async throws
    {
        try await House.open { house in
            await expectRefusal(reason, as: .admin) {
                try await house.makeRouter(as: .admin) {
                    $0.distributed = what == "distributed"
                    $0.ha = what == "ha"
                    $0.flavorID = what == "flavor" ? RouterID.random().description : ""
                }
            }
            guard what != "flavor" else { return }
            let id = try await house.makeRouter { $0.adminStateUp = false }.id
            await expectRefusal(reason, as: .admin) {
                try await house.update(id, [what], as: .admin) {
                    $0.distributed = true
                    $0.ha = true
                }
            }
            let same = try await house.update(id, [what], as: .admin) { _ in }
            #expect(!same.distributed && !same.ha)
        }
    }

    @Test func `a gateway's QoS policy that there is not is not found`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            await expectRefusal(.qosPolicyNotFound) {
                try await house.makeRouter {
                    $0.externalGatewayInfo = .gateway(external)
                    $0.externalGatewayInfo.qosPolicyID = RouterID.random().description
                }
            }
        }
    }

    @Test func `default route attributes are stored and shown`() async throws {
        try await House.open { house in
            let made = try await house.makeRouter { $0.enableDefaultRouteBfd = true }
            #expect(made.enableDefaultRouteBfd && !made.enableDefaultRouteEcmp)
            let changed = try await house.update(made.id, ["enable_default_route_bfd", "enable_default_route_ecmp"]) {
                $0.enableDefaultRouteEcmp = true
            }
            #expect(!changed.enableDefaultRouteBfd && changed.enableDefaultRouteEcmp)
        }
    }

    @Test func `an update takes over what its mask names and grows the revision`() async throws {
        try await House.open { house in
            let made = try await house.makeRouter { $0.description_p = "before" }
            let changed = try await house.update(made.id, ["name", "admin_state_up"]) { $0.name = "new" }
            #expect(changed.name == "new" && !changed.adminStateUp && changed.description_p == "before")
            #expect(changed.revisionNumber == 2)
            let unknown = await refusal { try await house.update(made.id, ["availability_zone_hints"]) { _ in } }
            #expect(unknown == .invalidInput)
        }
    }

    @Test func `an update that names another revision is refused`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let stale = await refusal { try await house.update(id, ["name"], revision: 7) { $0.name = "x" } }
            #expect(stale == .revisionMismatch)
            let delete = await refusal {
                try await house.routers.deleteRouter(
                    .with {
                        $0.id = id
                        $0.expectedRevisionNumber = 9
                    }
                )
            }
            #expect(delete == .revisionMismatch)
            try await house.update(id, ["name"], revision: 1) { $0.name = "x" }
        }
    }

    @Test func `tags are added, removed, replaced and limited`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter { $0.tags = ["a"] }.id
            let request = L3_Router_V1_UpdateRouterRequest.with {
                $0.router.id = id
                $0.addTags = ["b", "a"]
                $0.removeTags = ["none"]
            }
            #expect(try await `as`(.member) { try await house.routers.updateRouter(request) }.tags == ["a", "b"])
            #expect(try await house.update(id, ["tags"]) { $0.tags = ["z"] }.tags == ["z"])
            let many = await refusal { try await house.update(id, ["tags"]) { $0.tags = (0...50).map { "\($0)" } } }
            #expect(many == .badRequest)
            await expectRefusal(.badRequest) { try await house.update(id, ["tags"]) { $0.tags = ["q", "q"] } }
        }
    }

    @Test func `text that is too long is refused`() async throws {
        try await House.open { house in
            let long = String(repeating: "x", count: 256)
            await expectRefusal(.invalidInput) { try await house.makeRouter { $0.name = long } }
            await expectRefusal(.invalidInput) { try await house.makeRouter { $0.description_p = long } }
        }
    }

    @Test func `only an administrator creates routers for other projects`() async throws {
        try await House.open { house in
            await expectRefusal(.badRequest) { try await house.makeRouter { $0.projectID = "rival" } }
            let made = try await house.makeRouter(as: .admin) { $0.projectID = "rival" }
            #expect(made.projectID == "rival")
        }
    }

    @Test func `a zone hint that no agent is in is refused`() async throws {
        try await House.open { house in
            try await house.register("node-1", zone: "east")
            #expect(try await house.makeRouter { $0.availabilityZoneHints = ["east"] }.availabilityZones == ["east"])
            let unknown = await refusal { try await house.makeRouter { $0.availabilityZoneHints = ["mars"] } }
            #expect(unknown == .availabilityZoneNotFound)
            let twice = await refusal { try await house.makeRouter { $0.availabilityZoneHints = ["east", "east"] } }
            #expect(twice == .badRequest)
        }
    }

    @Test func `a list shows a project its own, filtered, sorted and in pages`() async throws {
        try await House.open { house in
            for name in ["c", "a", "b"] { try await house.makeRouter { $0.name = name } }
            try await house.makeRouter(as: .other) { $0.name = "theirs" }
            func names(_ query: ListQuery, as who: RequestContext = .member) async throws -> [String] {
                try await `as`(who) { try await house.routers.listRouters(.with { $0.query = query.wire }) }
                    .routers.map(\.name)
            }
            let byName = [ListQuery.SortKey("name")]
            #expect(try await names(ListQuery(sort: byName)) == ["a", "b", "c"])
            #expect(try await names(ListQuery(sort: byName), as: .admin) == ["a", "b", "c", "theirs"])
            #expect(try await names(ListQuery(filters: [.init("name", ["b", "theirs"])])) == ["b"])
            #expect(try await names(ListQuery(sort: byName, limit: 2)) == ["a", "b"])
            await expectRefusal(.invalidInput) { try await names(ListQuery(filters: [.init("nonsense", ["1"])])) }
            let lost = ListQuery(limit: 1, marker: RouterID.random().description)
            await expectRefusal(.markerNotFound) { try await names(lost) }
        }
    }

    @Test func `a router with interfaces stays, without it goes with its gateway`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            try await house.attach(subnet, to: id)
            let delete = { try await house.routers.deleteRouter(.with { $0.id = id }) }
            await expectRefusal(.routerInUse) { try await delete() }
            try await house.detach(subnet: subnet, from: id)
            _ = try await `as`(.member) { try await delete() }
            await expectRefusal(.routerNotFound) { try await house.router(id) }
            #expect(await house.network.heldPorts.isEmpty)
            #expect(try await house.count("duties") == 0)
        }
    }
}

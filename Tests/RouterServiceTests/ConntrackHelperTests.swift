import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import RouterService

extension House {
    @discardableResult
    func help(
        _ router: String,
        _ transport: String = "tcp",
        _ port: Int32 = 21,
        _ helper: String = "ftp",
        id: String = "",
        as who: RequestContext = .member
    ) async throws -> L3_Router_V1_ConntrackHelper {
        try await `as`(who) {
            try await helpers.createConntrackHelper(
                .with {
                    $0.conntrackHelper.id = id
                    $0.conntrackHelper.routerID = router
                    $0.conntrackHelper.protocol = transport
                    $0.conntrackHelper.port = port
                    $0.conntrackHelper.helper = helper
                }
            )
        }
    }

    func helpers(
        of router: String,
        as who: RequestContext = .member,
        _ fill: @Sendable (inout L3_Query_V1_Query) -> Void = { _ in }
    ) async throws -> [L3_Router_V1_ConntrackHelper] {
        try await `as`(who) {
            try await helpers.listConntrackHelpers(
                .with {
                    $0.routerID = router
                    fill(&$0.query)
                }
            )
        }.conntrackHelpers
    }

    func change(
        _ helper: L3_Router_V1_ConntrackHelper,
        _ paths: [String],
        _ fill: @Sendable (inout L3_Router_V1_ConntrackHelper) -> Void
    ) async throws -> L3_Router_V1_ConntrackHelper {
        try await `as`(.member) {
            try await helpers.updateConntrackHelper(
                .with {
                    fill(&$0.conntrackHelper)
                    $0.conntrackHelper.id = helper.id
                    $0.conntrackHelper.routerID = helper.routerID
                    $0.updateMask.paths = paths
                }
            )
        }
    }
}

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct ConntrackHelperTests {
    @Test func `a helper is made, shown with its router, changed and removed, each with a new revision`() async throws {
        try await House.open { house in
            let router = try await house.makeRouter()
            let made = try await house.help(router.id)
            #expect(made.routerID == router.id && made.protocol == "tcp" && made.port == 21 && made.helper == "ftp")
            let shown = try await house.router(router.id)
            #expect(shown.revisionNumber == router.revisionNumber + 1)
            #expect(shown.conntrackHelpers.map(\.helper) == ["ftp"])
            let changed = try await house.change(made, ["port", "helper"]) {
                $0.port = 6667
                $0.helper = "irc"
            }
            #expect(changed.port == 6667 && changed.helper == "irc" && changed.protocol == "tcp")
            #expect(try await house.helpers(of: router.id) == [changed])
            _ = try await `as`(.member) {
                try await house.helpers.deleteConntrackHelper(
                    .with {
                        $0.id = made.id
                        $0.routerID = router.id
                    }
                )
            }
            let after = try await house.router(router.id)
            #expect(after.conntrackHelpers.isEmpty)
            #expect(after.revisionNumber == router.revisionNumber + 3)
        }
    }

    @Test func `a repeated create makes no second helper, and an unchanged one is no news`() async throws {
        try await House.open { house in
            let router = try await house.makeRouter().id
            let id = RouterID.random().description
            let made = try await house.help(router, id: id)
            #expect(try await house.help(router, id: id) == made)
            _ = try await house.change(made, ["port"]) { $0.port = 21 }
            #expect(try await house.router(router).revisionNumber == 2)
            let other = try await house.makeRouter().id
            await expectRefusal(.conflict) { try await house.help(other, id: id) }
        }
    }

    @Test(arguments: [
        ("amanda", ["tcp"]), ("ftp", ["tcp"]), ("h323", ["udp", "tcp"]), ("irc", ["tcp"]), ("netbios-ns", ["udp"]),
        ("pptp", ["tcp"]), ("sane", ["tcp"]), ("sip", ["udp", "tcp"]), ("snmp", ["udp"]), ("tftp", ["udp"]),
    ]) func `a helper follows its own protocols only`(helper: String, transports: [String]) throws {
        for transport in ["tcp", "udp", "sctp", "dccp", "icmp", "ipv6-icmp"] {
            let rule = ConntrackHelper.Rule(transport: transport, port: 1, helper: helper)
            if transports.contains(transport) {
                try rule.check()
            } else {
                let error = #expect(throws: RouterError.self) { try rule.check() }
                #expect(error?.reason == .invalidProtocolForHelper)
            }
        }
    }

    @Test func `a helper that there is not, one that does not fit, and a second of a kind are refused`() async throws {
        try await House.open { house in
            let router = try await house.makeRouter().id
            await expectRefusal(.conntrackHelperNotAllowed) { try await house.help(router, "tcp", 21, "telnet") }
            await expectRefusal(.invalidProtocolForHelper) { try await house.help(router, "udp", 21, "ftp") }
            for port in [0, -1, 65536] as [Int32] {
                await expectRefusal(.invalidInput) { try await house.help(router, "tcp", port) }
            }
            let made = try await house.help(router)
            await expectRefusal(.badRequest) { try await house.help(router) }
            let second = try await house.help(router, "tcp", 2121)
            await expectRefusal(.badRequest) { try await house.change(second, ["port"]) { $0.port = 21 } }
            await expectRefusal(.invalidProtocolForHelper) {
                try await house.change(made, ["protocol"]) { $0.protocol = "udp" }
            }
            #expect(try await house.helpers(of: router) == [made, second].sorted { $0.id < $1.id })
            let elsewhere = try await house.makeRouter().id
            try await house.help(elsewhere)
        }
    }

    @Test func `helpers are visible and writable with their router`() async throws {
        try await House.open { house in
            let router = try await house.makeRouter().id
            let made = try await house.help(router)
            #expect(try await house.helpers(of: router, as: .reader) == [made])
            await expectRefusal(.notAuthorized) { try await house.help(router, "udp", 69, "tftp", as: .reader) }
            await expectRefusal(.routerNotFound) { try await house.help(router, "udp", 69, "tftp", as: .other) }
            await expectRefusal(.routerNotFound) { try await house.helpers(of: router, as: .other) }
            let elsewhere = try await house.makeRouter().id
            await expectRefusal(.conntrackHelperNotFound) {
                try await house.helpers.getConntrackHelper(
                    .with {
                        $0.routerID = elsewhere
                        $0.id = made.id
                    }
                )
            }
        }
    }

    @Test func `helpers are filtered and sorted by all they have`() async throws {
        try await House.open { house in
            let router = try await house.makeRouter().id
            try await house.help(router, "tcp", 21, "ftp")
            try await house.help(router, "udp", 69, "tftp")
            try await house.help(router, "tcp", 6667, "irc")
            let tcp = try await house.helpers(of: router) {
                $0.filters = [
                    .with {
                        $0.field = "protocol"
                        $0.values = ["tcp"]
                    }
                ]
                $0.sort = [
                    .with {
                        $0.field = "port"
                        $0.descending = true
                    }
                ]
            }
            #expect(tcp.map(\.helper) == ["irc", "ftp"])
        }
    }

    @Test func `a node is told of the helpers, and they go with the router`() async throws {
        try await House.open { house in
            let router = try await house.makeRouter { $0.enableDefaultRouteEcmp = true }.id
            try await house.help(router, "udp", 5060, "sip")
            let key = try #require(RouterID(router))
            let states = try await house.room.store.run { database in
                let router = try #require(try await database.router(key))
                return try await database.nodeRouters([router]).map(\.wire)
            }
            let state = try #require(states.first)
            #expect(state.conntrackHelpers.map(\.helper) == ["sip"] && state.conntrackHelpers.first?.port == 5060)
            #expect(state.enableDefaultRouteEcmp && !state.enableDefaultRouteBfd)
            _ = try await `as`(.member) { try await house.routers.deleteRouter(.with { $0.id = router }) }
            #expect(try await house.count("conntrack_helpers") == 0)
        }
    }
}

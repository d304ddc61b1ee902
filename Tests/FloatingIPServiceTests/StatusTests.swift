import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import FloatingIPService

@Suite(.needsPostgres, .tags(.postgres)) struct StatusTests {
    private func withMapped(_ body: (House, Site, Wire.FloatingIP) async throws -> Void) async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external) { $0.portID = port }
            try await body(house, site, made)
        }
    }

    @Test func `a node's report makes it ACTIVE, and the revision stays`() async throws {
        try await withMapped { house, _, made in
            try await house.report(made.id, 1, .active)
            let active = try await house.get(made.id)
            #expect(active.status == "ACTIVE" && active.revisionNumber == 1 && active.statusReason.isEmpty)
        }
    }

    @Test func `a failure shows with its reason until it heals`() async throws {
        try await withMapped { house, _, made in
            try await house.report(made.id, 1, .failed, "no such device")
            let failed = try await house.get(made.id)
            #expect(failed.status == "ERROR" && failed.statusReason == "no such device")
            try await house.report(made.id, 1, .active)
            #expect(try await house.get(made.id).status == "ACTIVE")
        }
    }

    @Test func `a report about an earlier mapping is ignored`() async throws {
        try await withMapped { house, site, made in
            try await house.report(made.id, 1, .active)
            let other = try await house.makePort(site, "10.0.0.6")
            #expect(try await house.associate(made.id, other).status == "DOWN")
            try await house.report(made.id, 1, .active)
            #expect(try await house.get(made.id).status == "DOWN")
            try await house.report(made.id, 1, .failed, "late")
            #expect(try await house.get(made.id).status == "DOWN")
            try await house.report(made.id, 2, .active)
            #expect(try await house.get(made.id).status == "ACTIVE")
        }
    }

    @Test func `a change that nodes do not care about leaves their reports true`() async throws {
        try await withMapped { house, _, made in
            let described = try await house.update(made.id, ["description"]) { $0.description_p = "new" }
            #expect(described.revisionNumber == 2)
            try await house.report(made.id, 1, .active)
            #expect(try await house.get(made.id).status == "ACTIVE")
        }
    }

    @Test func `a disassociated one is DOWN when its node says that it is gone`() async throws {
        try await withMapped { house, _, made in
            try await house.report(made.id, 1, .active)
            #expect(try await house.associate(made.id, "").status == "ACTIVE")
            try await house.report(made.id, 1, .removed)
            #expect(try await house.get(made.id).status == "ACTIVE")
            try await house.report(made.id, 2, .removed)
            #expect(try await house.get(made.id).status == "DOWN")
        }
    }

    @Test func `a node that lost the router to another does not take the status away`() async throws {
        try await withMapped { house, _, made in
            try await house.report(made.id, 1, .active)
            try await house.report(made.id, 1, .removed)
            #expect(try await house.get(made.id).status == "ACTIVE")
        }
    }

    @Test func `reports about what is not there, or by others than programs, do no harm`() async throws {
        try await withMapped { house, _, made in
            try await house.report(FloatingIPID.random().description, 1, .active)
            try await house.report("nonsense", 1, .active)
            try await house.report(made.id, 1, .unspecified)
            await expectRefusal(.notAuthorized) { try await house.report(made.id, 1, .active, as: .member) }
            #expect(try await house.get(made.id).status == "DOWN")
        }
    }

    @Test func `many reports in one call are taken each for itself`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            var ids: [String] = []
            for host in 5..<10 {
                let port = try await house.makePort(site, "10.0.0.\(host)")
                ids.append(try await house.create(on: site.external) { $0.portID = port }.id)
            }
            let statuses = ids.enumerated().flatMap { index, id -> [Wire.ObjectStatus] in
                let first = Wire.ObjectStatus.with {
                    $0.id = id
                    $0.appliedRevisionNumber = 1
                    $0.state = .failed
                    $0.reason = "first"
                }
                var second = first
                second.state = .active
                return index.isMultiple(of: 2) ? [first, second] : [first]
            }
            _ = try await `as`(.program) {
                try await house.nodes.reportAddressStatus(.with { $0.addresses = statuses })
            }
            for (index, id) in ids.enumerated() {
                #expect(try await house.get(id).status == (index.isMultiple(of: 2) ? "ACTIVE" : "ERROR"))
            }
        }
    }
}

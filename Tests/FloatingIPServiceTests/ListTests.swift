import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import FloatingIPService

extension L3_Query_V1_Query {
    fileprivate mutating func filter(_ field: String, _ values: String...) {
        filters.append(
            .with {
                $0.field = field
                $0.values = values
            }
        )
    }
}

@Suite(.needsPostgres, .tags(.postgres)) struct ListTests {
    @Test func `a project sees its own, an administrator all`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let mine = try await house.create(on: site.external)
            let theirs = try await house.create(on: site.external, as: .other)
            #expect(try await house.list().floatingips == [mine])
            #expect(try await house.list(as: .reader).floatingips == [mine])
            #expect(try await house.list(as: .other).floatingips == [theirs])
            #expect(try await Set(house.list(as: .admin).floatingips.map(\.id)) == [mine.id, theirs.id])
            let nobody = RequestContext(projectID: "", roles: [.member], requestID: "req-nobody")
            #expect(try await house.list(as: nobody).floatingips.isEmpty)
        }
    }

    @Test func `NetworkService is asked once for the ports of a whole page`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            for host in 5..<10 {
                let port = try await house.makePort(site, "10.0.0.\(host)")
                try await house.create(on: site.external) { $0.portID = port }
            }
            try await house.create(on: site.external)
            let before = await house.network.calls[.readPorts] ?? 0
            let all = try await house.list().floatingips
            #expect(await house.network.calls[.readPorts] == before + 1)
            #expect(all.filter(\.hasPortDetails).count == 5)
            #expect(all.allSatisfy { $0.hasPortDetails == !$0.portID.isEmpty })
        }
    }

    @Test func `a page without mapped ones asks nobody`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            try await house.create(on: site.external)
            await house.network.setBefore { _ in Issue.record("asked") }
            #expect(try await house.list().floatingips.count == 1)
        }
    }

    @Test func `lists are filtered by what the contract names`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let mapped = try await house.create(on: site.external) {
                $0.portID = port
                $0.description_p = "web"
                $0.tags = ["a", "b"]
            }
            let idle = try await house.create(on: site.external) { $0.tags = ["b"] }
            let cases: [(String, String, [String])] = [
                ("id", idle.id, [idle.id]), ("project_id", "acme", [mapped.id, idle.id]),
                ("floating_network_id", site.external.description, [mapped.id, idle.id]),
                ("floating_ip_address", mapped.floatingIpAddress, [mapped.id]), ("port_id", port, [mapped.id]),
                ("port_id", "", [idle.id]), ("fixed_ip_address", "10.0.0.5", [mapped.id]),
                ("router_id", site.router.description, [mapped.id]), ("router_id", RouterID.random().description, []),
                ("status", "DOWN", [mapped.id, idle.id]), ("description", "web", [mapped.id]),
                ("tags", "a,b", [mapped.id]),
                ("tags-any", "a,b", [mapped.id, idle.id]), ("not-tags", "a", [idle.id]), ("revision_number", "2", []),
            ]
            for (field, value, wanted) in cases {
                let found = try await house.list { $0.filter(field, value) }.floatingips.map(\.id)
                #expect(Set(found) == Set(wanted), "\(field)=\(value)")
            }
            await expectRefusal(.invalidInput) { try await house.list { $0.filter("mtu", "1") } }
            await expectRefusal(.invalidInput) { try await house.list { $0.filter("port_id", "nonsense") } }
            await expectRefusal(.invalidInput) { try await house.list { $0.sort = [.with { $0.field = "port_id" }] } }
        }
    }

    @Test func `pages follow one another in the order asked for`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            for _ in 0..<5 { try await house.create(on: site.external) }
            var (addresses, token): ([String], String) = ([], "")
            repeat {
                let page = try await house.list { [token] query in
                    query.sort = [
                        .with {
                            $0.field = "floating_ip_address"
                            $0.descending = true
                        }
                    ]
                    query.pageSize = 2
                    query.pageToken = token
                }
                addresses += page.floatingips.map(\.floatingIpAddress)
                token = page.nextPageToken
            } while !token.isEmpty
            #expect(addresses == (10..<15).reversed().map { "203.0.113.\($0)" })
            await expectRefusal(.markerNotFound) {
                try await house.list { $0.pageToken = FloatingIPID.random().description }
            }
        }
    }

    @Test func `pools are the IPv4 subnets of external networks`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            try await house.network.makeSubnet(site.external, "2001:db8::/64")
            let pools = try await `as`(.member) { try await house.floatingIPs.listFloatingIPPools(.init()) }
            #expect(
                pools.floatingipPools == [
                    .with {
                        $0.subnetID = site.externalSubnet.description
                        $0.subnetName = "public"
                        $0.networkID = site.external.description
                        $0.cidr = "203.0.113.0/24"
                        $0.projectID = "acme"
                    }
                ]
            )
        }
    }
}

import ResourceModel
import Testing

@testable import Gateway

@Suite struct QueryTests {
    private static let id = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"

    private func parameters(
        _ text: String,
        of resource: Resource = .router,
        admin: Bool = true,
        greatest: Int = 0
    ) throws -> ListParameters {
        try ListParameters(try QueryString(text), of: resource, viewerIsAdmin: admin, greatestLimit: greatest)
    }

    @Test(
        arguments: [
            ("name=a", Resource.router, [ListQuery.Filter("name", ["a"])]),
            ("name=a&name=b", .router, [ListQuery.Filter("name", ["a", "b"])]),
            (
                "name=a&status=ACTIVE", .router,
                [ListQuery.Filter("name", ["a"]), ListQuery.Filter("status", ["ACTIVE"])]
            ),
            ("name=", .router, [ListQuery.Filter("name", [""])]),
            ("name=a+b%26", .router, [ListQuery.Filter("name", ["a b&"])]),
            ("admin_state_up=Yes", .router, [ListQuery.Filter("admin_state_up", ["true"])]),
            ("tenant_id=p", .router, [ListQuery.Filter("project_id", ["p"])]),
            ("router:external=True", .network, [ListQuery.Filter("router_external", ["true"])]),
            ("router%3Aexternal=0", .subnet, [ListQuery.Filter("router_external", ["false"])]),
            ("mtu=01500", .network, [ListQuery.Filter("mtu", ["1500"])]),
            ("mac_address=FA:16:3E:00:00:01", .port, [ListQuery.Filter("mac_address", ["fa:16:3e:00:00:01"])]),
            ("port_id=", .floatingIP, [ListQuery.Filter("port_id", [""])]),
            (
                "tags=a,b&not-tags-any=c", .router,
                [ListQuery.Filter("tags", ["a", "b"]), ListQuery.Filter("not-tags-any", ["c"])]
            ),
            (
                "fixed_ips=ip_address=10.0.0.3&fixed_ips=ip_address_substr=0.0", .port,
                [
                    ListQuery.Filter("fixed_ips.ip_address", ["10.0.0.3"]),
                    ListQuery.Filter("fixed_ips.ip_address_substr", ["0.0"]),
                ]
            ),
            ("fixed_ips=subnet_id=\(id)", .port, [ListQuery.Filter("fixed_ips.subnet_id", [id])]),
            ("fields=id&limit=2&sort_key=id&sort_dir=asc&page_reverse=True", .router, []),
        ] as [(String, Resource, [ListQuery.Filter])]
    )
    func `filters are converted as bodies are`(text: String, resource: Resource, filters: [ListQuery.Filter]) throws {
        #expect(try parameters(text, of: resource).query.filters == filters)
    }

    @Test(
        arguments: [
            ("nonsense=1", Resource.router, "HTTPBadRequest"), ("routes=x", .router, "HTTPBadRequest"),
            ("created_at=x", .router, "HTTPBadRequest"), ("admin_state_up=foo", .router, "InvalidInput"),
            ("mtu=big", .network, "InvalidInput"), ("fixed_ips=10.0.0.3", .port, "InvalidInput"),
            ("fixed_ips=mac=x", .port, "InvalidInput"), ("tags=a", .agent, "HTTPBadRequest"),
            ("fixed_ips=ip_address=10.0.0.3", .router, "HTTPBadRequest"), ("name=%zz", .router, "BadRequest"),
        ] as [(String, Resource, String)]
    )
    func `what cannot be filtered by is refused`(text: String, resource: Resource, type: String) {
        #expect { try parameters(text, of: resource) } throws: {
            ($0 as? Fault)?.type == type && ($0 as? Fault)?.status == 400
        }
    }

    @Test func `what a member does not see it cannot filter or sort by`() throws {
        #expect(throws: Never.self) { try parameters("provider:network_type=flat", of: .network) }
        #expect(throws: Fault.self) { try parameters("provider:network_type=flat", of: .network, admin: false) }
        #expect(throws: Fault.self) {
            try parameters("sort_key=provider:network_type&sort_dir=asc", of: .network, admin: false)
        }
    }

    @Test(arguments: ["id=no-id", "id=a&id=b", "tenant_id=p&project_id=q", "name=%00"])
    func `what nothing can have matches nothing`(text: String) throws {
        #expect(try parameters(text).matchesNothing)
    }

    @Test func `an id among what is none still matches`() throws {
        let parameters = try parameters("id=none&id=\(Self.id.uppercased())")
        #expect(parameters.query.filters == [ListQuery.Filter("id", [Self.id])])
        #expect(!parameters.matchesNothing)
    }

    @Test func `sort keys and directions come in pairs`() throws {
        let sort = try parameters("sort_key=name&sort_dir=desc&sort_key=tenant_id&sort_dir=asc").query.sort
        #expect(sort == [ListQuery.SortKey("name", descending: true), ListQuery.SortKey("project_id")])
    }

    @Test(arguments: [
        "sort_key=name", "sort_key=name&sort_dir=up", "sort_key=routes&sort_dir=asc", "sort_dir=asc",
        "sort_key=description&sort_dir=asc",
    ])
    func `an order that makes no sense is refused`(text: String) {
        #expect { try parameters(text) } throws: { ($0 as? Fault)?.type == "HTTPBadRequest" }
    }

    @Test func `a limit bounds a page, and the server's bound bounds the limit`() throws {
        #expect(try parameters("").query.limit == nil)
        #expect(try parameters("limit=0").query.limit == nil)
        #expect(try parameters("limit=5").query.limit == 5)
        #expect(try parameters("limit=500", greatest: 100).query.limit == 100)
        #expect(try parameters("", greatest: 100).query.limit == 100)
        for limit in ["-1", "x", "1.5", "99999999999", ""] {
            #expect { try parameters("limit=\(limit)") } throws: { ($0 as? Fault)?.type == "BadRequest" }
        }
    }

    @Test func `a list of what has no ids comes whole`() throws {
        let parameters = try parameters("limit=1&marker=x&page_reverse=True", of: .availabilityZone, greatest: 5)
        #expect(parameters.query == ListQuery())
    }

    @Test func `a marker that is no id is not found`() throws {
        #expect { try parameters("marker=x") } throws: { ($0 as? Fault)?.type == "RouterNotFound" }
        #expect(try parameters("marker=\(Self.id)").query.marker == Self.id)
    }

    @Test func `fields are a set and unknown ones do no harm`() throws {
        #expect(try parameters("fields=id&fields=zzz").fields == ["id", "zzz"])
        #expect(try parameters("name=a").fields == nil)
    }
}

@Suite struct PageLinksTests {
    private func rels(_ query: String, count: Int) throws -> [String?] {
        let parameters = try ListParameters(try QueryString(query), of: .router, viewerIsAdmin: true)
        let links = PageLinks(url: "http://h/v2.0/routers", parameters: parameters)
        return links.links(count: count, firstID: "first", lastID: "last")?.array.map { $0["rel"]?.string } ?? [nil]
    }

    @Test func `there are links only with a limit, and none past a short page`() throws {
        #expect(try rels("", count: 3) == [nil])
        #expect(try rels("limit=2", count: 2) == ["next", "previous"])
        #expect(try rels("limit=2", count: 1) == ["previous"])
        #expect(try rels("limit=2&page_reverse=True", count: 2) == ["next", "previous"])
        #expect(try rels("limit=2&page_reverse=True", count: 1) == ["next"])
    }

    @Test func `a page before a marker has at most 10000 objects, and links to the rest`() throws {
        let marker = "marker=00000000-0000-4000-8000-000000000000&page_reverse=True"
        let whole = try ListParameters(try QueryString(marker), of: .router, viewerIsAdmin: true)
        #expect(whole.query.limit == 10_000)
        let asked = try ListParameters(try QueryString("limit=20000&" + marker), of: .router, viewerIsAdmin: true)
        #expect(asked.query.limit == 10_000)
        let forward = try ListParameters(try QueryString("limit=20000"), of: .router, viewerIsAdmin: true)
        #expect(forward.query.limit == 20_000)
        #expect(try rels(marker, count: 9999) == [nil])
        #expect(try rels(marker, count: 10_000) == ["next", "previous"])
        #expect(try rels("page_reverse=True", count: 20_000) == [nil])
    }

    @Test func `links keep the other parameters and change marker and direction`() throws {
        let query = try QueryString(
            "limit=2&name=a%20b&marker=\(String(repeating: "0", count: 8))-0000-4000-8000-000000000000"
        )
        let parameters = try ListParameters(query, of: .router, viewerIsAdmin: true)
        let links = PageLinks(url: "http://h/v2.0/routers", parameters: parameters)
            .links(count: 2, firstID: "first", lastID: "last")
        #expect(links?[0]?["href"] == "http://h/v2.0/routers?limit=2&name=a%20b&marker=last")
        #expect(links?[1]?["href"] == "http://h/v2.0/routers?limit=2&name=a%20b&marker=first&page_reverse=True")
    }
}

@Suite struct ServicePagesTests {
    /// The sizes and markers of the calls that a list takes when the service has so many objects.
    private func calls(limit: Int?, having count: Int, marker: String? = nil, reverse: Bool = false) -> [String] {
        var pages = ServicePages(query: ListQuery(limit: limit, marker: marker, reverse: reverse), pageSize: 10)
        var calls: [String] = []
        var sent = 0
        while let query = pages.next, calls.count < 20 {
            calls.append("\(query.limit.map(String.init) ?? "all") after \(query.marker ?? "nothing")")
            let page = min(query.limit ?? Int.max, count - sent)
            sent += page
            pages.took(page, lastID: page > 0 ? String(sent) : nil)
        }
        return calls
    }

    @Test func `a long list comes in pages until one is short`() {
        #expect(calls(limit: nil, having: 25) == ["10 after nothing", "10 after 10", "10 after 20"])
        #expect(calls(limit: nil, having: 20) == ["10 after nothing", "10 after 10", "10 after 20"])
        #expect(calls(limit: nil, having: 0) == ["10 after nothing"])
    }

    @Test func `a limit ends the list`() {
        #expect(calls(limit: 4, having: 25) == ["4 after nothing"])
        #expect(calls(limit: 15, having: 25) == ["10 after nothing", "5 after 10"])
        #expect(calls(limit: 10, having: 25) == ["10 after nothing"])
    }

    @Test func `a page before a marker comes in one`() {
        #expect(calls(limit: 25, having: 40, reverse: true) == ["25 after nothing"])
        #expect(calls(limit: nil, having: 40, marker: "x", reverse: true) == ["all after x"])
    }

    @Test func `all that is before the end comes in forward pages`() {
        #expect(calls(limit: nil, having: 15, reverse: true) == ["10 after nothing", "10 after 10"])
    }
}

@Suite struct RevisionConditionTests {
    @Test func `a condition of ours is read and others are passed over`() throws {
        #expect(try RevisionCondition.read([]) == nil)
        #expect(try RevisionCondition.read(["revision_number=7"]) == 7)
        #expect(try RevisionCondition.read([#""abc", "revision_number=7""#]) == 7)
        #expect(try RevisionCondition.read(["*", "W/\"x\""]) == nil)
    }

    @Test(arguments: [
        ["revision_number=x"], ["revision_number="], ["revision_number=-1"], ["revision_number=1,revision_number=2"],
        ["revision_number=1", "revision_number=1"],
    ])
    func `no number, or two conditions, are refused`(headers: [String]) {
        #expect { try RevisionCondition.read(headers) } throws: { ($0 as? Fault)?.type == "BadRequest" }
    }
}

import Addressing
import ResourceModel
import Testing

@testable import FloatingIPService

@Suite struct FloatingIPTests {
    private let network = NetworkID.random()
    private func idle() -> FloatingIP {
        FloatingIP(id: .random(), projectID: "acme", networkID: network, address: IPv4Address(203, 0, 113, 10))
    }

    private func association(_ router: RouterID = .random()) -> FloatingIP.Association {
        .init(
            target: .init(portID: .random(), address: IPv4Address(10, 0, 0, 5), subnetID: .random()),
            routerID: router
        )
    }

    @Test func `a new mapping is DOWN until a node says otherwise`() {
        var floatingIP = idle()
        floatingIP.associate(association())
        floatingIP.status = .error
        floatingIP.statusReason = "no room"
        floatingIP.associate(association())
        #expect(floatingIP.status == .down && floatingIP.statusReason.isEmpty)
    }

    @Test func `the same mapping again changes nothing`() {
        var floatingIP = idle()
        let association = association()
        floatingIP.associate(association)
        floatingIP.status = .active
        let before = floatingIP
        floatingIP.associate(association)
        #expect(floatingIP == before)
    }

    @Test func `an ended mapping keeps its status and remembers its router`() {
        var floatingIP = idle()
        let association = association()
        floatingIP.associate(association)
        floatingIP.status = .active
        floatingIP.associate(nil)
        #expect(floatingIP.target == nil && floatingIP.routerID == nil)
        #expect(floatingIP.status == .active && floatingIP.lastRouterID == association.routerID)
    }

    @Test func `tags are replaced, then removed, then added`() throws {
        var floatingIP = idle()
        floatingIP.tags = ["a", "b"]
        try FloatingIPChange(addedTags: ["b", "c"], removedTags: ["a"]).apply(to: &floatingIP)
        #expect(floatingIP.tags == ["b", "c"])
        try FloatingIPChange(tags: ["x"]).apply(to: &floatingIP)
        #expect(floatingIP.tags == ["x"])
    }

    @Test func `texts that are too long, tags that stand twice or are too many are refused`() {
        let long = String(repeating: "ä", count: 256)
        let changes = [
            FloatingIPChange(description: long), .init(description: "a\0"), .init(tags: ["a", "a"]),
            .init(tags: [long]),
            .init(tags: (0..<51).map(String.init)),
        ]
        for change in changes {
            var floatingIP = idle()
            #expect(throws: FloatingIPError.self) { try change.apply(to: &floatingIP) }
        }
        var floatingIP = idle()
        #expect(throws: Never.self) {
            try FloatingIPChange(description: String(long.dropLast()), tags: (0..<50).map(String.init))
                .apply(to: &floatingIP)
        }
    }

    @Test func `names are lower-cased, and must be relative; domains must end in a dot`() throws {
        #expect(try DNSName.checked(host: "Web-1") == "web-1")
        #expect(try DNSName.checked(domain: "example.org.") == "example.org.")
        #expect(try DNSName.checked(host: "") == "" && DNSName.checked(domain: "") == "")
        for host in ["web.", "-web", "web-", "a b", ".", String(repeating: "x", count: 64)] {
            #expect(throws: FloatingIPError.self) { try DNSName.checked(host: host) }
        }
        for domain in ["example.org", ".", "a..b.", "exa mple."] {
            #expect(throws: FloatingIPError.self) { try DNSName.checked(domain: domain) }
        }
    }

    @Test(arguments: [
        (RequestContext.reader, "", false, ErrorReason?.some(.notAuthorized)), (.member, "", false, nil),
        (.member, "acme", false, nil), (.member, "rival", false, .badRequest), (.admin, "rival", false, nil),
        (.member, "", true, .notAuthorized), (.manager, "", true, nil), (.admin, "", true, nil),
    ])
    func `who may make a floating IP for whom, and choose its address`(
        who: RequestContext,
        project: String,
        choosesAddress: Bool,
        reason: ErrorReason?
    ) {
        var draft = FloatingIPDraft(id: .random(), projectID: project, networkID: network)
        draft.address = choosesAddress ? IPv4Address(203, 0, 113, 5) : nil
        do throws(FloatingIPError) {
            #expect(try draft.checkedOwner(as: who) == (project.isEmpty ? who.projectID : project))
            #expect(reason == nil)
        } catch {
            #expect(error.reason == reason)
        }
    }
}

@Suite struct StatusReportTests {
    /// Mapped at revision 3, described anew at revision 5.
    private func mapped() -> FloatingIP {
        var floatingIP = FloatingIP(id: .random(), projectID: "acme", networkID: .random(), address: .any)
        floatingIP.associate(
            .init(target: .init(portID: .random(), address: .any, subnetID: .random()), routerID: .random())
        )
        (floatingIP.mappingRevision, floatingIP.revision) = (3, 5)
        return floatingIP
    }

    @Test(arguments: [
        (StatusReport.Outcome.active, FloatingIP.Status.active), (.failed(reason: "no room"), .error),
    ])
    func `a node's word about what is wanted is taken over`(outcome: StatusReport.Outcome, status: FloatingIP.Status) {
        for revision in Revision(3)...5 {
            let told = told(mapped(), revision, outcome)
            #expect(told?.status == status && told?.appliedRevision == revision && told?.revision == 5)
            #expect(told?.statusReason == (status == .error ? "no room" : ""))
        }
    }

    private func told(_ floatingIP: FloatingIP, _ revision: Revision, _ outcome: StatusReport.Outcome) -> FloatingIP? {
        floatingIP.accepting(StatusReport(id: floatingIP.id, revision: revision, outcome: outcome))
    }

    @Test(arguments: [Revision(0), 2, 6])
    func `a report about an older mapping, or one that never was, says nothing`(revision: Revision) {
        #expect(told(mapped(), revision, .active) == nil)
    }

    @Test func `a report that comes late does not undo a newer one`() throws {
        let active = try #require(told(mapped(), 5, .active))
        #expect(told(active, 4, .failed(reason: "late")) == nil)
    }

    @Test func `an error heals with the next success at the same revision`() throws {
        let failed = try #require(told(mapped(), 5, .failed(reason: "busy")))
        let healed = try #require(told(failed, 5, .active))
        #expect(healed.status == .active && healed.statusReason.isEmpty)
    }

    @Test func `that a node has it no more counts only when it is wanted nowhere`() {
        var floatingIP = mapped()
        floatingIP.status = .active
        #expect(told(floatingIP, 5, .removed) == nil)
        floatingIP.associate(nil)
        (floatingIP.mappingRevision, floatingIP.revision) = (6, 6)
        #expect(told(floatingIP, 6, .active) == nil && told(floatingIP, 6, .failed(reason: "x")) == nil)
        #expect(told(floatingIP, 5, .removed) == nil)
        #expect(told(floatingIP, 6, .removed)?.status == .down)
    }

    @Test func `of several reports about one the newest counts, of equally new ones the last`() {
        let id = FloatingIPID.random()
        func report(_ revision: Revision, _ outcome: StatusReport.Outcome) -> StatusReport {
            StatusReport(id: id, revision: revision, outcome: outcome)
        }
        let old = report(1, .active)
        let new = report(2, .failed(reason: "x"))
        #expect(StatusReport.newest([new, old]) == [id: new])
        #expect(StatusReport.newest([new, report(2, .active)]) == [id: report(2, .active)])
    }
}

@Suite struct FootingTests {
    @Test func `a mapping leans on its port and router, and on its own address`() {
        var floatingIP = FloatingIP(id: .random(), projectID: "acme", networkID: .random(), address: .any)
        let (port, router, subnet) = (PortID.random(), RouterID.random(), SubnetID.random())
        #expect(Footing(floatingIP).holds(.port(floatingIP.addressPort)) && Footing(floatingIP).binding == nil)
        floatingIP.associate(.init(target: .init(portID: port, address: .any, subnetID: subnet), routerID: router))
        let footing = Footing(floatingIP)
        #expect(footing.binding == Binding(routerID: router, subnetID: subnet))
        #expect(footing.holds(.port(port)) && footing.holds(.router(router)))
        #expect(footing.holds(.port(floatingIP.addressPort)))
        #expect(!footing.holds(.port(.random())) && !footing.holds(.router(.random())))
    }

    @Test func `a forwarding leans on its port and its floating IP's router, not on the address`() throws {
        let (router, ports) = (RouterID.random(), try #require(PortRange(1, 1)))
        let forwarding = PortForwarding(
            id: .random(),
            floatingIPID: .random(),
            transport: .tcp,
            target: .init(portID: .random(), address: .any, subnetID: .random()),
            externalPorts: ports,
            internalPorts: ports
        )
        let footing = Footing(forwarding, on: router)
        #expect(footing.holds(.port(forwarding.target.portID)) && footing.holds(.router(router)))
        #expect(footing.addressPort == nil)
    }

    @Test func `what is gone leans on nothing`() {
        #expect(Footing.nothing.portID == nil && Footing.nothing.binding == nil && Footing.nothing.addressPort == nil)
    }

    @Test func `a holder is known by kind and id`() {
        let (floatingIP, forwarding) = (FloatingIPID.random(), PortForwardingID.random())
        for holder in [Holder.floatingIP(floatingIP), .portForwarding(forwarding)] {
            #expect(Holder(kind: holder.kind, id: holder.text) == holder)
        }
        #expect(Holder(kind: "router", id: floatingIP.description) == nil)
        #expect(Holder(kind: "floating_ip", id: "nonsense") == nil)
    }
}

@Suite struct PortRangeTests {
    @Test func `a range is one port or two in order`() {
        #expect(PortRange("80")?.single == 80 && PortRange("80")?.text == "80:80")
        #expect(PortRange("80:90")?.count == 11 && PortRange("80:90")?.single == nil)
        for text in ["", "0", "65536", "90:80", "80:", ":80", "1:2:3", "+80", "a", "8 0"] {
            #expect(PortRange(text) == nil, "\(text)")
        }
    }
}

@Suite struct FloatingIPPoolTests {
    private func pools() throws -> [FloatingIPPool] {
        let network = NetworkID.random()
        return try ["198.51.100.0/24", "203.0.113.0/24", "2001:db8::/64"].enumerated().flatMap { index, cidr in
            let subnet = Subnet(
                id: SubnetID(high: 0, low: UInt64(index)),
                networkID: network,
                name: "s\(index)",
                cidr: try #require(CIDR(cidr))
            )
            return FloatingIPPool.pools([subnet], for: "acme")
        }
    }

    @Test func `each IPv4 subnet is a pool of the caller's`() throws {
        #expect(try pools().map(\.subnet.name) == ["s0", "s1"])
        #expect(try pools().allSatisfy { $0.projectID == "acme" })
    }

    @Test func `pools are filtered, sorted and paged`() throws {
        let pools = try pools()
        func names(_ query: ListQuery) throws -> [String] { try query.page(of: pools).items.map(\.subnet.name) }
        #expect(try names(ListQuery(filters: [.init("cidr", ["203.0.113.0/24", "x"])])) == ["s1"])
        #expect(try names(ListQuery(sort: [.init("subnet_name", descending: true)])) == ["s1", "s0"])
        #expect(try names(ListQuery(limit: 1)) == ["s0"])
        let marker = pools[0].subnet.id.description
        #expect(try names(ListQuery(limit: 1, marker: marker)) == ["s1"])
        #expect(try names(ListQuery(marker: pools[1].subnet.id.description, reverse: true)) == ["s0"])
        #expect(throws: FloatingIPError.markerNotFound("nowhere")) { try names(ListQuery(marker: "nowhere")) }
        #expect(throws: FloatingIPError.self) { try names(ListQuery(filters: [.init("mtu", ["1"])])) }
    }
}

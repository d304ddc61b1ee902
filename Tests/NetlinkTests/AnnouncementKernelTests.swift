import Addressing
import KernelTestSupport
import Netlink
import Testing

@Suite(.needsKernel, .tags(.kernel)) struct AnnouncementKernelTests {
    @Test(arguments: [Announcement.Form.request, .reply], ["10.0.1.1", "2001:db8::1"])
    func `a neighbour learns the new place of an address`(form: Announcement.Form, address: String) throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            let host = try network.namespace("host")
            try network.connect(router, "qg-1", [], to: host, "eth0", [.of("10.0.1.9/24"), .of("2001:db8::9/64")])
            let index = try host.link("eth0").index
            let old = Neighbour(try .of(address), at: try .of("fa:16:3e:00:00:01"), on: index, state: .stale)
            try host.withRoute { (route) throws(NetlinkError) in try route.apply(.replaceNeighbour(old)) }

            let socket = try router.perform { () throws(NetlinkError) in try PacketSocket() }
            let announcement = Announcement(try .of(address), at: try .of("fa:16:3e:00:00:02"), as: form)
            #expect(try socket.send(announcement, on: router.link("qg-1").index) == .sent)

            let isLearned = eventually {
                let known = try? host.withRoute { (route) throws(NetlinkError) in
                    try route.neighbours(announcement.address.version)
                }
                return known?.contains { $0.address == announcement.address && $0.mac == announcement.mac } ?? false
            }
            #expect(isLearned)
        }
    }

    @Test func `announcing on an interface that is not there says so`() throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            let socket = try router.perform { () throws(NetlinkError) in try PacketSocket() }
            let announcement = Announcement(try .of("10.0.1.1"), at: try .of("fa:16:3e:00:00:02"))
            let error = #expect(throws: NetlinkError.self) { try socket.send(announcement, on: 77) }
            #expect(error?.number == .noDevice || error?.number?.description == "ENXIO")
        }
    }
}

import Addressing
import KernelTestSupport
import Testing

@testable import Netlink

@Suite struct RouterAdvertisementTests {
    private func advertisement() throws -> RouterAdvertisement {
        RouterAdvertisement(mac: try .of("fa:16:3e:00:00:02"), routerLifetime: 9000)
    }

    @Test func `an advertisement says how hosts set themselves up`() throws {
        var advertisement = try advertisement()
        advertisement.hasOtherSettings = true
        advertisement.mtu = 1450
        advertisement.prefixes = [
            .init(try .of("2001:db8:1::/64"), isAutonomous: true, validLifetime: 86400, preferredLifetime: 14400)
        ]
        advertisement.nameServers = [.init(try .of("2001:db8::53"), lifetime: 9000)]
        let fixture: Fixture = """
            86 00  // router advertisement
            00 00  // checksum, which the kernel fills in
            40  // hop limit 64
            40  // other settings by DHCPv6
            23 28  // a router for 9000 seconds
            00 00 00 00 00 00 00 00  // reachable time and retransmission timer: not said
            01 01 fa 16 3e 00 00 02  // its link-layer address
            05 01 00 00 00 00 05 aa  // MTU 1450
            03 04 40 c0  // prefix of 64 bits, on the link, autonomous
            00 01 51 80 00 00 38 40  // valid for a day, preferred for four hours
            00 00 00 00  // reserved
            20 01 0d b8 00 01 00 00 00 00 00 00 00 00 00 00  // 2001:db8:1::
            19 03 00 00 00 00 23 28  // name servers, for 9000 seconds
            20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 53  // 2001:db8::53
            """
        #expect(Fixture(advertisement.message) == fixture)
    }

    @Test func `hosts of a managed network make no addresses, and a farewell names no lifetime`() throws {
        var advertisement = RouterAdvertisement(mac: try .of("fa:16:3e:00:00:02"), routerLifetime: 0)
        advertisement.hasManagedAddresses = true
        advertisement.prefixes = [
            .init(try .of("2001:db8:2::/80"), isAutonomous: false, validLifetime: 60, preferredLifetime: 30)
        ]
        let fixture: Fixture = """
            86 00 00 00  // router advertisement
            40 80 00 00  // hop limit 64, addresses by DHCPv6, no router
            00 00 00 00 00 00 00 00
            01 01 fa 16 3e 00 00 02  // its link-layer address
            03 04 50 80  // prefix of 80 bits, on the link, not autonomous
            00 00 00 3c 00 00 00 1e 00 00 00 00  // valid for 60 seconds, preferred for 30
            20 01 0d b8 00 02 00 00 00 00 00 00 00 00 00 00  // 2001:db8:2::
            """
        #expect(Fixture(advertisement.message) == fixture)
    }

    @Test func `servers to be used and servers to be used no more are told apart`() throws {
        var advertisement = try advertisement()
        advertisement.nameServers = [
            .init(try .of("2001:db8::1"), lifetime: 0), .init(try .of("2001:db8::2"), lifetime: 300),
            .init(try .of("2001:db8::3"), lifetime: 300),
        ]
        let fixture: Fixture = """
            19 05 00 00 00 00 01 2c  // two name servers, for 300 seconds
            20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02
            20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 03
            19 03 00 00 00 00 00 00  // one that is to be used no more
            20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01
            """
        #expect(Fixture([UInt8](advertisement.message.dropFirst(24))) == fixture)
    }
}

@Suite struct RouterSolicitationTests {
    private static let solicitation: Fixture = """
        85 00 7b b8  // router solicitation, checksum
        00 00 00 00  // reserved
        01 01 fa 16 3e 00 00 09  // the sender's link-layer address
        """

    private func read(
        _ fixture: Fixture = solicitation,
        from source: String = "fe80::9",
        hopLimit: Int = 255
    ) throws -> RouterSolicitation? {
        RouterSolicitation(message: fixture.bytes, from: try .of(source), hopLimit: hopLimit)
    }

    @Test func `a host asks from its address, or from none`() throws {
        #expect(try read()?.source == .of("fe80::9"))
        let bare: Fixture = "85 00 7b b8 00 00 00 00  // without options"
        let anonymous = try #require(try read(bare, from: "::"))
        #expect(anonymous.source == nil)
    }

    @Test func `options that are not known are passed over`() throws {
        let fixture: Fixture = """
            85 00 7b b8 00 00 00 00
            fd 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00  // an option for experiments
            """
        #expect(try read(fixture) != nil)
    }

    @Test func `what came through a router is refused`() throws {
        #expect(try read(hopLimit: 254) == nil)
        // The kernel did not say.
        #expect(try read(hopLimit: -1) == nil)
    }

    @Test func `who has no address cannot say that it is at one`() throws {
        #expect(try read(from: "::") == nil)
    }

    @Test(arguments: [
        "87 00 7b b8 00 00 00 00  // another message",
        "85 01 7b b8 00 00 00 00  // a code that is none",
        "85 00 7b b8 00 00 00  // too short",
        "85 00 7b b8 00 00 00 00 01 00 fa 16 3e 00 00 09  // an option without length",
        "85 00 7b b8 00 00 00 00 01 02 fa 16 3e 00 00 09  // an option longer than the message",
        "85 00 7b b8 00 00 00 00 01  // an option cut off",
        "// nothing at all",
    ])
    func `a malformed question is refused`(text: String) throws {
        #expect(try read(Fixture(stringLiteral: text)) == nil)
    }
}

@Suite(.needsKernel, .tags(.kernel)) struct AdvertisementSocketTests {
    @Test func `a host's kernel asks for routers and is set up by the answer`() throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            let host = try network.namespace("host")
            try router.perform { () throws(NetlinkError) in try Sysctl.ipv6Forwarding.write("1") }
            let socket = try router.perform { () throws(NetlinkError) in try AdvertisementSocket() }
            let watch = try SolicitationWatch()
            try watch.add(socket, as: 7)
            try network.connect(router, "qr-1", [.of("fe80::1/64")], to: host, "eth0", [])
            let index = try router.link("qr-1").index

            var asked: RouterSolicitation?
            for _ in 0..<20 where asked == nil {
                guard try watch.wait(atMost: 1000) == [7] else { continue }
                if case .solicitation(let solicitation, index)? = try socket.receive() { asked = solicitation }
            }
            let solicitation = try #require(asked)
            #expect(solicitation.source?.isLinkLocal ?? true)

            var advertisement = RouterAdvertisement(mac: try .of("fa:16:3e:00:00:02"), routerLifetime: 60)
            advertisement.prefixes = [
                .init(try .of("2001:db8:1::/64"), isAutonomous: true, validLifetime: 60, preferredLifetime: 60)
            ]
            try socket.send(advertisement, from: try .of("fe80::1"), to: solicitation.source, on: index)
            let isSetUp = eventually {
                let routes = try? host.run("ip", "-6", "route", "show")
                return routes?.contains("default via fe80::1 dev eth0 proto ra") == true
                    && routes?.contains("2001:db8:1::/64 dev eth0 proto kernel") == true
            }
            #expect(isSetUp)
        }
    }

    @Test func `an address that the interface has not sends nothing`() throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            let socket = try router.perform { () throws(NetlinkError) in try AdvertisementSocket() }
            let advertisement = RouterAdvertisement(mac: try .of("fa:16:3e:00:00:02"), routerLifetime: 60)
            let source: IPv6Address = try .of("fe80::1")
            #expect(throws: NetlinkError.self) { try socket.send(advertisement, from: source, on: .loopback) }
        }
    }

    @Test func `a wait ends when someone wakes it, and the next one is a wait again`() throws {
        let watch = try SolicitationWatch()
        watch.wake()
        #expect(try watch.wait(atMost: 10_000) == [])
        let start = ContinuousClock.now
        #expect(try watch.wait(atMost: 50) == [])
        #expect(ContinuousClock.now - start >= .milliseconds(40))
    }
}

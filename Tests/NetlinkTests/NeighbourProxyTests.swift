import Addressing
import KernelTestSupport
import Testing

@testable import Netlink

@Suite struct NeighbourProxyWireTests {
    @Test func `an address is answered for for good`() throws {
        let fixture: Fixture = """
            30 00 00 00  // length 48
            1c 00  // RTM_NEWNEIGH
            01 05  // NLM_F_REQUEST, CREATE, REPLACE
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            0a 00 00 00  // struct ndmsg: family 10
            07 00 00 00  // index 7
            80 00 08 00  // NUD_PERMANENT, NTF_PROXY, type 0
            14 00 01 00 20 01 0d b8 00 01 00 00 00 00 00 00 00 00 00 10  // NDA_DST 2001:db8:1::10
            """
        let proxy = NeighbourProxy(try .of("2001:db8:1::10"), on: 7)
        #expect(Fixture { RouteRequest.replaceNeighbourProxy(proxy).write(to: &$0) } == fixture)
    }

    @Test func `it is answered for no more by what it is`() throws {
        let fixture: Fixture = """
            30 00 00 00  // length 48
            1d 00  // RTM_DELNEIGH
            01 00  // NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            0a 00 00 00  // struct ndmsg: family 10
            07 00 00 00  // index 7
            80 00 08 00  // NUD_PERMANENT, NTF_PROXY, type 0
            14 00 01 00 20 01 0d b8 00 01 00 00 00 00 00 00 00 00 00 10  // NDA_DST 2001:db8:1::10
            """
        let proxy = NeighbourProxy(try .of("2001:db8:1::10"), on: 7)
        #expect(Fixture { RouteRequest.deleteNeighbourProxy(proxy).write(to: &$0) } == fixture)
    }

    @Test func `an entry is read, and a neighbour is none`() throws {
        func read(flags: String) throws -> NeighbourProxy? {
            let fixture = Fixture(
                stringLiteral: """
                    30 00 00 00 1c 00 02 00  // length 48, RTM_NEWNEIGH, NLM_F_MULTI
                    07 00 00 00 00 00 00 00  // sequence 7, port 0
                    0a 00 00 00 07 00 00 00  // struct ndmsg: family 10, index 7
                    80 00 \(flags) 00  // state, flags, type
                    14 00 01 00 20 01 0d b8 00 01 00 00 00 00 00 00 00 00 00 10  // NDA_DST 2001:db8:1::10
                    """
            )
            return try fixture.body { (body) throws(NetlinkError) in try NeighbourProxy(message: body) } ?? nil
        }
        let proxy = NeighbourProxy(try .of("2001:db8:1::10"), on: 7)
        #expect(try read(flags: "08") == proxy)
        #expect(try read(flags: "00") == nil)
    }
}

@Suite(.needsKernel, .tags(.kernel)) struct NeighbourProxyKernelTests {
    @Test func `the kernel lists what is answered for, and whether it is`() throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            let host = try network.namespace("host")
            try network.connect(router, "qg-1", [.of("2001:db8:e::5/64")], to: host, "eth0", [])
            let index = try router.link("qg-1").index
            #expect(try !router.link("qg-1").proxiesNeighbours)
            try router.withNamespace { (namespace) throws(NetlinkError) in
                try namespace.set(.neighbourProxying(on: "qg-1"), to: "1")
            }
            #expect(try router.link("qg-1").proxiesNeighbours)

            let proxy = NeighbourProxy(try .of("2001:db8:1::10"), on: index)
            try router.withRoute { (route) throws(NetlinkError) in
                try route.apply([.replaceNeighbourProxy(proxy), .replaceNeighbourProxy(proxy)])
            }
            var listed = try router.withRoute { (route) throws(NetlinkError) in try route.neighbourProxies() }
            #expect(listed == [proxy])
            try router.withRoute { (route) throws(NetlinkError) in
                try route.apply([.deleteNeighbourProxy(proxy), .deleteNeighbourProxy(proxy)])
            }
            listed = try router.withRoute { (route) throws(NetlinkError) in try route.neighbourProxies() }
            #expect(listed == [])
        }
    }
}

import Addressing
import Testing

@testable import Netlink

@Suite struct AddressWireTests {
    @Test func `an IPv4 address brings its broadcast address`() throws {
        let fixture: Fixture = """
            30 00 00 00  // length 48
            14 00  // RTM_NEWADDR
            01 05  // NLM_F_REQUEST, CREATE, REPLACE
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 18 00 00  // struct ifaddrmsg: family 2, prefix 24, flags 0, scope universe
            07 00 00 00  // index 7
            08 00 02 00 cb 00 71 02  // IFA_LOCAL 203.0.113.2
            08 00 01 00 cb 00 71 02  // IFA_ADDRESS 203.0.113.2
            08 00 04 00 cb 00 71 ff  // IFA_BROADCAST 203.0.113.255
            """
        let address = InterfaceAddress(try .of("203.0.113.2/24"), on: 7)
        #expect(Fixture { RouteRequest.replaceAddress(address).write(to: &$0) } == fixture)
    }

    @Test func `an IPv6 address is used without asking`() throws {
        let fixture: Fixture = """
            48 00 00 00  // length 72
            14 00  // RTM_NEWADDR
            01 05  // NLM_F_REQUEST, CREATE, REPLACE
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            0a 40 00 fd  // struct ifaddrmsg: family 10, prefix 64, flags 0, scope link
            07 00 00 00  // index 7
            14 00 02 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01  // IFA_LOCAL fe80::1
            14 00 01 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01  // IFA_ADDRESS fe80::1
            08 00 08 00 02 02 00 00  // IFA_FLAGS NODAD, NOPREFIXROUTE
            """
        let address = InterfaceAddress(try .of("fe80::1/64"), on: 7, addsPrefixRoute: false)
        #expect(Fixture { RouteRequest.replaceAddress(address).write(to: &$0) } == fixture)
    }

    @Test func `an address is deleted by what it is`() throws {
        let fixture: Fixture = """
            28 00 00 00  // length 40
            15 00  // RTM_DELADDR
            01 00  // NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 20 00 00  // struct ifaddrmsg: family 2, prefix 32, flags 0, scope universe
            07 00 00 00  // index 7
            08 00 02 00 cb 00 71 0a  // IFA_LOCAL 203.0.113.10
            08 00 01 00 cb 00 71 0a  // IFA_ADDRESS 203.0.113.10
            """
        let address = InterfaceAddress(try .of("203.0.113.10/32"), on: 7)
        #expect(Fixture { RouteRequest.deleteAddress(address).write(to: &$0) } == fixture)
    }

    @Test func `an address is read with the flags of its longer attribute`() throws {
        let fixture: Fixture = """
            50 00 00 00  // length 80
            14 00  // RTM_NEWADDR
            02 00  // NLM_F_MULTI
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 20 80 00  // struct ifaddrmsg: family 2, prefix 32, flags 128, scope universe
            07 00 00 00  // index 7
            08 00 01 00 cb 00 71 0a  // IFA_ADDRESS 203.0.113.10
            08 00 02 00 cb 00 71 0a  // IFA_LOCAL 203.0.113.10
            09 00 03 00 71 67 2d 31 00 00 00 00  // IFA_LABEL "qg-1"
            08 00 08 00 80 02 00 00  // IFA_FLAGS PERMANENT, NOPREFIXROUTE
            14 00 06 00 ff ff ff ff ff ff ff ff 01 00 00 00 01 00 00 00  // IFA_CACHEINFO
            """
        let address = try fixture.body { (body) throws(NetlinkError) in try InterfaceAddress(message: body) }
        #expect(address == InterfaceAddress(try .of("203.0.113.10/32"), on: 7, addsPrefixRoute: false))
    }

    @Test func `a neighbour is entered for good`() throws {
        let fixture: Fixture = """
            30 00 00 00  // length 48
            1c 00  // RTM_NEWNEIGH
            01 05  // NLM_F_REQUEST, CREATE, REPLACE
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00  // struct ndmsg: family 2
            07 00 00 00  // index 7
            80 00 00 00  // state permanent, flags 0, type 0
            08 00 01 00 cb 00 71 4d  // NDA_DST 203.0.113.77
            0a 00 02 00 fa 16 3e 00 00 77 00 00  // NDA_LLADDR
            """
        let neighbour = Neighbour(try .of("203.0.113.77"), at: try .of("fa:16:3e:00:00:77"), on: 7)
        #expect(Fixture { RouteRequest.replaceNeighbour(neighbour).write(to: &$0) } == fixture)
    }

    @Test func `a neighbour is read as it was written`() throws {
        let fixture: Fixture = """
            30 00 00 00  // length 48
            1c 00  // RTM_NEWNEIGH
            01 05  // NLM_F_REQUEST, CREATE, REPLACE
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00  // struct ndmsg: family 2
            07 00 00 00  // index 7
            80 00 00 00  // state permanent, flags 0, type 0
            08 00 01 00 cb 00 71 4d  // NDA_DST 203.0.113.77
            0a 00 02 00 fa 16 3e 00 00 77 00 00  // NDA_LLADDR
            """
        let neighbour = try fixture.body { (body) throws(NetlinkError) in try Neighbour(message: body) }
        #expect(neighbour == Neighbour(try .of("203.0.113.77"), at: try .of("fa:16:3e:00:00:77"), on: 7))
    }

    @Test func `a neighbour is deleted by its address`() throws {
        let fixture: Fixture = """
            24 00 00 00  // length 36
            1d 00  // RTM_DELNEIGH
            01 00  // NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00  // struct ndmsg: family 2
            07 00 00 00  // index 7
            80 00 00 00  // state permanent, flags 0, type 0
            08 00 01 00 cb 00 71 4d  // NDA_DST 203.0.113.77
            """
        let neighbour = Neighbour(try .of("203.0.113.77"), at: try .of("fa:16:3e:00:00:77"), on: 7)
        #expect(Fixture { RouteRequest.deleteNeighbour(neighbour).write(to: &$0) } == fixture)
    }
}

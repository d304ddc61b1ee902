import Addressing
import Testing

@testable import Netlink

@Suite struct LinkWireTests {
    @Test func `a veth pair is one message, the peer inside it`() throws {
        let fixture: Fixture = """
            b8 00 00 00  // length 184
            10 00  // RTM_NEWLINK
            01 06  // NLM_F_REQUEST, CREATE, EXCL
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 00 00  // struct ifinfomsg: family unspecified, type
            01 00 01 00  // index 65537
            01 00 00 00  // flags IFF_UP
            01 00 00 00  // change IFF_UP
            0a 00 03 00 74 61 70 2d 31 00 00 00  // IFLA_IFNAME "tap-1"
            0a 00 01 00 fe 16 3e 00 00 02 00 00  // IFLA_ADDRESS
            08 00 04 00 aa 05 00 00  // IFLA_MTU 1450
            08 00 1f 00 01 00 00 00  // IFLA_NUM_TX_QUEUES 1
            08 00 20 00 01 00 00 00  // IFLA_NUM_RX_QUEUES 1
            08 00 0a 00 03 00 00 00  // IFLA_MASTER 3
            60 00 12 00  // IFLA_LINKINFO
            09 00 01 00 76 65 74 68 00 00 00 00  //   IFLA_INFO_KIND "veth"
            50 00 02 00  //   IFLA_INFO_DATA
            4c 00 01 00  //     VETH_INFO_PEER
            00 00 00 00  //       peer: struct ifinfomsg: family unspecified, type
            07 00 00 00  //       peer: index 7
            00 00 00 00  //       peer: flags
            00 00 00 00  //       peer: change
            09 00 03 00 71 72 2d 31 00 00 00 00  //       IFLA_IFNAME "qr-1"
            0a 00 01 00 fa 16 3e 00 00 02 00 00  //       IFLA_ADDRESS
            08 00 04 00 aa 05 00 00  //       IFLA_MTU 1450
            08 00 1f 00 01 00 00 00  //       IFLA_NUM_TX_QUEUES 1
            08 00 20 00 01 00 00 00  //       IFLA_NUM_RX_QUEUES 1
            08 00 1c 00 05 00 00 00  //       IFLA_NET_NS_FD 5
            """
        let pair = VethPair(
            host: .init(name: "tap-1", master: 3, mac: try .of("fe:16:3e:00:00:02"), mtu: 1450),
            peer: .init(name: "qr-1", index: 7, mac: try .of("fa:16:3e:00:00:02"), mtu: 1450)
        )
        #expect(Fixture { $0.createVethPair(pair, index: 65537, peerNamespace: 5) } == fixture)
    }

    @Test func `an alias follows in a message of its own`() throws {
        let fixture: Fixture = """
            3c 00 00 00  // length 60
            10 00  // RTM_NEWLINK
            01 00  // NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 00 00  // struct ifinfomsg: family unspecified, type
            00 00 00 00  // index 0
            00 00 00 00  // flags
            00 00 00 00  // change
            0a 00 03 00 74 61 70 2d 31 00 00 00  // IFLA_IFNAME "tap-1"
            0d 00 14 00 72 6f 75 74 65 72 20 31 00 00 00 00  // IFLA_IFALIAS "router 1"
            """
        #expect(Fixture { $0.setAlias("router 1", ofLink: "tap-1") } == fixture)
    }

    @Test func `a bridge is made up`() throws {
        let fixture: Fixture = """
            44 00 00 00  // length 68
            10 00  // RTM_NEWLINK
            01 06  // NLM_F_REQUEST, CREATE, EXCL
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 00 00  // struct ifinfomsg: family unspecified, type
            00 00 00 00  // index 0
            01 00 00 00  // flags IFF_UP
            01 00 00 00  // change IFF_UP
            0a 00 03 00 62 72 71 2d 31 00 00 00  // IFLA_IFNAME "brq-1"
            08 00 04 00 aa 05 00 00  // IFLA_MTU 1450
            10 00 12 00  // IFLA_LINKINFO
            0b 00 01 00 62 72 69 64 67 65 00 00  //   IFLA_INFO_KIND "bridge"
            """
        #expect(Fixture { RouteRequest.createBridge(Bridge(name: "brq-1", mtu: 1450)).write(to: &$0) } == fixture)
    }

    @Test func `a router's device is configured first and set up second`() throws {
        let fixture: Fixture = """
            50 00 00 00  // length 80
            10 00  // RTM_NEWLINK
            01 00  // NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 00 00  // struct ifinfomsg: family unspecified, type
            07 00 00 00  // index 7
            00 00 00 00  // flags
            00 00 00 00  // change
            30 00 1a 00  // IFLA_AF_SPEC
            20 00 02 00  //   AF_INET
            1c 00 01 00  //     IFLA_INET_CONF
            08 00 01 00 01 00 00 00  //       IPV4_DEVCONF_FORWARDING 1
            08 00 13 00 01 00 00 00  //       IPV4_DEVCONF_ARP_IGNORE 1
            08 00 12 00 02 00 00 00  //       IPV4_DEVCONF_ARP_ANNOUNCE 2
            0c 00 0a 00  //   AF_INET6
            05 00 08 00 01 00 00 00  //     IFLA_INET6_ADDR_GEN_MODE none
            20 00 00 00  // length 32
            10 00  // RTM_NEWLINK
            01 00  // NLM_F_REQUEST
            08 00 00 00 00 00 00 00  // sequence 8, port 0
            00 00 00 00  // struct ifinfomsg: family unspecified, type
            07 00 00 00  // index 7
            01 00 00 00  // flags IFF_UP
            01 00 00 00  // change IFF_UP
            """
        #expect(Fixture { RouteRequest.configureLink(7, .routerInterface).write(to: &$0) } == fixture)
    }

    @Test func `a device leaves its bridge`() throws {
        let fixture: Fixture = """
            30 00 00 00  // length 48
            10 00  // RTM_NEWLINK
            01 00  // NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 00 00  // struct ifinfomsg: family unspecified, type
            07 00 00 00  // index 7
            00 00 00 00  // flags
            00 00 00 00  // change
            08 00 04 00 28 23 00 00  // IFLA_MTU 9000
            08 00 0a 00 00 00 00 00  // IFLA_MASTER none
            """
        var settings = LinkSettings(master: .noBridge)
        settings.mtu = 9000
        #expect(Fixture { RouteRequest.configureLink(7, settings).write(to: &$0) } == fixture)
    }

    @Test func `an interface is deleted by its number`() throws {
        let fixture: Fixture = """
            20 00 00 00  // length 32
            11 00  // RTM_DELLINK
            01 00  // NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 00 00  // struct ifinfomsg: family unspecified, type
            07 00 00 00  // index 7
            00 00 00 00  // flags
            00 00 00 00  // change
            """
        #expect(Fixture { RouteRequest.deleteLink(7).write(to: &$0) } == fixture)
    }

    @Test func `an interface is read with the attributes it has`() throws {
        let fixture: Fixture = """
            74 00 00 00  // length 116
            10 00  // RTM_NEWLINK
            02 00  // NLM_F_MULTI
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 01 00  // struct ifinfomsg: family unspecified, type Ethernet
            07 00 00 00  // index 7
            43 10 01 00  // flags UP, BROADCAST, RUNNING, MULTICAST, LOWER_UP
            00 00 00 00  // change
            09 00 03 00 71 72 2d 31 00 00 00 00  // IFLA_IFNAME "qr-1"
            08 00 04 00 aa 05 00 00  // IFLA_MTU 1450
            08 00 05 00 09 00 00 00  // IFLA_LINK 9
            08 00 25 00 02 00 00 00  // IFLA_LINK_NETNSID 2
            0a 00 01 00 fa 16 3e 00 00 02 00 00  // IFLA_ADDRESS
            10 00 12 00  // IFLA_LINKINFO
            09 00 01 00 76 65 74 68 00 00 00 00  //   IFLA_INFO_KIND "veth"
            14 00 1a 00  // IFLA_AF_SPEC
            04 00 02 00  //   AF_INET, without settings
            0c 00 0a 00  //   AF_INET6
            05 00 08 00 01 00 00 00  //     IFLA_INET6_ADDR_GEN_MODE none
            """
        let link = try #require(try fixture.body { (body) throws(NetlinkError) in try Link(message: body) } ?? nil)
        #expect(link.index == 7)
        #expect(link.name == "qr-1")
        #expect(link.kind == "veth")
        #expect(link.master == nil)
        #expect(link.peer == 9)
        #expect(link.peerNamespace == NamespaceID(rawValue: 2))
        #expect(link.mac == (try MACAddress.of("fa:16:3e:00:00:02")))
        #expect(link.mtu == 1450)
        #expect(link.isUp && link.hasCarrier)
        #expect(link.ipv6AddressGeneration == .manual)
        #expect(link.ipv4 == nil)
    }
}

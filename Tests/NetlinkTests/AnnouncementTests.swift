import Addressing
import Netlink
import Testing

@Suite struct AnnouncementTests {
    @Test func `a gratuitous ARP asks for its own address`() throws {
        let fixture: Fixture = """
            ff ff ff ff ff ff  // to every station
            fa 16 3e 00 00 02  // from the owner
            08 06  // ARP
            00 01 08 00 06 04  // Ethernet, IPv4, lengths 6 and 4
            00 01  // request
            fa 16 3e 00 00 02 cb 00 71 0a  // sender: the owner, 203.0.113.10
            00 00 00 00 00 00 cb 00 71 0a  // target: unknown, 203.0.113.10
            """
        #expect(Fixture(Announcement(try .of("203.0.113.10"), at: try .of("fa:16:3e:00:00:02")).frame) == fixture)
    }

    @Test func `a gratuitous ARP tells everyone`() throws {
        let fixture: Fixture = """
            ff ff ff ff ff ff  // to every station
            fa 16 3e 00 00 02  // from the owner
            08 06  // ARP
            00 01 08 00 06 04  // Ethernet, IPv4, lengths 6 and 4
            00 02  // reply
            fa 16 3e 00 00 02 cb 00 71 0a  // sender: the owner, 203.0.113.10
            fa 16 3e 00 00 02 cb 00 71 0a  // target: the owner, 203.0.113.10
            """
        let announcement = Announcement(try .of("203.0.113.10"), at: try .of("fa:16:3e:00:00:02"), as: .reply)
        #expect(Fixture(announcement.frame) == fixture)
    }

    @Test func `a neighbour advertisement overrides what was known`() throws {
        let fixture: Fixture = """
            33 33 00 00 00 01  // to all nodes' group
            fa 16 3e 00 00 02  // from the owner
            86 dd  // IPv6
            60 00 00 00 00 20 3a ff  // version 6, payload 32, ICMPv6, hop limit 255
            20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 10  // from 2001:db8::10
            ff 02 00 00 00 00 00 00 00 00 00 00 00 00 00 01  // to ff02::1
            88 00  // neighbour advertisement
            42 f4  // checksum
            a0 00 00 00  // router, override
            20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 10  // target 2001:db8::10
            02 01 fa 16 3e 00 00 02  // its link-layer address
            """
        #expect(Fixture(Announcement(try .of("2001:db8::10"), at: try .of("fa:16:3e:00:00:02")).frame) == fixture)
    }
}

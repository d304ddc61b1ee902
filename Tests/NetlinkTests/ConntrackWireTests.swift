import Addressing
import KernelTestSupport
import Testing

@testable import Netlink

@Suite struct ConntrackWireTests {
    @Test func `a filter says which parts of the tuples count`() throws {
        let fixture: Fixture = """
            54 00 00 00  // length 84
            02 01  // ctnetlink, IPCTNL_MSG_CT_DELETE
            05 00  // NLM_F_REQUEST, ACK
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00  // struct nfgenmsg: family 2, version 0, resource 0
            24 00 01 80  // CTA_TUPLE_ORIG
            0c 00 01 80  //   CTA_TUPLE_IP
            08 00 02 00 cb 00 71 0a  //     CTA_IP_V4_DST 203.0.113.10
            14 00 02 80  //   CTA_TUPLE_PROTO
            05 00 01 00 06 00 00 00  //     CTA_PROTO_NUM 6
            06 00 03 00 08 ae 00 00  //     CTA_PROTO_DST_PORT 2222
            08 00 02 80  // CTA_TUPLE_REPLY
            04 00 01 80  //   CTA_TUPLE_IP
            14 00 19 80  // CTA_FILTER
            08 00 01 00 2a 00 00 00  //   CTA_FILTER_ORIG_FLAGS destination, protocol, destination port
            08 00 02 00 00 00 00 00  //   CTA_FILTER_REPLY_FLAGS none
            """
        let filter = ConntrackFilter.to(try .of("203.0.113.10"), transport: 6, port: 2222)
        #expect(Fixture { filter.writeDeletion(to: &$0) } == fixture)
    }

    @Test func `an entry is read with both its tuples`() throws {
        let fixture: Fixture = """
            84 00 00 00  // length 132
            00 01  // ctnetlink, IPCTNL_MSG_CT_NEW
            02 00  // NLM_F_MULTI
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00  // struct nfgenmsg: family 2, version 0, resource 0
            34 00 01 80  // CTA_TUPLE_ORIG
            14 00 01 80  //   CTA_TUPLE_IP
            08 00 01 00 c6 33 64 07  //     CTA_IP_V4_SRC 198.51.100.7
            08 00 02 00 cb 00 71 0a  //     CTA_IP_V4_DST 203.0.113.10
            1c 00 02 80  //   CTA_TUPLE_PROTO
            05 00 01 00 06 00 00 00  //     CTA_PROTO_NUM 6
            06 00 02 00 9c 40 00 00  //     CTA_PROTO_SRC_PORT 40000
            06 00 03 00 00 16 00 00  //     CTA_PROTO_DST_PORT 22
            34 00 02 80  // CTA_TUPLE_REPLY
            14 00 01 80  //   CTA_TUPLE_IP
            08 00 01 00 0a 00 00 0a  //     CTA_IP_V4_SRC 10.0.0.10
            08 00 02 00 c6 33 64 07  //     CTA_IP_V4_DST 198.51.100.7
            1c 00 02 80  //   CTA_TUPLE_PROTO
            05 00 01 00 06 00 00 00  //     CTA_PROTO_NUM 6
            06 00 02 00 00 16 00 00  //     CTA_PROTO_SRC_PORT 22
            06 00 03 00 9c 40 00 00  //     CTA_PROTO_DST_PORT 40000
            08 00 0c 00 de ad be ef  // CTA_ID
            """
        let record = try #require(
            try fixture.body { (body) throws(NetlinkError) in try ConntrackRecord(message: body) } ?? nil
        )
        #expect(record.entry.original.source == (try IPAddress.of("198.51.100.7")))
        #expect(record.entry.original.destination == (try IPAddress.of("203.0.113.10")))
        #expect(record.entry.original.sourcePort == 40000)
        #expect(record.entry.reply.source == (try IPAddress.of("10.0.0.10")))
        #expect(record.entry.reply.destinationPort == 40000)
        #expect(record.entry.reply.transport == 6)
        #expect(record.id == 0xefbe_adde)
        #expect(record.originalTuple.count == 48)
    }

    @Test func `the number of connections is read`() throws {
        let fixture: Fixture = """
            24 00 00 00  // length 36
            05 01  // IPCTNL_MSG_CT_GET_STATS
            00 00  // no flags
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 00 00  // struct nfgenmsg: no family, version 0
            08 00 01 00 00 00 01 02  // CTA_STATS_GLOBAL_ENTRIES 258
            08 00 02 00 00 04 00 00  // CTA_STATS_GLOBAL_MAX_ENTRIES 262144
            """
        let count = try fixture.body { (body) throws(NetlinkError) in try ConntrackSocket.count(message: body) }
        #expect(count == 258)
    }

    @Test func `a filter of IPv6 by the real host names the answers' end`() throws {
        let fixture: Fixture = """
            4c 00 00 00  // length 76
            02 01  // ctnetlink, IPCTNL_MSG_CT_DELETE
            05 00  // NLM_F_REQUEST, ACK
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            0a 00 00 00  // struct nfgenmsg: family 10, version 0, resource 0
            08 00 01 80  // CTA_TUPLE_ORIG
            04 00 01 80  //   CTA_TUPLE_IP
            1c 00 02 80  // CTA_TUPLE_REPLY
            18 00 01 80  //   CTA_TUPLE_IP
            14 00 03 00 20 01 0d b8 00 01 00 00 00 00 00 00 00 00 00 10  //     CTA_IP_V6_SRC 2001:db8:1::10
            14 00 19 80  // CTA_FILTER
            08 00 01 00 00 00 00 00  //   CTA_FILTER_ORIG_FLAGS none
            08 00 02 00 01 00 00 00  //   CTA_FILTER_REPLY_FLAGS source
            """
        let filter = ConntrackFilter.answeredBy(try .of("2001:db8:1::10"))
        #expect(Fixture { filter.writeDeletion(to: &$0) } == fixture)
    }

    @Test func `all connections of a family are deleted without a filter`() {
        let fixture: Fixture = """
            14 00 00 00  // length 20
            02 01  // ctnetlink, IPCTNL_MSG_CT_DELETE
            05 00  // NLM_F_REQUEST, ACK
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00  // struct nfgenmsg: family 2, version 0, resource 0
            """
        #expect(Fixture { ConntrackFilter.all(.v4).writeDeletion(to: &$0) } == fixture)
    }

    @Test func `connections are listed by what the kernel can compare, and what it lets through is compared again`()
        throws
    {
        let request: Fixture = """
            40 00 00 00  // length 64
            01 01  // ctnetlink, IPCTNL_MSG_CT_GET
            01 03  // NLM_F_REQUEST, DUMP
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00  // struct nfgenmsg: family 2, version 0, resource 0
            10 00 01 80  // CTA_TUPLE_ORIG
            0c 00 01 80  //   CTA_TUPLE_IP
            08 00 02 00 cb 00 71 0a  //     CTA_IP_V4_DST 203.0.113.10
            08 00 02 80  // CTA_TUPLE_REPLY
            04 00 01 80  //   CTA_TUPLE_IP
            14 00 19 80  // CTA_FILTER
            08 00 01 00 02 00 00 00  //   CTA_FILTER_ORIG_FLAGS destination
            08 00 02 00 00 00 00 00  //   CTA_FILTER_REPLY_FLAGS none
            """
        let kernel = try ScriptedKernel(answers: [
            Self.listed(to: "cb 00 71 0a").bytes + Self.listed(to: "cb 00 71 0b").bytes + Self.done.bytes
        ])
        var connections = ConntrackSocket(try kernel.takeSocket())
        let entries = try connections.entries(matching: .to(try .of("203.0.113.10")))
        #expect(Fixture(kernel.requests()) == request)
        #expect(entries.map(\.original.destination) == [try .of("203.0.113.10")])
        // A ping has no ports.
        #expect(entries.first?.original.transport == 1 && entries.first?.original.sourcePort == nil)
    }

    @Test func `one connection is deleted by its tuple as the kernel wrote it, and its id`() throws {
        let fixture: Fixture = """
            58 00 00 00  // length 88
            02 01  // ctnetlink, IPCTNL_MSG_CT_DELETE
            01 00  // NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00  // struct nfgenmsg: family 2, version 0, resource 0
            3c 00 01 80  // CTA_TUPLE_ORIG
            14 00 01 80  //   CTA_TUPLE_IP
            08 00 01 00 c6 33 64 07  //     CTA_IP_V4_SRC 198.51.100.7
            08 00 02 00 cb 00 71 0a  //     CTA_IP_V4_DST 203.0.113.10
            24 00 02 80  //   CTA_TUPLE_PROTO
            05 00 01 00 01 00 00 00  //     CTA_PROTO_NUM 1
            06 00 04 00 31 20 00 00  //     CTA_PROTO_ICMP_ID
            05 00 05 00 08 00 00 00  //     CTA_PROTO_ICMP_TYPE 8
            05 00 06 00 00 00 00 00  //     CTA_PROTO_ICMP_CODE 0
            08 00 0c 00 e1 fc 42 f1  // CTA_ID
            """
        let listed = Self.listed(to: "cb 00 71 0a")
        let record = try #require(
            try listed.body { (body) throws(NetlinkError) in try ConntrackRecord(message: body) } ?? nil
        )
        #expect(Fixture { record.writeDeletion(to: &$0) } == fixture)
    }

    @Test func `the number of connections is asked for without a family's listing`() throws {
        let request: Fixture = """
            14 00 00 00  // length 20
            05 01  // ctnetlink, IPCTNL_MSG_CT_GET_STATS
            01 00  // NLM_F_REQUEST
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00  // struct nfgenmsg: family 2, version 0, resource 0
            """
        let answer: Fixture = """
            24 00 00 00  // length 36
            05 01 02 00  // IPCTNL_MSG_CT_GET_STATS, NLM_F_MULTI
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 00 00  // struct nfgenmsg: no family, version 0
            08 00 01 00 00 00 00 02  // CTA_STATS_GLOBAL_ENTRIES 2
            08 00 02 00 00 04 00 00  // CTA_STATS_GLOBAL_MAX_ENTRIES 262144
            """
        let kernel = try ScriptedKernel(answers: [answer.bytes])
        var connections = ConntrackSocket(try kernel.takeSocket())
        let count = try connections.count()
        #expect(count == 2)
        #expect(Fixture(kernel.requests()) == request)
    }

    /// A ping to an address as Linux 6.18 lists it.
    private static func listed(to destination: String) -> Fixture {
        Fixture(
            stringLiteral: """
                b4 00 00 00  // length 180
                00 01 22 00  // IPCTNL_MSG_CT_NEW, NLM_F_MULTI, DUMP_FILTERED
                01 00 00 00 00 00 00 00  // sequence 1, port 0
                02 00 00 00  // struct nfgenmsg: family 2, version 0, resource 0
                3c 00 01 80  // CTA_TUPLE_ORIG
                14 00 01 80  //   CTA_TUPLE_IP
                08 00 01 00 c6 33 64 07  //     CTA_IP_V4_SRC 198.51.100.7
                08 00 02 00 \(destination)  //     CTA_IP_V4_DST
                24 00 02 80  //   CTA_TUPLE_PROTO
                05 00 01 00 01 00 00 00  //     CTA_PROTO_NUM 1
                06 00 04 00 31 20 00 00  //     CTA_PROTO_ICMP_ID
                05 00 05 00 08 00 00 00  //     CTA_PROTO_ICMP_TYPE 8
                05 00 06 00 00 00 00 00  //     CTA_PROTO_ICMP_CODE 0
                3c 00 02 80  // CTA_TUPLE_REPLY
                14 00 01 80  //   CTA_TUPLE_IP
                08 00 01 00 0a 00 00 0a  //     CTA_IP_V4_SRC 10.0.0.10
                08 00 02 00 c6 33 64 07  //     CTA_IP_V4_DST 198.51.100.7
                24 00 02 80  //   CTA_TUPLE_PROTO
                05 00 01 00 01 00 00 00  //     CTA_PROTO_NUM 1
                06 00 04 00 31 20 00 00  //     CTA_PROTO_ICMP_ID
                05 00 05 00 00 00 00 00  //     CTA_PROTO_ICMP_TYPE 0
                05 00 06 00 00 00 00 00  //     CTA_PROTO_ICMP_CODE 0
                08 00 03 00 00 00 01 8a  // CTA_STATUS
                08 00 08 00 00 00 00 00  // CTA_MARK 0
                08 00 0c 00 e1 fc 42 f1  // CTA_ID
                08 00 0b 00 00 00 00 01  // CTA_USE 1
                08 00 07 00 00 00 00 1d  // CTA_TIMEOUT 29
                """
        )
    }

    private static let done: Fixture = """
        14 00 00 00  // length 20
        03 00 02 00  // NLMSG_DONE, NLM_F_MULTI
        01 00 00 00 00 00 00 00  // sequence 1, port 0
        00 00 00 00  // no error
        """
}

import Addressing
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
}

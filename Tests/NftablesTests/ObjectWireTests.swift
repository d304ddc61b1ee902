import Addressing
import Testing

@testable import Netlink
@testable import Nftables

/// The messages that make and take away a table's objects, as bytes.
///
/// Source: linux/netfilter/nf_tables.h.
@Suite struct ObjectWireTests {
    private let table = Table(.ip, "sluice")
    private let map = NamedSet.map("fip_dnat", from: .ipv4Address, to: .ipv4Address)
    private let chain = Chain("prerouting", .init(.nat, .prerouting, priority: -100))
    private let rule = Rule(in: "prerouting", .translate(.destination, .ip, by: .destination(.ip), in: "fip_dnat"))

    private func bytes(of transaction: consuming NftablesTransaction) -> [UInt8] {
        transaction.finish(firstSequence: 7)
        return transaction.writer.withBytes { [UInt8]($0) }
    }

    @Test func `a table with a map, a chain and a rule is made`() throws {
        var transaction = NftablesTransaction(on: Generation(rawValue: 0x0102_0304))
        transaction.add(table)
        transaction.add(map, to: table)
        transaction.add(chain, to: table)
        transaction.add(rule, to: table)
        #expect(bytes(of: transaction) == Self.making)
    }

    @Test func `what is listed like that is read as what it was`() throws {
        try forEachMessage(in: Self.making.span.bytes) { (header, body) throws(NetlinkError) in
            switch header.type & 0xff {
            case 0: #expect(try Table(message: body) == table)
            case 9: #expect(try ListedSet(message: body, of: table)?.set == map)
            case 3: #expect(try Chain(message: body, of: table) == chain)
            case 6: #expect(try ObservedRule(message: body, of: table)?.rule == rule)
            default: break
            }
        }
    }

    @Test func `it is taken away piece by piece`() {
        var transaction = NftablesTransaction(on: Generation(rawValue: 0x0102_0304))
        transaction.deleteElements(of: map, in: table)
        transaction.deleteRules(from: table)
        transaction.delete(Chain("prerouting"), from: table)
        transaction.delete(map, from: table)
        transaction.delete(table)
        let fixture = hexadecimal(
            """
            1c 00 00 00  // length 28
            10 00 01 00  // NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 00 0a  // struct nfgenmsg: no family, version 0, subsystem 10
            08 00 01 00 01 02 03 04  // NFNL_BATCH_GENID
            30 00 00 00  // length 48
            0e 0a 01 00  // NFT_MSG_DELSETELEM, NLM_F_REQUEST
            08 00 00 00 00 00 00 00  // sequence 8, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_ELEM_LIST_TABLE "sluice"
            0d 00 02 00 66 69 70 5f 64 6e 61 74 00 00 00 00  // NFTA_SET_ELEM_LIST_SET "fip_dnat"
            20 00 00 00  // length 32
            08 0a 01 00  // NFT_MSG_DELRULE, NLM_F_REQUEST
            09 00 00 00 00 00 00 00  // sequence 9, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_RULE_TABLE "sluice"
            30 00 00 00  // length 48
            05 0a 01 00  // NFT_MSG_DELCHAIN, NLM_F_REQUEST
            0a 00 00 00 00 00 00 00  // sequence 10, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_CHAIN_TABLE "sluice"
            0f 00 03 00 70 72 65 72 6f 75 74 69 6e 67 00 00  // NFTA_CHAIN_NAME "prerouting"
            30 00 00 00  // length 48
            0b 0a 01 00  // NFT_MSG_DELSET, NLM_F_REQUEST
            0b 00 00 00 00 00 00 00  // sequence 11, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_TABLE "sluice"
            0d 00 02 00 66 69 70 5f 64 6e 61 74 00 00 00 00  // NFTA_SET_NAME "fip_dnat"
            20 00 00 00  // length 32
            00 0a 01 04  // NFT_MSG_NEWTABLE, NLM_F_REQUEST, CREATE
            0c 00 00 00 00 00 00 00  // sequence 12, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_TABLE_NAME "sluice"
            20 00 00 00  // length 32
            02 0a 05 00  // NFT_MSG_DELTABLE, NLM_F_REQUEST, ACK
            0d 00 00 00 00 00 00 00  // sequence 13, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_TABLE_NAME "sluice"
            14 00 00 00  // length 20
            11 00 01 00  // NFNL_MSG_BATCH_END, NLM_F_REQUEST
            0e 00 00 00 00 00 00 00  // sequence 14, port 0
            00 00 00 0a  // struct nfgenmsg: no family, version 0, subsystem 10
            """
        )
        #expect(bytes(of: transaction) == fixture)
    }

    @Test func `prepared steps are the same bytes as steps that are written anew`() {
        let prepared = PreparedSteps { transaction in
            transaction.add(table)
            transaction.add(map, to: table)
            transaction.add(chain, to: table)
            transaction.add(rule, to: table)
        }
        var transaction = NftablesTransaction(on: Generation(rawValue: 0x0102_0304))
        transaction.add(prepared)
        #expect(bytes(of: transaction) == Self.making)
        // What follows knows how many sets and steps came before.
        var short = NftablesTransaction(on: Generation(rawValue: 1))
        var long = NftablesTransaction(on: Generation(rawValue: 1))
        short.add(prepared)
        long.add(Ruleset(table, sets: [map], chains: [chain], rules: [rule]))
        let (key, value) = (RegisterValue(IPv4Address(203, 0, 113, 10)), RegisterValue(IPv4Address(10, 0, 0, 10)))
        let element = Element(key, value: value)
        for step in 0..<2 {
            let more = NamedSet.set(step == 0 ? "one" : "two", of: .ipv4Address)
            short.add(more, to: table)
            long.add(more, to: table)
        }
        short.add([element], to: map, in: table)
        long.add([element], to: map, in: table)
        let (prepended, written) = (bytes(of: short), bytes(of: long))
        #expect(prepended == written)
    }

    private static let making = hexadecimal(
        """
        1c 00 00 00  // length 28
        10 00 01 00  // NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST
        07 00 00 00 00 00 00 00  // sequence 7, port 0
        00 00 00 0a  // struct nfgenmsg: no family, version 0, subsystem 10
        08 00 01 00 01 02 03 04  // NFNL_BATCH_GENID
        20 00 00 00  // length 32
        00 0a 01 04  // NFT_MSG_NEWTABLE, NLM_F_REQUEST, CREATE
        08 00 00 00 00 00 00 00  // sequence 8, port 0
        02 00 00 00  // struct nfgenmsg: IPv4, version 0
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_TABLE_NAME "sluice"
        70 00 00 00  // length 112
        09 0a 01 04  // NFT_MSG_NEWSET, NLM_F_REQUEST, CREATE
        09 00 00 00 00 00 00 00  // sequence 9, port 0
        02 00 00 00  // struct nfgenmsg: IPv4, version 0
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_TABLE "sluice"
        0d 00 02 00 66 69 70 5f 64 6e 61 74 00 00 00 00  // NFTA_SET_NAME "fip_dnat"
        08 00 03 00 00 00 00 08  // NFTA_SET_FLAGS: a map
        08 00 04 00 00 00 00 07  // NFTA_SET_KEY_TYPE: ipv4_addr
        08 00 05 00 00 00 00 04  // NFTA_SET_KEY_LEN 4
        08 00 06 00 00 00 00 07  // NFTA_SET_DATA_TYPE: ipv4_addr
        08 00 07 00 00 00 00 04  // NFTA_SET_DATA_LEN 4
        08 00 0a 00 00 00 00 01  // NFTA_SET_ID 1
        10 00 0d 00 00 04 02 00 00 00 01 04 02 00 00 00  // NFTA_SET_USERDATA: key and value in network order
        54 00 00 00  // length 84
        03 0a 01 04  // NFT_MSG_NEWCHAIN, NLM_F_REQUEST, CREATE
        0a 00 00 00 00 00 00 00  // sequence 10, port 0
        02 00 00 00  // struct nfgenmsg: IPv4, version 0
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_CHAIN_TABLE "sluice"
        0f 00 03 00 70 72 65 72 6f 75 74 69 6e 67 00 00  // NFTA_CHAIN_NAME "prerouting"
        14 00 04 80  // NFTA_CHAIN_HOOK, nested
        08 00 01 00 00 00 00 00  //   NFTA_HOOK_HOOKNUM: prerouting
        08 00 02 00 ff ff ff 9c  //   NFTA_HOOK_PRIORITY -100
        08 00 05 00 00 00 00 01  // NFTA_CHAIN_POLICY: accept
        08 00 07 00 6e 61 74 00  // NFTA_CHAIN_TYPE "nat"
        c4 00 00 00  // length 196
        06 0a 05 0c  // NFT_MSG_NEWRULE, NLM_F_REQUEST, ACK, CREATE, APPEND
        0b 00 00 00 00 00 00 00  // sequence 11, port 0
        02 00 00 00  // struct nfgenmsg: IPv4, version 0
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_RULE_TABLE "sluice"
        0f 00 02 00 70 72 65 72 6f 75 74 69 6e 67 00 00  // NFTA_RULE_CHAIN "prerouting"
        94 00 04 80  // NFTA_RULE_EXPRESSIONS, nested
        34 00 01 80  //   NFTA_LIST_ELEM
        0c 00 01 00 70 61 79 6c 6f 61 64 00  //     NFTA_EXPR_NAME "payload"
        24 00 02 80  //     NFTA_EXPR_DATA, nested
        08 00 01 00 00 00 00 01  //       NFTA_PAYLOAD_DREG: NFT_REG_1
        08 00 02 00 00 00 00 01  //       NFTA_PAYLOAD_BASE: the network header
        08 00 03 00 00 00 00 10  //       NFTA_PAYLOAD_OFFSET 16
        08 00 04 00 00 00 00 04  //       NFTA_PAYLOAD_LEN 4
        34 00 01 80  //   NFTA_LIST_ELEM
        0b 00 01 00 6c 6f 6f 6b 75 70 00 00  //     NFTA_EXPR_NAME "lookup"
        24 00 02 80  //     NFTA_EXPR_DATA, nested
        08 00 02 00 00 00 00 01  //       NFTA_LOOKUP_SREG: NFT_REG_1
        08 00 03 00 00 00 00 01  //       NFTA_LOOKUP_DREG: NFT_REG_1
        0d 00 01 00 66 69 70 5f 64 6e 61 74 00 00 00 00  //       NFTA_LOOKUP_SET "fip_dnat"
        28 00 01 80  //   NFTA_LIST_ELEM
        08 00 01 00 6e 61 74 00  //     NFTA_EXPR_NAME "nat"
        1c 00 02 80  //     NFTA_EXPR_DATA, nested
        08 00 01 00 00 00 00 01  //       NFTA_NAT_TYPE: destination
        08 00 02 00 00 00 00 02  //       NFTA_NAT_FAMILY: IPv4
        08 00 03 00 00 00 00 01  //       NFTA_NAT_REG_ADDR_MIN: NFT_REG_1
        14 00 00 00  // length 20
        11 00 01 00  // NFNL_MSG_BATCH_END, NLM_F_REQUEST
        0c 00 00 00 00 00 00 00  // sequence 12, port 0
        00 00 00 0a  // struct nfgenmsg: no family, version 0, subsystem 10
        """
    )
}

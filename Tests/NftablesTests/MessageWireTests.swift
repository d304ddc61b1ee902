import Addressing
import Testing

@testable import Netlink
@testable import Nftables

/// The messages of nftables as bytes, in both directions.
///
/// Numbers in attributes are in network order, lengths and types in the host's. Source: linux/netfilter/nf_tables.h.
@Suite struct MessageWireTests {
    private let table = Table(.ip, "sluice")
    private let map = NamedSet.map("fip_dnat", from: .ipv4Address, to: .ipv4Address)

    private func bytes(of transaction: consuming NftablesTransaction) -> [UInt8] {
        transaction.finish(firstSequence: 7)
        return transaction.writer.withBytes { [UInt8]($0) }
    }

    @Test func `a change of elements is a batch for one generation with one acknowledgement`() {
        var transaction = NftablesTransaction(on: Generation(rawValue: 0x0102_0304))
        let key = RegisterValue(IPv4Address(203, 0, 113, 10))
        let changes = ElementChanges(
            deletions: [Element(key, value: RegisterValue(IPv4Address(10, 0, 0, 9)))],
            additions: [Element(key, value: RegisterValue(IPv4Address(10, 0, 0, 10)), comment: "one")]
        )
        transaction.apply(changes, to: map, in: table)
        let fixture = hexadecimal(
            """
            1c 00 00 00  // length 28
            10 00 01 00  // NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 00 0a  // struct nfgenmsg: no family, version 0, subsystem 10
            08 00 01 00 01 02 03 04  // NFNL_BATCH_GENID
            44 00 00 00  // length 68
            0e 0a 01 00  // NFT_MSG_DELSETELEM, NLM_F_REQUEST
            08 00 00 00 00 00 00 00  // sequence 8, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_ELEM_LIST_TABLE "sluice"
            0d 00 02 00 66 69 70 5f 64 6e 61 74 00 00 00 00  // NFTA_SET_ELEM_LIST_SET "fip_dnat"
            14 00 03 80  // NFTA_SET_ELEM_LIST_ELEMENTS, nested
            10 00 01 80  //   NFTA_LIST_ELEM
            0c 00 01 80 08 00 01 00 cb 00 71 0a  //     NFTA_SET_ELEM_KEY 203.0.113.10
            5c 00 00 00  // length 92
            0c 0a 05 04  // NFT_MSG_NEWSETELEM, NLM_F_REQUEST, ACK, CREATE
            09 00 00 00 00 00 00 00  // sequence 9, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_ELEM_LIST_TABLE "sluice"
            0d 00 02 00 66 69 70 5f 64 6e 61 74 00 00 00 00  // NFTA_SET_ELEM_LIST_SET "fip_dnat"
            2c 00 03 80  // NFTA_SET_ELEM_LIST_ELEMENTS, nested
            28 00 01 80  //   NFTA_LIST_ELEM
            0c 00 01 80 08 00 01 00 cb 00 71 0a  //     NFTA_SET_ELEM_KEY 203.0.113.10
            0c 00 02 80 08 00 01 00 0a 00 00 0a  //     NFTA_SET_ELEM_DATA 10.0.0.10
            0a 00 06 00 00 04 6f 6e 65 00 00 00  //     NFTA_SET_ELEM_USERDATA: comment "one"
            14 00 00 00  // length 20
            11 00 01 00  // NFNL_MSG_BATCH_END, NLM_F_REQUEST
            0a 00 00 00 00 00 00 00  // sequence 10, port 0
            00 00 00 0a  // struct nfgenmsg: no family, version 0, subsystem 10
            """
        )
        #expect(bytes(of: transaction) == fixture)
    }

    @Test func `helpers are objects, and a rule assigns one by its name`() {
        var transaction = NftablesTransaction(on: Generation(rawValue: 0x0102_0304))
        transaction.deleteRules(of: "ct_helpers", from: table)
        transaction.delete(ConntrackHelper("sip-udp", helper: "sip", transport: 17), from: table)
        transaction.add(ConntrackHelper("ftp-tcp", helper: "ftp", transport: 6), to: table)
        transaction.add(Rule(in: "ct_helpers", [.assignHelper("ftp-tcp")]), to: table)
        let fixture = hexadecimal(
            """
            1c 00 00 00  // length 28
            10 00 01 00  // NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            00 00 00 0a  // struct nfgenmsg: no family, version 0, subsystem 10
            08 00 01 00 01 02 03 04  // NFNL_BATCH_GENID
            30 00 00 00  // length 48
            08 0a 01 00  // NFT_MSG_DELRULE, NLM_F_REQUEST
            08 00 00 00 00 00 00 00  // sequence 8, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_RULE_TABLE "sluice"
            0f 00 02 00 63 74 5f 68 65 6c 70 65 72 73 00 00  // NFTA_RULE_CHAIN "ct_helpers"
            50 00 00 00  // length 80
            14 0a 01 00  // NFT_MSG_DELOBJ, NLM_F_REQUEST
            09 00 00 00 00 00 00 00  // sequence 9, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_OBJ_TABLE "sluice"
            0c 00 02 00 73 69 70 2d 75 64 70 00  // NFTA_OBJ_NAME "sip-udp"
            08 00 03 00 00 00 00 03  // NFTA_OBJ_TYPE: NFT_OBJECT_CT_HELPER
            1c 00 04 80  // NFTA_OBJ_DATA, nested
            07 00 01 00 73 69 70 00  //   NFTA_CT_HELPER_NAME "sip"
            06 00 02 00 00 02 00 00  //   NFTA_CT_HELPER_L3PROTO: IPv4
            05 00 03 00 11 00 00 00  //   NFTA_CT_HELPER_L4PROTO: UDP
            50 00 00 00  // length 80
            12 0a 01 04  // NFT_MSG_NEWOBJ, NLM_F_REQUEST, CREATE
            0a 00 00 00 00 00 00 00  // sequence 10, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_OBJ_TABLE "sluice"
            0c 00 02 00 66 74 70 2d 74 63 70 00  // NFTA_OBJ_NAME "ftp-tcp"
            08 00 03 00 00 00 00 03  // NFTA_OBJ_TYPE: NFT_OBJECT_CT_HELPER
            1c 00 04 80  // NFTA_OBJ_DATA, nested
            07 00 01 00 66 74 70 00  //   NFTA_CT_HELPER_NAME "ftp"
            06 00 02 00 00 02 00 00  //   NFTA_CT_HELPER_L3PROTO: IPv4
            05 00 03 00 06 00 00 00  //   NFTA_CT_HELPER_L4PROTO: TCP
            5c 00 00 00  // length 92
            06 0a 05 0c  // NFT_MSG_NEWRULE, NLM_F_REQUEST, ACK, CREATE, APPEND
            0b 00 00 00 00 00 00 00  // sequence 11, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_RULE_TABLE "sluice"
            0f 00 02 00 63 74 5f 68 65 6c 70 65 72 73 00 00  // NFTA_RULE_CHAIN "ct_helpers"
            2c 00 04 80  // NFTA_RULE_EXPRESSIONS, nested
            28 00 01 80  //   NFTA_LIST_ELEM, nested
            0b 00 01 00 6f 62 6a 72 65 66 00 00  //     NFTA_EXPR_NAME "objref"
            18 00 02 80  //     NFTA_EXPR_DATA, nested
            08 00 01 00 00 00 00 03  //       NFTA_OBJREF_IMM_TYPE: NFT_OBJECT_CT_HELPER
            0b 00 02 00 66 74 70 2d 74 63 70 00  //       NFTA_OBJREF_IMM_NAME "ftp-tcp"
            14 00 00 00  // length 20
            11 00 01 00  // NFNL_MSG_BATCH_END, NLM_F_REQUEST
            0c 00 00 00 00 00 00 00  // sequence 12, port 0
            00 00 00 0a  // struct nfgenmsg: no family, version 0, subsystem 10
            """
        )
        #expect(bytes(of: transaction) == fixture)
    }

    @Test func `a generation is read`() throws {
        let body = hexadecimal(
            """
            00 00 03 04  // struct nfgenmsg: no family, version 0, the generation's lower half
            08 00 01 00 01 02 03 04  // NFTA_GEN_ID
            08 00 02 00 00 00 00 2a  // NFTA_GEN_PROC_PID 42
            08 00 03 00 6e 66 74 00  // NFTA_GEN_PROC_NAME "nft"
            """
        )
        #expect(try Generation(message: body.span.bytes) == Generation(rawValue: 0x0102_0304))
    }

    @Test func `a listed set tells how many elements it holds, where the kernel does`() throws {
        let set = """
            02 00 00 01  // struct nfgenmsg: IPv4, version 0, generation 1
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_TABLE "sluice"
            0d 00 02 00 66 69 70 5f 64 6e 61 74 00 00 00 00  // NFTA_SET_NAME "fip_dnat"
            08 00 03 00 00 00 00 08  // NFTA_SET_FLAGS: a map
            08 00 04 00 00 00 00 07  // NFTA_SET_KEY_TYPE: an IPv4 address
            08 00 06 00 00 00 00 07  // NFTA_SET_DATA_TYPE: an IPv4 address

            """
        let counted = hexadecimal(set + "08 00 14 00 00 00 00 0a  // the count, 10")
        let table = Table(.ip, "sluice")
        #expect(try ListedSet(message: counted.span.bytes, of: table)?.count == 10)
        let uncounted = try #require(try ListedSet(message: hexadecimal(set).span.bytes, of: table))
        #expect(uncounted.count == nil)
        #expect(uncounted.set?.name == "fip_dnat")
        #expect(try ListedSet(message: counted.span.bytes, of: Table(.ip, "other")) == nil)
    }

    @Test func `a table, its maps and its chains are read as they were written`() throws {
        let ruleset = RouterRuleset.with(gateway: IPv4Address(203, 0, 113, 5))
        var transaction = NftablesTransaction(on: Generation(rawValue: 1))
        transaction.add(ruleset)
        let written = bytes(of: transaction)
        var tables: [Table] = []
        var sets: [NamedSet] = []
        var chains: [Chain] = []
        try forEachMessage(in: written.span.bytes) { (header, body) throws(NetlinkError) in
            switch header.type & 0xff {
            case 0: if let table = try Table(message: body) { tables.append(table) }
            case 9: if let set = try ListedSet(message: body, of: ruleset.table)?.set { sets.append(set) }
            case 3: if let chain = try Chain(message: body, of: ruleset.table) { chains.append(chain) }
            default: break
            }
        }
        #expect(tables == [ruleset.table])
        #expect(sets == ruleset.sets)
        #expect(chains == ruleset.chains)
    }
}

/// Bytes written as hexadecimal numbers, each line with a comment that says what they are.
func hexadecimal(_ text: String) -> [UInt8] {
    text.split(separator: "\n").flatMap { line in
        line.prefix { $0 != "/" }.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }
}

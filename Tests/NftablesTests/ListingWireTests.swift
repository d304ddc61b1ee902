import Addressing
import KernelTestSupport
import Testing

@testable import Netlink
@testable import Nftables

/// Requests for listings and the kernel's answers, as bytes.
///
/// Source of the answers: what Linux 6.18 says; unlike libnftnl it leaves the flag of nesting out. The number of a
/// request, which its answers bear, is 0 here.
@Suite struct ListingWireTests {
    private let table = Table(.ip, "sluice")
    private let map = NamedSet.map("fip_dnat", from: .ipv4Address, to: .ipv4Address)

    private static let answers: [UInt16: [UInt8]] = [
        0x0a10: generation,  // NFT_MSG_GETGEN
        0x0a01: table,  // NFT_MSG_GETTABLE
        0x0a0a: map + done,  // NFT_MSG_GETSET
        0x0a0d: elements + done,  // NFT_MSG_GETSETELEM
        0x0a04: chain + done,  // NFT_MSG_GETCHAIN
        0x0a07: rule + done,  // NFT_MSG_GETRULE
        0x0a13: helper + done,  // NFT_MSG_GETOBJ
    ]

    /// What is read of the table where the kernel's answers of some kinds are others, and what was asked for.
    private func read(
        with answers: [UInt16: [UInt8]]
    ) throws -> (observed: Result<ObservedTable?, NftablesError>, asked: Set<UInt16>) {
        let kernel = try AnsweringKernel(answers: Self.answers.merging(answers) { $1 })
        var socket = NftablesSocket(try kernel.takeSocket())
        do throws(NftablesError) {
            return (.success(try socket.read(table)), Set(kernel.requests.keys))
        } catch {
            return (.failure(error), Set(kernel.requests.keys))
        }
    }

    /// Bytes with some of them replaced by as many others.
    private func replacing(_ old: String, by new: String, in bytes: [UInt8]) throws -> [UInt8] {
        let (old, new) = (hexadecimal(old), hexadecimal(new))
        let start = try #require((0...(bytes.count - old.count)).first { bytes[$0...].starts(with: old) })
        return bytes[..<start] + new + bytes[(start + old.count)...]
    }

    @Test func `a map that is said to be empty is not listed`() throws {
        let empty = try replacing("08 00 14 00 00 00 00 01", by: "08 00 14 00 00 00 00 00", in: Self.map)
        let (observed, asked) = try read(with: [0x0a0a: empty + Self.done])
        #expect(try observed.get()?.elements == ["fip_dnat": []])
        #expect(!asked.contains(0x0a0d))
    }

    @Test func `a table of as many objects as maps and chains has no helpers and is not asked for them`() throws {
        let few = try replacing("08 00 03 00 00 00 00 03", by: "08 00 03 00 00 00 00 02", in: Self.table)
        let (observed, asked) = try read(with: [0x0a01: few])
        #expect(try observed.get()?.helpers == [])
        #expect(!asked.contains(0x0a13))
    }

    @Test func `what is listed of another generation is not taken for the table`() throws {
        let later = try replacing("02 00 00 02 0b 00 01 00", by: "02 00 00 03 0b 00 01 00", in: Self.rule)
        let (observed, _) = try read(with: [0x0a07: later + Self.done])
        #expect(throws: NftablesError.netlink(.interrupted)) { try observed.get() }
    }

    @Test func `a table is read by a listing of each of its kinds, in one generation`() throws {
        let kernel = try AnsweringKernel(answers: Self.answers)
        var socket = NftablesSocket(try kernel.takeSocket())
        let observed = try #require(try socket.read(table))
        #expect(kernel.requests == Self.requests)
        #expect(observed.generation == Generation(rawValue: 2))
        #expect(observed.sets == [map])
        let (floating, fixed) = (RegisterValue(IPv4Address(203, 0, 113, 10)), RegisterValue(IPv4Address(10, 0, 0, 10)))
        #expect(observed.elements == ["fip_dnat": [Element(floating, value: fixed, comment: "one")]])
        #expect(observed.chains == [Chain("prerouting", .init(.nat, .prerouting, priority: -100))])
        #expect(observed.rules.map(\.handle) == [4])
        #expect(observed.rules.first?.counts == [.init(packets: 2, bytes: 168)])
        let translation = [Expression].translate(.destination, .ip, by: .destination(.ip), in: "fip_dnat")
        #expect(observed.rules.first?.rule == Rule(in: "prerouting", [.counter] + translation, comment: "hi"))
        #expect(observed.helpers == [ConntrackHelper("ftp-tcp", helper: "ftp", transport: 6)])
    }

    @Test func `a table that there is not is asked for no further`() throws {
        let (observed, asked) = try read(with: [0x0a01: Self.notFound])
        #expect(try observed.get() == nil)
        #expect(asked == [0x0a10, 0x0a01])
    }

    @Test func `all tables of both families are listed`() throws {
        let kernel = try AnsweringKernel(answers: [0x0a01: Self.table + Self.done])
        var socket = NftablesSocket(try kernel.takeSocket())
        let tables = try socket.tables()
        #expect(tables == [table])
        let request = hexadecimal(
            """
            14 00 00 00  // length 20
            01 0a 01 03  // NFT_MSG_GETTABLE, NLM_F_REQUEST, DUMP
            00 00 00 00 00 00 00 00  // sequence, port 0
            00 00 00 00  // struct nfgenmsg: any family, version 0
            """
        )
        #expect(kernel.requests == [0x0a01: request])
    }

    private static let requests: [UInt16: [UInt8]] = [
        0x0a10: hexadecimal(
            """
            14 00 00 00  // length 20
            10 0a 01 00  // NFT_MSG_GETGEN, NLM_F_REQUEST
            00 00 00 00 00 00 00 00  // sequence, port 0
            00 00 00 00  // struct nfgenmsg: no family, version 0
            """
        ),
        0x0a01: hexadecimal(
            """
            20 00 00 00  // length 32
            01 0a 01 00  // NFT_MSG_GETTABLE, NLM_F_REQUEST
            00 00 00 00 00 00 00 00  // sequence, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_TABLE_NAME "sluice"
            """
        ),
        0x0a0a: hexadecimal(
            """
            20 00 00 00  // length 32
            0a 0a 01 03  // NFT_MSG_GETSET, NLM_F_REQUEST, DUMP
            00 00 00 00 00 00 00 00  // sequence, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_TABLE "sluice"
            """
        ),
        0x0a0d: hexadecimal(
            """
            30 00 00 00  // length 48
            0d 0a 01 03  // NFT_MSG_GETSETELEM, NLM_F_REQUEST, DUMP
            00 00 00 00 00 00 00 00  // sequence, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_ELEM_LIST_TABLE "sluice"
            0d 00 02 00 66 69 70 5f 64 6e 61 74 00 00 00 00  // NFTA_SET_ELEM_LIST_SET "fip_dnat"
            """
        ),
        0x0a04: hexadecimal(
            """
            14 00 00 00  // length 20
            04 0a 01 03  // NFT_MSG_GETCHAIN, NLM_F_REQUEST, DUMP: the kernel has no filter for these
            00 00 00 00 00 00 00 00  // sequence, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            """
        ),
        0x0a07: hexadecimal(
            """
            20 00 00 00  // length 32
            07 0a 01 03  // NFT_MSG_GETRULE, NLM_F_REQUEST, DUMP
            00 00 00 00 00 00 00 00  // sequence, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_RULE_TABLE "sluice"
            """
        ),
        0x0a13: hexadecimal(
            """
            20 00 00 00  // length 32
            13 0a 01 03  // NFT_MSG_GETOBJ, NLM_F_REQUEST, DUMP
            00 00 00 00 00 00 00 00  // sequence, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_OBJ_TABLE "sluice"
            """
        ),
    ]

    private static let generation = hexadecimal(
        """
        2c 00 00 00  // length 44
        0f 0a 00 00  // NFT_MSG_NEWGEN, no flags
        00 00 00 00 00 00 00 00  // sequence, port 0
        00 00 00 02  // struct nfgenmsg: no family, version 0, the generation's lower half
        08 00 01 00 00 00 00 02  // NFTA_GEN_ID 2
        08 00 02 00 00 00 30 bd  // NFTA_GEN_PROC_PID 12477
        08 00 03 00 6e 66 74 00  // NFTA_GEN_PROC_NAME "nft"
        """
    )

    private static let done = hexadecimal(
        """
        14 00 00 00  // length 20
        03 00 02 00  // NLMSG_DONE, NLM_F_MULTI
        00 00 00 00 00 00 00 00  // sequence, port 0
        00 00 00 00  // no error
        """
    )

    private static let notFound = hexadecimal(
        """
        24 00 00 00  // length 36
        02 00 00 01  // NLMSG_ERROR, NLM_F_CAPPED
        00 00 00 00 00 00 00 00  // sequence, port 0
        fe ff ff ff  // -ENOENT
        20 00 00 00 01 0a 01 00 00 00 00 00 00 00 00 00  // the request's header
        """
    )

    private static let table = hexadecimal(
        """
        3c 00 00 00  // length 60
        00 0a 02 00  // NFT_MSG_NEWTABLE, NLM_F_MULTI
        00 00 00 00 00 00 00 00  // sequence, port 0
        02 00 00 02  // struct nfgenmsg: IPv4, version 0, the generation's lower half
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_TABLE_NAME "sluice"
        08 00 03 00 00 00 00 03  // NFTA_TABLE_USE 3
        0c 00 04 00 00 00 00 00 00 00 00 01  // NFTA_TABLE_HANDLE 1
        08 00 02 00 00 00 00 00  // NFTA_TABLE_FLAGS none
        """
    )

    private static let map = hexadecimal(
        """
        a0 00 00 00  // length 160
        09 0a 02 00  // NFT_MSG_NEWSET, NLM_F_MULTI
        00 00 00 00 00 00 00 00  // sequence, port 0
        02 00 00 02  // struct nfgenmsg: IPv4, version 0, the generation's lower half
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_TABLE "sluice"
        0d 00 02 00 66 69 70 5f 64 6e 61 74 00 00 00 00  // NFTA_SET_NAME "fip_dnat"
        0c 00 10 00 00 00 00 00 00 00 00 03  // NFTA_SET_HANDLE 3
        08 00 03 00 00 00 00 08  // NFTA_SET_FLAGS: a map
        08 00 04 00 00 00 00 07  // NFTA_SET_KEY_TYPE: ipv4_addr
        08 00 05 00 00 00 00 04  // NFTA_SET_KEY_LEN 4
        08 00 06 00 00 00 00 07  // NFTA_SET_DATA_TYPE: ipv4_addr
        08 00 07 00 00 00 00 04  // NFTA_SET_DATA_LEN 4
        16 00 0d 00 00 04 02 00 00 00 01 04 02 00 00 00 06 04 00 00 00 00 00 00  // NFTA_SET_USERDATA: nft's notes
        04 00 09 00  // NFTA_SET_DESC, empty
        17 00 13 00 30 78 66 66 66 66 66 66 66 66 38 32 35 30 37 66 34 30 00 00  // NFTA_SET_TYPE, of the kernel's own
        08 00 14 00 00 00 00 01  // NFTA_SET_COUNT 1
        """
    )

    private static let elements = hexadecimal(
        """
        5c 00 00 00  // length 92
        0c 0a 02 00  // NFT_MSG_NEWSETELEM, NLM_F_MULTI
        00 00 00 00 00 00 00 00  // sequence, port 0
        02 00 00 02  // struct nfgenmsg: IPv4, version 0, the generation's lower half
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_ELEM_LIST_TABLE "sluice"
        0d 00 02 00 66 69 70 5f 64 6e 61 74 00 00 00 00  // NFTA_SET_ELEM_LIST_SET "fip_dnat"
        2c 00 03 00  // NFTA_SET_ELEM_LIST_ELEMENTS
        28 00 01 00  //   NFTA_LIST_ELEM
        0c 00 01 00 08 00 01 00 cb 00 71 0a  //     NFTA_SET_ELEM_KEY 203.0.113.10
        0c 00 02 00 08 00 01 00 0a 00 00 0a  //     NFTA_SET_ELEM_DATA 10.0.0.10
        0a 00 06 00 00 04 6f 6e 65 00 00 00  //     NFTA_SET_ELEM_USERDATA: comment "one"
        34 00 00 00  // length 52
        0c 0a 02 00  // NFT_MSG_NEWSETELEM, NLM_F_MULTI: the last piece, empty
        00 00 00 00 00 00 00 00  // sequence, port 0
        02 00 00 02  // struct nfgenmsg: IPv4, version 0, the generation's lower half
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_SET_ELEM_LIST_TABLE "sluice"
        0d 00 02 00 66 69 70 5f 64 6e 61 74 00 00 00 00  // NFTA_SET_ELEM_LIST_SET "fip_dnat"
        04 00 03 00  // NFTA_SET_ELEM_LIST_ELEMENTS
        """
    )

    private static let chain = hexadecimal(
        """
        70 00 00 00  // length 112
        03 0a 02 00  // NFT_MSG_NEWCHAIN, NLM_F_MULTI
        00 00 00 00 00 00 00 00  // sequence, port 0
        02 00 00 02  // struct nfgenmsg: IPv4, version 0, the generation's lower half
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_CHAIN_TABLE "sluice"
        0f 00 03 00 70 72 65 72 6f 75 74 69 6e 67 00 00  // NFTA_CHAIN_NAME "prerouting"
        0c 00 02 00 00 00 00 00 00 00 00 01  // NFTA_CHAIN_HANDLE 1
        14 00 04 00  // NFTA_CHAIN_HOOK
        08 00 01 00 00 00 00 00  //   NFTA_HOOK_HOOKNUM: prerouting
        08 00 02 00 ff ff ff 9c  //   NFTA_HOOK_PRIORITY -100
        08 00 05 00 00 00 00 01  // NFTA_CHAIN_POLICY: accept
        08 00 07 00 6e 61 74 00  // NFTA_CHAIN_TYPE "nat"
        08 00 0a 00 00 00 00 01  // NFTA_CHAIN_FLAGS: a base chain
        08 00 06 00 00 00 00 01  // NFTA_CHAIN_USE 1
        """
    )

    private static let rule = hexadecimal(
        """
        20 01 00 00  // length 288
        06 0a 02 08  // NFT_MSG_NEWRULE, NLM_F_MULTI, APPEND
        00 00 00 00 00 00 00 00  // sequence, port 0
        02 00 00 02  // struct nfgenmsg: IPv4, version 0, the generation's lower half
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_RULE_TABLE "sluice"
        0f 00 02 00 70 72 65 72 6f 75 74 69 6e 67 00 00  // NFTA_RULE_CHAIN "prerouting"
        0c 00 03 00 00 00 00 00 00 00 00 04  // NFTA_RULE_HANDLE 4
        d8 00 04 00  // NFTA_RULE_EXPRESSIONS
        2c 00 01 00  //   NFTA_LIST_ELEM
        0c 00 01 00 63 6f 75 6e 74 65 72 00  //     NFTA_EXPR_NAME "counter"
        1c 00 02 00  //     NFTA_EXPR_DATA
        0c 00 01 00 00 00 00 00 00 00 00 a8  //       NFTA_COUNTER_BYTES 168
        0c 00 02 00 00 00 00 00 00 00 00 02  //       NFTA_COUNTER_PACKETS 2
        34 00 01 00  //   NFTA_LIST_ELEM
        0c 00 01 00 70 61 79 6c 6f 61 64 00  //     NFTA_EXPR_NAME "payload"
        24 00 02 00  //     NFTA_EXPR_DATA
        08 00 01 00 00 00 00 01  //       NFTA_PAYLOAD_DREG: NFT_REG_1
        08 00 02 00 00 00 00 01  //       NFTA_PAYLOAD_BASE: the network header
        08 00 03 00 00 00 00 10  //       NFTA_PAYLOAD_OFFSET 16
        08 00 04 00 00 00 00 04  //       NFTA_PAYLOAD_LEN 4
        3c 00 01 00  //   NFTA_LIST_ELEM
        0b 00 01 00 6c 6f 6f 6b 75 70 00 00  //     NFTA_EXPR_NAME "lookup"
        2c 00 02 00  //     NFTA_EXPR_DATA
        0d 00 01 00 66 69 70 5f 64 6e 61 74 00 00 00 00  //       NFTA_LOOKUP_SET "fip_dnat"
        08 00 02 00 00 00 00 01  //       NFTA_LOOKUP_SREG: NFT_REG_1
        08 00 03 00 00 00 00 01  //       NFTA_LOOKUP_DREG: NFT_REG_1
        08 00 05 00 00 00 00 00  //       NFTA_LOOKUP_FLAGS none
        38 00 01 00  //   NFTA_LIST_ELEM
        08 00 01 00 6e 61 74 00  //     NFTA_EXPR_NAME "nat"
        2c 00 02 00  //     NFTA_EXPR_DATA
        08 00 01 00 00 00 00 01  //       NFTA_NAT_TYPE: destination
        08 00 02 00 00 00 00 02  //       NFTA_NAT_FAMILY: IPv4
        08 00 03 00 00 00 00 01  //       NFTA_NAT_REG_ADDR_MIN: NFT_REG_1
        08 00 04 00 00 00 00 01  //       NFTA_NAT_REG_ADDR_MAX: NFT_REG_1
        08 00 07 00 00 00 00 01  //       NFTA_NAT_FLAGS: by address
        09 00 07 00 00 03 68 69 00 00 00 00  // NFTA_RULE_USERDATA: comment "hi"
        """
    )

    private static let helper = hexadecimal(
        """
        64 00 00 00  // length 100
        12 0a 02 08  // NFT_MSG_NEWOBJ, NLM_F_MULTI, APPEND
        00 00 00 00 00 00 00 00  // sequence, port 0
        02 00 00 02  // struct nfgenmsg: IPv4, version 0, the generation's lower half
        0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_OBJ_TABLE "sluice"
        0c 00 02 00 66 74 70 2d 74 63 70 00  // NFTA_OBJ_NAME "ftp-tcp"
        08 00 03 00 00 00 00 03  // NFTA_OBJ_TYPE: NFT_OBJECT_CT_HELPER
        0c 00 06 00 00 00 00 00 00 00 00 02  // NFTA_OBJ_HANDLE 2
        08 00 05 00 00 00 00 00  // NFTA_OBJ_USE 0
        1c 00 04 00  // NFTA_OBJ_DATA
        08 00 01 00 66 74 70 00  //   NFTA_CT_HELPER_NAME "ftp"
        05 00 03 00 06 00 00 00  //   NFTA_CT_HELPER_L4PROTO: TCP
        06 00 02 00 00 02 00 00  //   NFTA_CT_HELPER_L3PROTO: IPv4
        """
    )
}

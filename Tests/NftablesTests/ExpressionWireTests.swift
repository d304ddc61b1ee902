import Addressing
import Testing

@testable import Netlink
@testable import Nftables

/// The steps of rules as bytes, in both directions.
///
/// Source: linux/netfilter/nf_tables.h.
@Suite struct ExpressionWireTests {
    struct Step: CustomTestStringConvertible {
        let expression: Expression
        let bytes: [UInt8]
        var testDescription: String { "\(expression)" }

        init(_ expression: Expression, _ text: String) {
            self.expression = expression
            bytes = hexadecimal(text)
        }
    }

    private func expressions(of rule: Rule) throws -> [UInt8] {
        var transaction = NftablesTransaction(on: Generation(rawValue: 1))
        transaction.add(rule, to: Table(.ip, "sluice"))
        transaction.finish(firstSequence: 7)
        let written = transaction.writer.withBytes { [UInt8]($0) }
        var expressions: [UInt8] = []
        try forEachMessage(in: written.span.bytes) { (header, body) throws(NetlinkError) in
            // NFT_MSG_NEWRULE, and of its attributes NFTA_RULE_EXPRESSIONS.
            guard header.type == 0x0a06 else { return }
            _ = try forEachAttribute(ofMessage: body) { (type, value) in
                if type == 4 { expressions = value.withUnsafeBytes { [UInt8]($0) } }
            }
        }
        return expressions
    }

    @Test(arguments: steps)
    func `a step is written as these bytes, and read from them`(step: Step) throws {
        let written = try expressions(of: Rule(in: "c", [step.expression]))
        #expect(written == step.bytes, "\(Self.lines(written))")
        var read: [Expression] = []
        try forEachAttribute(in: step.bytes.span.bytes) { (_, value) throws(NetlinkError) in
            read.append(try ExpressionFields(attributes: value).expression)
        }
        #expect(read == [step.expression])
    }

    /// The bytes, for who writes a new fixture.
    private static func lines(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }

    private static let steps: [Step] = [
        Step(
            .payload(.init(.transport, offset: 2, length: 2), into: .init(2)),
            """
            34 00 01 80  // NFTA_LIST_ELEM
            0c 00 01 00 70 61 79 6c 6f 61 64 00  // NFTA_EXPR_NAME "payload"
            24 00 02 80  // NFTA_EXPR_DATA
            08 00 01 00 00 00 00 0a  //   NFTA_PAYLOAD_DREG: NFT_REG32_02
            08 00 02 00 00 00 00 02  //   NFTA_PAYLOAD_BASE: the transport header
            08 00 03 00 00 00 00 02  //   NFTA_PAYLOAD_OFFSET 2
            08 00 04 00 00 00 00 02  //   NFTA_PAYLOAD_LEN 2
            """
        ),
        Step(
            .meta(.outgoingInterfaceName, into: .first),
            """
            24 00 01 80  // NFTA_LIST_ELEM
            09 00 01 00 6d 65 74 61 00 00 00 00  // NFTA_EXPR_NAME "meta"
            14 00 02 80  // NFTA_EXPR_DATA
            08 00 02 00 00 00 00 07  //   NFTA_META_KEY: NFT_META_OIFNAME
            08 00 01 00 00 00 00 01  //   NFTA_META_DREG: NFT_REG_1
            """
        ),
        Step(
            .setMeta(.mark, from: .first),
            """
            24 00 01 80  // NFTA_LIST_ELEM
            09 00 01 00 6d 65 74 61 00 00 00 00  // NFTA_EXPR_NAME "meta"
            14 00 02 80  // NFTA_EXPR_DATA
            08 00 02 00 00 00 00 03  //   NFTA_META_KEY: NFT_META_MARK
            08 00 03 00 00 00 00 01  //   NFTA_META_SREG: NFT_REG_1
            """
        ),
        Step(
            .conntrack(.status, direction: nil, into: .first),
            """
            20 00 01 80  // NFTA_LIST_ELEM
            07 00 01 00 63 74 00 00  // NFTA_EXPR_NAME "ct"
            14 00 02 80  // NFTA_EXPR_DATA
            08 00 02 00 00 00 00 02  //   NFTA_CT_KEY: NFT_CT_STATUS
            08 00 01 00 00 00 00 01  //   NFTA_CT_DREG: NFT_REG_1
            """
        ),
        Step(
            .conntrack(.ipv4Destination, direction: .original, into: .first),
            """
            28 00 01 80  // NFTA_LIST_ELEM
            07 00 01 00 63 74 00 00  // NFTA_EXPR_NAME "ct"
            1c 00 02 80  // NFTA_EXPR_DATA
            08 00 02 00 00 00 00 14  //   NFTA_CT_KEY: NFT_CT_DST_IP
            08 00 01 00 00 00 00 01  //   NFTA_CT_DREG: NFT_REG_1
            05 00 03 00 00 00 00 00  //   NFTA_CT_DIRECTION: IP_CT_DIR_ORIGINAL
            """
        ),
        Step(
            .compare(.first, .notEqual, .interfacePrefix("qg-")),
            """
            2c 00 01 80  // NFTA_LIST_ELEM
            08 00 01 00 63 6d 70 00  // NFTA_EXPR_NAME "cmp"
            20 00 02 80  // NFTA_EXPR_DATA
            08 00 01 00 00 00 00 01  //   NFTA_CMP_SREG: NFT_REG_1
            08 00 02 00 00 00 00 01  //   NFTA_CMP_OP: NFT_CMP_NEQ
            0c 00 03 80 07 00 01 00 71 67 2d 00  //   NFTA_CMP_DATA: "qg-", three bytes of the name
            """
        ),
        Step(
            .bitwise(from: .first, into: .first, mask: .number(0x20), flips: .number(0)),
            """
            4c 00 01 80  // NFTA_LIST_ELEM
            0c 00 01 00 62 69 74 77 69 73 65 00  // NFTA_EXPR_NAME "bitwise"
            3c 00 02 80  // NFTA_EXPR_DATA
            08 00 01 00 00 00 00 01  //   NFTA_BITWISE_SREG: NFT_REG_1
            08 00 02 00 00 00 00 01  //   NFTA_BITWISE_DREG: NFT_REG_1
            08 00 06 00 00 00 00 00  //   NFTA_BITWISE_OP: NFT_BITWISE_BOOL, mask and flip
            08 00 03 00 00 00 00 04  //   NFTA_BITWISE_LEN 4
            0c 00 04 80 08 00 01 00 20 00 00 00  //   NFTA_BITWISE_MASK: IPS_DST_NAT, in the host's order
            0c 00 05 80 08 00 01 00 00 00 00 00  //   NFTA_BITWISE_XOR
            """
        ),
        Step(
            .lookup("known", key: .first, isInverted: true),
            """
            30 00 01 80  // NFTA_LIST_ELEM
            0b 00 01 00 6c 6f 6f 6b 75 70 00 00  // NFTA_EXPR_NAME "lookup"
            20 00 02 80  // NFTA_EXPR_DATA
            08 00 02 00 00 00 00 01  //   NFTA_LOOKUP_SREG: NFT_REG_1
            0a 00 01 00 6b 6e 6f 77 6e 00 00 00  //   NFTA_LOOKUP_SET "known"
            08 00 05 00 00 00 00 01  //   NFTA_LOOKUP_FLAGS: NFT_LOOKUP_F_INV
            """
        ),
        Step(
            .immediate(.number(8301), into: .first),
            """
            2c 00 01 80  // NFTA_LIST_ELEM
            0e 00 01 00 69 6d 6d 65 64 69 61 74 65 00 00 00  // NFTA_EXPR_NAME "immediate"
            18 00 02 80  // NFTA_EXPR_DATA
            08 00 01 00 00 00 00 01  //   NFTA_IMMEDIATE_DREG: NFT_REG_1
            0c 00 02 80 08 00 01 00 6d 20 00 00  //   NFTA_IMMEDIATE_DATA: 8301, in the host's order
            """
        ),
        Step(
            .verdict(.accept),
            """
            30 00 01 80  // NFTA_LIST_ELEM
            0e 00 01 00 69 6d 6d 65 64 69 61 74 65 00 00 00  // NFTA_EXPR_NAME "immediate"
            1c 00 02 80  // NFTA_EXPR_DATA
            08 00 01 00 00 00 00 00  //   NFTA_IMMEDIATE_DREG: NFT_REG_VERDICT
            10 00 02 80  //   NFTA_IMMEDIATE_DATA
            0c 00 02 80 08 00 01 00 00 00 00 01  //     NFTA_DATA_VERDICT: NFTA_VERDICT_CODE NF_ACCEPT
            """
        ),
        Step(
            .verdict(.jump("side")),
            """
            3c 00 01 80  // NFTA_LIST_ELEM
            0e 00 01 00 69 6d 6d 65 64 69 61 74 65 00 00 00  // NFTA_EXPR_NAME "immediate"
            28 00 02 80  // NFTA_EXPR_DATA
            08 00 01 00 00 00 00 00  //   NFTA_IMMEDIATE_DREG: NFT_REG_VERDICT
            1c 00 02 80  //   NFTA_IMMEDIATE_DATA
            18 00 02 80  //     NFTA_DATA_VERDICT
            08 00 01 00 ff ff ff fd  //       NFTA_VERDICT_CODE NFT_JUMP
            09 00 02 00 73 69 64 65 00 00 00 00  //       NFTA_VERDICT_CHAIN "side"
            """
        ),
        Step(
            .translate(.init(.destination, .ip, address: .first, port: .init(1))),
            """
            30 00 01 80  // NFTA_LIST_ELEM
            08 00 01 00 6e 61 74 00  // NFTA_EXPR_NAME "nat"
            24 00 02 80  // NFTA_EXPR_DATA
            08 00 01 00 00 00 00 01  //   NFTA_NAT_TYPE: destination
            08 00 02 00 00 00 00 02  //   NFTA_NAT_FAMILY: IPv4
            08 00 03 00 00 00 00 01  //   NFTA_NAT_REG_ADDR_MIN: NFT_REG_1
            08 00 05 00 00 00 00 09  //   NFTA_NAT_REG_PROTO_MIN: NFT_REG32_01
            """
        ),
        Step(
            .translate(.init(.source, .ip, address: .first, options: .fullyRandom)),
            """
            30 00 01 80  // NFTA_LIST_ELEM
            08 00 01 00 6e 61 74 00  // NFTA_EXPR_NAME "nat"
            24 00 02 80  // NFTA_EXPR_DATA
            08 00 01 00 00 00 00 00  //   NFTA_NAT_TYPE: source
            08 00 02 00 00 00 00 02  //   NFTA_NAT_FAMILY: IPv4
            08 00 03 00 00 00 00 01  //   NFTA_NAT_REG_ADDR_MIN: NFT_REG_1
            08 00 07 00 00 00 00 10  //   NFTA_NAT_FLAGS: NF_NAT_RANGE_PROTO_RANDOM_FULLY
            """
        ),
        Step(
            .redirect(port: .first),
            """
            1c 00 01 80  // NFTA_LIST_ELEM
            0a 00 01 00 72 65 64 69 72 00 00 00  // NFTA_EXPR_NAME "redir"
            0c 00 02 80  // NFTA_EXPR_DATA
            08 00 01 00 00 00 00 01  //   NFTA_REDIR_REG_PROTO_MIN: NFT_REG_1
            """
        ),
        Step(
            .masquerade(.fullyRandom),
            """
            1c 00 01 80  // NFTA_LIST_ELEM
            09 00 01 00 6d 61 73 71 00 00 00 00  // NFTA_EXPR_NAME "masq"
            0c 00 02 80  // NFTA_EXPR_DATA
            08 00 01 00 00 00 00 10  //   NFTA_MASQ_FLAGS: NF_NAT_RANGE_PROTO_RANDOM_FULLY
            """
        ),
        Step(
            .counter,
            """
            14 00 01 80  // NFTA_LIST_ELEM
            0c 00 01 00 63 6f 75 6e 74 65 72 00  // NFTA_EXPR_NAME "counter"
            04 00 02 80  // NFTA_EXPR_DATA: it begins with nothing
            """
        ),
    ]
}

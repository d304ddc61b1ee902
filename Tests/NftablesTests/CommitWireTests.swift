import Addressing
import KernelTestSupport
import Testing

@testable import Netlink
@testable import Nftables

/// What the kernel says of transactions, asked and unasked, as bytes.
///
/// Source: linux/netfilter/nf_tables.h, linux/netfilter/nfnetlink.h.
@Suite struct CommitWireTests {
    private let table = Table(.ip, "sluice")

    private func commit(_ answers: [UInt8]...) throws -> (outcome: Result<Generation, any Error>, request: [UInt8]) {
        let kernel = try ScriptedKernel(answers: answers)
        var socket = NftablesSocket(try kernel.takeSocket())
        var transaction = NftablesTransaction(on: Generation(rawValue: 2))
        transaction.delete(try #require(try Self.observedRule), from: table)
        let outcome: Result<Generation, any Error>
        do {
            outcome = .success(try socket.commit(transaction))
        } catch {
            outcome = .failure(error)
        }
        return (outcome, kernel.requests())
    }

    private static var observedRule: ObservedRule? {
        get throws {
            let body = hexadecimal(
                """
                02 00 00 02  // struct nfgenmsg: IPv4, version 0, the generation's lower half
                0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_RULE_TABLE "sluice"
                0f 00 02 00 70 72 65 72 6f 75 74 69 6e 67 00 00  // NFTA_RULE_CHAIN "prerouting"
                0c 00 03 00 00 00 00 00 00 00 00 04  // NFTA_RULE_HANDLE 4
                """
            )
            return try ObservedRule(message: body.span.bytes, of: Table(.ip, "sluice"))
        }
    }

    @Test func `one rule is deleted by its handle, and an acknowledgement makes the next generation`() throws {
        let fixture = hexadecimal(
            """
            1c 00 00 00  // length 28
            10 00 01 00  // NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 00 0a  // struct nfgenmsg: no family, version 0, subsystem 10
            08 00 01 00 00 00 00 02  // NFNL_BATCH_GENID 2
            3c 00 00 00  // length 60
            08 0a 05 00  // NFT_MSG_DELRULE, NLM_F_REQUEST, ACK
            02 00 00 00 00 00 00 00  // sequence 2, port 0
            02 00 00 00  // struct nfgenmsg: IPv4, version 0
            0b 00 01 00 73 6c 75 69 63 65 00 00  // NFTA_RULE_TABLE "sluice"
            0f 00 02 00 70 72 65 72 6f 75 74 69 6e 67 00 00  // NFTA_RULE_CHAIN "prerouting"
            0c 00 03 00 00 00 00 00 00 00 00 04  // NFTA_RULE_HANDLE 4
            14 00 00 00  // length 20
            11 00 01 00  // NFNL_MSG_BATCH_END, NLM_F_REQUEST
            03 00 00 00 00 00 00 00  // sequence 3, port 0
            00 00 00 0a  // struct nfgenmsg: no family, version 0, subsystem 10
            """
        )
        let (outcome, request) = try commit(Self.answer("00 00 00 00", to: "02"))
        #expect(request == fixture)
        #expect(try outcome.get() == Generation(rawValue: 3))
    }

    @Test func `a batch for another generation is refused as a whole`() throws {
        // -85, ERESTART, on the message that begins the batch.
        let (outcome, _) = try commit(Self.answer("ab ff ff ff", to: "01"))
        #expect(throws: NftablesError.generationChanged) { try outcome.get() }
    }

    @Test func `a refused step is named`() throws {
        // -2, ENOENT, on the step; the acknowledgement that was asked for is this one.
        let (outcome, _) = try commit(Self.answer("fe ff ff ff", to: "02"))
        guard case .failure(let error as NftablesError) = outcome, case .refused(let refusals) = error else {
            Issue.record("\(outcome)")
            return
        }
        #expect(refusals.map(\.index) == [0] && refusals.map(\.error) == [.notFound])
    }

    private static func answer(_ error: String, to sequence: String) -> [UInt8] {
        hexadecimal(
            """
            24 00 00 00  // length 36
            02 00 00 01  // NLMSG_ERROR, NLM_F_CAPPED
            \(sequence) 00 00 00 00 00 00 00  // sequence, port 0
            \(error)  // error, 0 for none
            3c 00 00 00 08 0a 05 00 \(sequence) 00 00 00 00 00 00 00  // header of the message that it is about
            """
        )
    }

    @Test func `a transaction of someone's is read with who made it`() throws {
        let body = hexadecimal(
            """
            00 00 03 04  // struct nfgenmsg: no family, version 0, the generation's lower half
            08 00 01 00 01 02 03 04  // NFTA_GEN_ID
            08 00 02 00 00 00 00 2a  // NFTA_GEN_PROC_PID 42
            08 00 03 00 6e 66 74 00  // NFTA_GEN_PROC_NAME "nft"
            """
        )
        let commit = try NftablesEvents.Commit(message: body.span.bytes, namespace: 5)
        #expect(commit.generation == Generation(rawValue: 0x0102_0304))
        #expect(commit.process == 42 && commit.processName == "nft")
        #expect(commit.namespace == NamespaceID(rawValue: 5))
    }
}

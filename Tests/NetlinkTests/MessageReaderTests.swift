import Addressing
import Testing

@testable import Netlink

@Suite struct MessageReaderTests {
    @Test func `the kernel's own words are read from a refusal`() throws {
        let fixture: Fixture = """
            44 00 00 00  // length
            02 00  // NLMSG_ERROR
            00 03  // NLM_F_CAPPED, ACK_TLVS
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            9b ff ff ff  // error -101, ENETUNREACH
            2c 00 00 00 18 00 05 05 07 00 00 00 00 00 00 00  // header of the refused message: length 44, RTM_NEWROUTE
            20 00 01 00  // NLMSGERR_ATTR_MSG
            4e 65 78 74 68 6f 70 20 68 61 73 20 69 6e 76 61 6c 69 64 20 67 61 74 65 77 61 79 00  // "Nexthop has invalid gateway"
            """
        var answers: [Acknowledgement] = []
        try forEachMessage(in: fixture.bytes.span.bytes) { (header, body) throws(NetlinkError) in
            answers.append(try Acknowledgement(header: header, body: body))
        }
        #expect(answers.map(\.sequence) == [7])
        #expect(answers.first?.error?.description == "ENETUNREACH")
        #expect(answers.first?.explanation == "Nexthop has invalid gateway")
    }

    @Test func `no message of any length leads a reader astray`() throws {
        let whole: Fixture = """
            44 00 00 00  // length
            02 00  // NLMSG_ERROR
            00 03  // NLM_F_CAPPED, ACK_TLVS
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            9b ff ff ff  // error -101, ENETUNREACH
            2c 00 00 00 18 00 05 05 07 00 00 00 00 00 00 00  // header of the refused message: length 44, RTM_NEWROUTE
            20 00 01 00  // NLMSGERR_ATTR_MSG
            4e 65 78 74 68 6f 70 20 68 61 73 20 69 6e 76 61 6c 69 64 20 67 61 74 65 77 61 79 00  // "Nexthop has invalid gateway"
            """
        for length in 0..<whole.bytes.count {
            var count = 0
            let cut = Array(whole.bytes[..<length])
            do {
                try forEachMessage(in: cut.span.bytes) { (header, body) throws(NetlinkError) in
                    _ = try Acknowledgement(header: header, body: body)
                    count += 1
                }
            } catch {
                #expect(error != .truncated(byteCount: 0))
            }
            #expect(count == 0)
        }
    }

    @Test(arguments: [[UInt8](repeating: 0, count: 4), [3, 0, 1, 0], [8, 0, 1, 0], [255, 255, 1, 0, 0, 0, 0, 0]])
    func `an attribute whose length leads nowhere is malformed`(bytes: [UInt8]) {
        #expect(throws: NetlinkError.self) {
            try forEachAttribute(in: bytes.span.bytes) { (_, _) in }
        }
    }

    @Test func `a buffer grows, pads with zeros and numbers its messages`() {
        let fixture = Fixture { writer in
            for _ in 0..<2 {
                writer.message(type: 5, flags: 0, fixedPart: UInt32(0x0403_0201)) { writer in
                    writer.put(1, text: "ab")
                    writer.nest(2) { $0.put(3, UInt8(9)) }
                }
            }
        }
        let first: Fixture = """
            28 00 00 00  // length 40
            05 00 01 00  // type 5, NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7
            01 02 03 04  // the fixed part
            07 00 01 00 61 62 00 00  // attribute 1: "ab"
            0c 00 02 00  // attribute 2
            05 00 03 00 09 00 00 00  //   attribute 3: 9
            """
        var second = first.bytes
        second[8] = 8
        #expect(fixture == Fixture(first.bytes + second))
    }

    @Test func `messages are numbered anew and the last is to be acknowledged`() {
        let fixture = Fixture { writer in
            writer.message(type: 5, flags: 0, fixedPart: UInt8(1))
            writer.message(type: 6, flags: 0, fixedPart: UInt8(2))
            writer.renumber(from: 100)
            writer.acknowledgeLast()
            #expect(writer.lastSequence == 101)
            #expect(writer.sequence == 102)
        }
        #expect(fixture.bytes[6] == 1)
        #expect(fixture.bytes[8] == 100)
        #expect(fixture.bytes[26] == 5)
        #expect(fixture.bytes[28] == 101)
    }
}

import Addressing
import KernelTestSupport
import Testing

@testable import Netlink

/// What the kernel says about whole requests and listings, as bytes: done, refused, changed meanwhile.
@Suite struct ExchangeWireTests {
    /// What a new socket asked a kernel that answers with these datagrams.
    private func ask(_ answers: Fixture..., by body: (inout RouteSocket) throws -> Void) throws -> Fixture {
        let kernel = try ScriptedKernel(answers: answers.map(\.bytes))
        var route = RouteSocket(try kernel.takeSocket())
        try body(&route)
        return Fixture(kernel.requests())
    }

    @Test func `requests travel in one piece, the last is acknowledged, and each refusal is told of`() throws {
        let answers: Fixture = """
            24 00 00 00  // length 36
            02 00 00 01  // NLMSG_ERROR, NLM_F_CAPPED
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            f0 ff ff ff  // error -16, EBUSY
            20 00 00 00 11 00 01 00 01 00 00 00 00 00 00 00  // header of the request: length 32, RTM_DELLINK
            24 00 00 00  // length 36
            02 00 00 01  // NLMSG_ERROR, NLM_F_CAPPED
            02 00 00 00 00 00 00 00  // sequence 2, port 0
            00 00 00 00  // no error: carried out
            20 00 00 00 11 00 05 00 02 00 00 00 00 00 00 00  // header of the request: length 32, RTM_DELLINK, ACK
            """
        let requests: Fixture = """
            20 00 00 00  // length 32
            11 00 01 00  // RTM_DELLINK, NLM_F_REQUEST
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 00 00 07 00 00 00 00 00 00 00 00 00 00 00  // struct ifinfomsg: index 7
            20 00 00 00  // length 32
            11 00 05 00  // RTM_DELLINK, NLM_F_REQUEST, ACK
            02 00 00 00 00 00 00 00  // sequence 2, port 0
            00 00 00 00 08 00 00 00 00 00 00 00 00 00 00 00  // struct ifinfomsg: index 8
            """
        let busy = NetlinkError.Refusal(index: 0, request: "delete interface 7", error: .busy, explanation: nil)
        let asked = try ask(answers) { route in
            #expect(throws: NetlinkError.refused([busy])) { try route.apply([.deleteLink(7), .deleteLink(8)]) }
        }
        #expect(asked == requests)
    }

    @Test func `a refusal that repeats the whole request has the kernel's words behind it`() throws {
        let answer: Fixture = """
            4c 00 00 00  // length 76
            02 00 00 02  // NLMSG_ERROR, NLM_F_ACK_TLVS
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            ea ff ff ff  // error -22, EINVAL
            20 00 00 00 11 00 05 00 01 00 00 00 00 00 00 00  // the request: length 32, RTM_DELLINK
            00 00 00 00 07 00 00 00 00 00 00 00 00 00 00 00  //   struct ifinfomsg: index 7
            08 00 02 00 14 00 00 00  // NLMSGERR_ATTR_OFFS 20
            10 00 01 00 4e 6f 20 73 75 63 68 20 69 74 65 00  // NLMSGERR_ATTR_MSG "No such ite"
            """
        let refusal = NetlinkError.Refusal(
            index: 0,
            request: "delete interface 7",
            error: .invalid,
            explanation: "No such ite"
        )
        _ = try ask(answer) { route in
            #expect(throws: NetlinkError.refused([refusal])) { try route.apply(.deleteLink(7)) }
        }
    }

    @Test func `answers to what an earlier caller gave up on are passed over`() throws {
        let late: Fixture = """
            24 00 00 00  // length 36
            02 00 00 01  // NLMSG_ERROR, NLM_F_CAPPED
            00 00 00 00 00 00 00 00  // sequence 0, port 0
            f0 ff ff ff  // error -16, EBUSY
            20 00 00 00 11 00 01 00 00 00 00 00 00 00 00 00  // header of the request: length 32, RTM_DELLINK
            """
        let answer: Fixture = """
            24 00 00 00  // length 36
            02 00 00 01  // NLMSG_ERROR, NLM_F_CAPPED
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 00 00  // no error
            20 00 00 00 11 00 05 00 01 00 00 00 00 00 00 00  // header of the request: length 32, RTM_DELLINK
            """
        _ = try ask(late, answer) { route in try route.apply(.deleteLink(7)) }
    }

    @Test func `a listing that changed on the way is read again`() throws {
        func listing(_ sequence: String, flags: String) -> Fixture {
            Fixture(
                stringLiteral: """
                    24 00 00 00  // length 36
                    1c 00 \(flags) 00  // RTM_NEWNEIGH, NLM_F_MULTI, and DUMP_INTR where it changed
                    \(sequence) 00 00 00 00 00 00 00  // sequence, port 0
                    02 00 00 00 02 00 00 00 80 00 00 01  // struct ndmsg: IPv4, index 2, NUD_PERMANENT, unicast
                    08 00 01 00 0a 01 00 4d  // NDA_DST 10.1.0.77
                    14 00 00 00  // length 20
                    03 00 02 00  // NLMSG_DONE, NLM_F_MULTI
                    \(sequence) 00 00 00 00 00 00 00  // sequence, port 0
                    00 00 00 00  // no error
                    """
            )
        }
        let asked = try ask(listing("01", flags: "12"), listing("02", flags: "02")) { route in
            let neighbours = try route.neighbours(.v4)
            #expect(neighbours.map(\.address) == [try .of("10.1.0.77")])
        }
        let requests: Fixture = """
            1c 00 00 00  // length 28
            1e 00 01 03  // RTM_GETNEIGH, NLM_F_REQUEST, DUMP
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00 00 00 00 00 00 00 00 00  // struct ndmsg: IPv4
            1c 00 00 00  // length 28
            1e 00 01 03  // RTM_GETNEIGH, NLM_F_REQUEST, DUMP
            02 00 00 00 00 00 00 00  // sequence 2, port 0
            02 00 00 00 00 00 00 00 00 00 00 00  // struct ndmsg: IPv4
            """
        #expect(asked == requests)
    }

    @Test func `a listing that fails at its end is refused with the kernel's number`() throws {
        let answer: Fixture = """
            14 00 00 00  // length 20
            03 00 02 00  // NLMSG_DONE, NLM_F_MULTI
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            ff ff ff ff  // error -1, EPERM
            """
        let refusal = NetlinkError.Refusal(index: 0, request: "list addresses", error: .notPermitted, explanation: nil)
        _ = try ask(answer) { route in
            #expect(throws: NetlinkError.refused([refusal])) { try route.addresses() }
        }
    }

    @Test func `silence is told from a refusal`() throws {
        _ = try ask { route in
            #expect(throws: NetlinkError.timedOut) { try route.links() }
        }
    }
}

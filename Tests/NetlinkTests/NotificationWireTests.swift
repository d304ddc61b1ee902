import Addressing
import Glibc
import KernelTestSupport
import Testing

@testable import Netlink

/// What the kernel tells unasked, as bytes, and which of it a filter lets through.
@Suite struct NotificationWireTests {
    private func event(_ fixture: Fixture) throws -> RouteEvent? {
        var event: RouteEvent?
        try forEachMessage(in: fixture.bytes.span.bytes) { (header, body) throws(NetlinkError) in
            event = try RouteEvent(type: header.type, body: body)
        }
        return event
    }

    /// An interface that came or went, or a bridge's own view of its port.
    private func link(_ type: String, family: String = "00") -> Fixture {
        Fixture(
            stringLiteral: """
                2c 00 00 00  // length 44
                \(type) 00 00 00  // RTM_NEWLINK or RTM_DELLINK, no flags
                00 00 00 00 00 00 00 00  // sequence 0, port 0: asked for by nobody
                \(family) 00 01 00 07 00 00 00 42 10 00 00 ff ff ff ff  // struct ifinfomsg: Ethernet, index 7, down
                09 00 03 00 71 72 2d 31 00 00 00 00  // IFLA_IFNAME "qr-1"
                """
        )
    }

    private func address(_ type: String, by port: UInt32 = 0) -> Fixture {
        let fixture: Fixture = """
            30 00 00 00  // length 48
            14 00 00 00  // RTM_NEWADDR, no flags
            00 00 00 00 00 00 00 00  // sequence 0, and the port of whoever asked
            02 20 80 00 07 00 00 00  // struct ifaddrmsg: IPv4, prefix 32, permanent, scope universe, index 7
            08 00 01 00 cb 00 71 0a  // IFA_ADDRESS 203.0.113.10
            08 00 02 00 cb 00 71 0a  // IFA_LOCAL 203.0.113.10
            08 00 08 00 80 02 00 00  // IFA_FLAGS PERMANENT, NOPREFIXROUTE
            """
        var bytes = fixture.bytes
        bytes[4] = UInt8(type, radix: 16) ?? 0
        withUnsafeBytes(of: port) { bytes.replaceSubrange(12..<16, with: $0) }
        return Fixture(bytes)
    }

    private func route(_ type: String, origin: String) -> Fixture {
        Fixture(
            stringLiteral: """
                34 00 00 00  // length 52
                \(type) 00 00 00  // RTM_NEWROUTE or RTM_DELROUTE, no flags
                00 00 00 00 00 00 00 00  // sequence 0, port 0
                02 18 00 00 fe \(origin) 00 01 00 00 00 00  // struct rtmsg: to 24 bits, table main, protocol, unicast
                08 00 01 00 c0 a8 07 00  // RTA_DST 192.168.7.0
                08 00 05 00 0a 01 00 0a  // RTA_GATEWAY 10.1.0.10
                08 00 04 00 02 00 00 00  // RTA_OIF 2
                """
        )
    }

    private func rule(_ type: String) -> Fixture {
        Fixture(
            stringLiteral: """
                44 00 00 00  // length 68
                \(type) 00 00 00  // RTM_NEWRULE or RTM_DELRULE, no flags
                00 00 00 00 00 00 00 00  // sequence 0, port 0
                02 00 00 00 fc 00 00 01 00 00 00 00  // struct fib_rule_hdr: IPv4, a table beyond a byte
                08 00 0f 00 6d 20 00 00  // FRA_TABLE 8301
                08 00 0e 00 ff ff ff ff  // FRA_SUPPRESS_PREFIXLEN: nothing
                05 00 15 00 53 00 00 00  // FRA_PROTOCOL 83
                08 00 06 00 da 40 00 00  // FRA_PRIORITY 16602
                08 00 0a 00 6d 20 00 00  // FRA_FWMARK 8301
                """
        )
    }

    @Test func `interfaces that came and went are told apart, a bridge's view of a port is neither`() throws {
        guard case .link(let came) = try event(link("10")), case .linkDeleted(let went) = try event(link("11")) else {
            Issue.record("no link")
            return
        }
        #expect(came.name == "qr-1" && came.index == 7 && !came.isUp)
        #expect(went.name == "qr-1")
        // Family 7 is AF_BRIDGE.
        #expect(try event(link("10", family: "07")) == nil)
    }

    @Test func `addresses, routes and rules that came and went are told apart`() throws {
        let floating = InterfaceAddress(try .of("203.0.113.10/32"), on: 7, addsPrefixRoute: false)
        #expect(try event(address("14")) == .address(floating))
        #expect(try event(address("15")) == .addressDeleted(floating))
        let ours = Route.via(try .of("10.1.0.10"), on: 2, to: try .of("192.168.7.0/24"))
        #expect(try event(route("18", origin: "53")) == .route(ours))
        #expect(try event(route("19", origin: "53")) == .routeDeleted(ours))
        let exit = RoutingRule(priority: 16602, mark: 8301, table: .init(rawValue: 8301))
        #expect(try event(rule("20")) == .rule(exit))
        #expect(try event(rule("21")) == .ruleDeleted(exit))
    }

    @Test func `what is of no kind that is listened for is nothing`() throws {
        #expect(try event(Fixture(stringLiteral: "10 00 00 00 1c 00 00 00 00 00 00 00 00 00 00 00")) == nil)
    }

    @Test func `a filter lets through what others did and concerns us`() throws {
        let own = UInt32(getpid())
        let passed = [
            link("10"), link("11"), address("14"), address("15"), address("14", by: own + 1),
            route("18", origin: "53"), route("19", origin: "53"), rule("20"), rule("21"),
        ]
        let kept = [
            link("10", family: "07"), address("14", by: own), route("18", origin: "03"), route("19", origin: "02"),
        ]
        let kernel = try ScriptedKernel(answers: [])
        let socket = try kernel.takeSocket()
        try socket.attach(.ofOthersRouteChanges)
        for notification in kept + passed { try kernel.say(notification.bytes) }
        let buffer = ReceiveBuffer.forListings
        for notification in passed {
            let count = try socket.receive(into: buffer)
            let bytes = try buffer.withBytes(count) { $0.withUnsafeBytes { [UInt8]($0) } }
            #expect(Fixture(bytes) == notification)
        }
        #expect(throws: NetlinkError.timedOut) { _ = try socket.receive(into: buffer) }
    }
}

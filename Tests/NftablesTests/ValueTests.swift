import Addressing
import KernelTestSupport
import Netlink
import Testing

@testable import Nftables

@Suite struct ValueTests {
    @Test(arguments: [
        "dnat", "map", "snat", "mark", "", "1st", "a b", "x;y", "\u{fc}ber", String(repeating: "a", count: 256),
    ])
    func `a word of nft's language or of other characters is no name`(text: String) {
        #expect(ObjectName(text) == nil)
    }

    @Test(arguments: ["fip_dnat", "pf", "sluice", "ftp-21", "Prerouting", "a.b/c", String(repeating: "a", count: 255)])
    func `other words are names`(text: String) {
        #expect(ObjectName(text)?.text == text)
    }

    @Test(.needsKernel, arguments: ["dnat", "snat", "map", "mark", "ct", "counter", "limit", "queue", "redirect"])
    func `nft itself refuses a reserved word`(word: String) throws {
        try ScratchNetwork.with { network in
            let namespace = try network.namespace("words")
            #expect(!namespace.succeeds("nft", "add", "table", "ip", word))
        }
    }

    @Test func `a concatenation fills its registers with zeros`() {
        let value = RegisterValue.concatenation(RegisterValue(IPv4Address(10, 0, 0, 1)), .transport(6), .port(80))
        #expect([UInt8](value) == [10, 0, 0, 1, 6, 0, 0, 0, 0, 80, 0, 0])
    }

    @Test func `an interface's name fills sixteen bytes and its beginning does not`() {
        #expect(RegisterValue.interfaceName("qg-1").count == 16)
        #expect([UInt8](RegisterValue.interfacePrefix("qr-")) == Array("qr-".utf8))
    }

    @Test func `values are the same when their bytes are`() {
        let one = RegisterValue(IPv4Address(10, 0, 0, 1))
        #expect(one == RegisterValue(bytes: [10, 0, 0, 1]))
        #expect(one != RegisterValue(bytes: [10, 0, 0, 1, 0]))
        #expect(RegisterValue(bytes: repeatElement(0, count: 33)) == nil)
        #expect(one < RegisterValue(IPv4Address(10, 0, 1, 0)))
        #expect(one.description == "0a000001")
    }

    @Test func `values are in the order of their bytes, the shorter first`() throws {
        let bytes: [[UInt8]] = [
            [], [0], [0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 1], [0, 1], [1], [1, 0], [1, 0, 5],
            [1, 255], [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [200], [200, 1],
        ]
        let values = try bytes.map { try #require(RegisterValue(bytes: $0)) }
        for (one, left) in values.enumerated() {
            for (other, right) in values.enumerated() { #expect((left < right) == (one < other), "\(left), \(right)") }
        }
    }

    @Test func `an IPv4 address is got back from a value of four bytes and no other`() throws {
        let address = IPv4Address(203, 0, 113, 10)
        #expect(RegisterValue(address).ipv4 == address)
        #expect(try #require(RegisterValue(bytes: [203, 0, 113, 10, 0])).ipv4 == nil)
        #expect(try #require(RegisterValue(bytes: [203, 0, 113])).ipv4 == nil)
    }

    @Test func `a view is torn by a message of another generation, and sure only after one of its own`() throws {
        func message(_ half: UInt16) -> [UInt8] { [2, 0, UInt8(half >> 8), UInt8(half & 0xff)] }
        var view = GenerationView(of: Generation(rawValue: 0x0102_0304))
        #expect(!view.isUpToDate)
        try view.note(message(0x0304).span.bytes)
        #expect(view.isUpToDate)
        view.beginListing()
        #expect(!view.isUpToDate)
        #expect(!view.isTorn)
        try view.note(message(0x0304).span.bytes)
        try view.note(message(0x0305).span.bytes)
        #expect(view.isTorn)
        #expect(!view.isUpToDate)
    }

    @Test func `changes keep what is the same and replace what differs`() {
        func element(_ key: UInt8, _ value: UInt8, _ comment: String? = nil) -> Element {
            Element(.transport(key), value: .transport(value), comment: comment)
        }
        let changes = ElementChanges(
            from: [element(1, 1), element(2, 2), element(3, 3, "a"), element(4, 4)],
            to: [element(1, 1), element(2, 9), element(3, 3, "b"), element(5, 5)]
        )
        #expect(changes.deletions == [element(2, 2), element(3, 3, "a"), element(4, 4)])
        #expect(changes.additions == [element(2, 9), element(3, 3, "b"), element(5, 5)])
        #expect(ElementChanges(from: [element(1, 1)], to: [element(1, 1)]).isEmpty)
    }

    @Test func `the generation after the last is the first`() {
        #expect(Generation(rawValue: .max).next == Generation(rawValue: 1))
        #expect(Generation(rawValue: 6).next == Generation(rawValue: 7))
    }
}

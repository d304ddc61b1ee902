import Addressing
import KernelTestSupport
import Nftables
import Testing

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

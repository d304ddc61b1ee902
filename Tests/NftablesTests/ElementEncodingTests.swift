import Addressing
import Testing

@testable import Netlink
@testable import Nftables

@Suite struct ElementEncodingTests {
    private func encode(_ elements: [Element], of set: NamedSet, limit: Int = 60000) -> (bytes: [UInt8], count: Int) {
        var memory = [UInt8](repeating: 0xee, count: limit)
        var next = 0
        let used = memory.withUnsafeMutableBytes { memory in
            ElementEncoder(set: set, isDeletion: false).encode(elements, from: &next, into: memory, limit: limit)
        }
        return (Array(memory[..<used]), next)
    }

    @Test func `an element is a key, a value and nft's comment`() {
        let element = Element(
            RegisterValue(IPv4Address(203, 0, 113, 10)),
            value: RegisterValue(IPv4Address(10, 0, 0, 10)),
            comment: "ab"
        )
        let fixture: [UInt8] = [
            0x28, 0x00, 0x01, 0x80,  // NFTA_LIST_ELEM, nested, 40 bytes
            0x0c, 0x00, 0x01, 0x80,  // NFTA_SET_ELEM_KEY, nested
            0x08, 0x00, 0x01, 0x00, 203, 0, 113, 10,  // NFTA_DATA_VALUE
            0x0c, 0x00, 0x02, 0x80,  // NFTA_SET_ELEM_DATA, nested
            0x08, 0x00, 0x01, 0x00, 10, 0, 0, 10,  // NFTA_DATA_VALUE
            0x09, 0x00, 0x06, 0x00,  // NFTA_SET_ELEM_USERDATA, 9 bytes
            0x00, 0x03, 0x61, 0x62, 0x00, 0x00, 0x00, 0x00,  // comment, length 3, "ab" and NUL; padding
        ]
        #expect(encode([element], of: RouterRuleset.destinations).bytes == fixture)
    }

    @Test func `a range of single keys is its two borders`() {
        let set = NamedSet.set("ports", of: DataType(.port), holdsIntervals: true)
        let fixture: [UInt8] = [
            0x10, 0x00, 0x01, 0x80,  // NFTA_LIST_ELEM
            0x0c, 0x00, 0x01, 0x80,  // NFTA_SET_ELEM_KEY
            0x06, 0x00, 0x01, 0x00, 0x03, 0xff, 0x00, 0x00,  // NFTA_DATA_VALUE 1023
            0x18, 0x00, 0x01, 0x80,  // NFTA_LIST_ELEM
            0x08, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01,  // NFTA_SET_ELEM_FLAGS: the end of a range
            0x0c, 0x00, 0x01, 0x80,  // NFTA_SET_ELEM_KEY
            0x06, 0x00, 0x01, 0x00, 0x05, 0x00, 0x00, 0x00,  // NFTA_DATA_VALUE 1280, one more than the last
        ]
        #expect(encode([Element(.port(1023), through: .port(1279))], of: set).bytes == fixture)
    }

    @Test func `a list ends before the room does, and goes on with the next`() {
        let elements = (0..<100).map {
            Element(RegisterValue(IPv4Address(rawValue: $0)), value: RegisterValue(IPv4Address(rawValue: $0)))
        }
        let limit = ElementEncoder.longest + 5 * 28
        let (bytes, count) = encode(elements, of: RouterRuleset.destinations, limit: limit)
        #expect(count == 6)
        #expect(bytes.count == 6 * 28)
    }

    @Test func `what is encoded is read as what it was`() throws {
        let element = Element(
            .concatenation(RegisterValue(IPv4Address(203, 0, 113, 11)), .transport(6), .port(2222)),
            value: .concatenation(RegisterValue(IPv4Address(10, 0, 0, 11)), .port(22)),
            comment: "a forwarding"
        )
        let bytes = encode([element], of: RouterRuleset.forwardings).bytes
        var read: [Element] = []
        try forEachAttribute(in: bytes.span.bytes) { (_, attributes) throws(NetlinkError) in
            if let listed = try ListedElement(attributes: attributes) { read.append(listed.element) }
        }
        #expect(read == [element])
    }

    @Test func `a comment that is too long is cut`() throws {
        let element = Element(
            RegisterValue(IPv4Address(203, 0, 113, 10)),
            value: RegisterValue(IPv4Address(10, 0, 0, 10)),
            comment: String(repeating: "x", count: 300)
        )
        let bytes = encode([element], of: RouterRuleset.destinations).bytes
        #expect(bytes.count <= ElementEncoder.longest)
        #expect(bytes.filter { $0 == UInt8(ascii: "x") }.count == 127)
    }
}

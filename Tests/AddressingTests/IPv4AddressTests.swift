import Addressing
import Testing

@Suite struct IPv4AddressTests {
    static let boundaries: [UInt32] = [
        0, 1, 9, 10, 99, 100, 255, 256, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xc000_0201, .max - 1, .max,
    ]

    @Test(arguments: [
        ("0.0.0.0", 0), ("255.255.255.255", 0xffff_ffff), ("10.0.0.1", 0x0a00_0001), ("192.0.2.129", 0xc000_0281),
        ("1.20.199.200", 0x0114_c7c8),
    ])
    func `a dotted quad is the number it spells`(text: String, number: Int) throws {
        let address = try #require(IPv4Address(text))
        #expect(address.rawValue == UInt32(number))
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", ".", "1", "1.2.3", "1.2.3.", ".1.2.3.4", "1.2.3.4.", "1.2.3.4.5", "1..2.3", "256.0.0.1", "1.2.3.256",
        "01.2.3.4", "1.2.3.00", "1.2.3.04", "0x1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "+1.2.3.4", "1,2,3,4",
        "1.2.3.4/32", "a.b.c.d", "1.2.3.99999999999999999999", "１.2.3.4", "1.2.3.4\0", "::1.2.3.4",
    ])
    func `other text is no address`(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test(arguments: boundaries) func `an address comes back from its text, its octets and its memory`(number: UInt32) {
        let address = IPv4Address(rawValue: number)
        #expect(IPv4Address(address.description) == address)
        #expect(IPv4Address(bytes: address.bytes) == address)
        #expect(IPv4Address(bigEndian: address.bigEndian) == address)
        #expect(withUnsafeBytes(of: address.bigEndian) { $0.elementsEqual(address.bytes) })
    }

    @Test func `every octet value is printed as the standard library prints it`() {
        for octet in UInt8.min...UInt8.max {
            #expect(IPv4Address(octet, 0, octet, 7).description == "\(octet).0.\(octet).7")
        }
    }

    @Test func `a part of a longer text is read in place`() {
        #expect(IPv4Address("from 10.0.0.1 on".dropFirst(5).prefix(8)) == IPv4Address(10, 0, 0, 1))
    }

    @Test(arguments: boundaries) func `addresses are ordered as their numbers`(number: UInt32) {
        for other in Self.boundaries {
            #expect((IPv4Address(rawValue: number) < IPv4Address(rawValue: other)) == (number < other))
        }
    }

    @Test func `steps stay inside the family`() {
        let last = IPv4Address(255, 255, 255, 255)
        #expect(IPv4Address.any.advanced(by: -1) == nil)
        #expect(last.advanced(by: 1) == nil)
        #expect(last.advanced(by: .max) == nil)
        #expect(IPv4Address.any.advanced(by: .min) == nil)
        #expect(IPv4Address.any.advanced(by: 0xffff_ffff) == last)
        #expect(IPv4Address(10, 0, 0, 255) + 1 == IPv4Address(10, 0, 1, 0))
        #expect(last.distance(to: .any) == -0xffff_ffff)
    }

    @Test func `only four octets make an address`() {
        #expect(IPv4Address(bytes: [192, 0, 2, 1]) == IPv4Address(192, 0, 2, 1))
        #expect(IPv4Address(bytes: [192, 0, 2]) == nil)
        #expect(IPv4Address(bytes: [192, 0, 2, 1, 0]) == nil)
    }

    @Test(arguments: [
        ("223.255.255.255", false), ("224.0.0.0", true), ("239.255.255.255", true), ("240.0.0.0", false),
    ])
    func `multicast is 224.0.0.0/4`(text: String, expected: Bool) throws {
        #expect(try #require(IPv4Address(text)).isMulticast == expected)
    }

    @Test(arguments: [
        ("169.253.255.255", false), ("169.254.0.0", true), ("169.254.255.255", true), ("169.255.0.0", false),
    ])
    func `link-local is 169.254.0.0/16`(text: String, expected: Bool) throws {
        #expect(try #require(IPv4Address(text)).isLinkLocal == expected)
    }

    @Test(arguments: [
        ("126.255.255.255", false), ("127.0.0.0", true), ("127.255.255.255", true), ("128.0.0.0", false),
    ])
    func `loopback is 127.0.0.0/8`(text: String, expected: Bool) throws {
        #expect(try #require(IPv4Address(text)).isLoopback == expected)
    }
}

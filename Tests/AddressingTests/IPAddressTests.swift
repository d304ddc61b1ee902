import Addressing
import Testing

@Suite struct IPAddressTests {
    static let texts = [
        "0.0.0.0", "0.0.0.1", "10.0.0.1", "127.0.0.1", "169.254.0.1", "224.0.0.1", "255.255.255.255", "::", "::1",
        "::ffff:1.2.3.4", "2001:db8::1", "fe80::1", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ]

    @Test(arguments: texts) func `an address of either family comes back from its text and its octets`(
        text: String
    ) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == text)
        #expect(address.version == (text.contains(":") ? .v6 : .v4))
        #expect(address.bytes.count == address.version.byteCount)
        #expect(IPAddress(bytes: address.bytes) == address)
        #expect(IPAddress(bytes: Array(address.bytes).span.bytes) == address)
    }

    @Test(arguments: ["", "10.0.0", "10.0.0.1.", "10.0.0.1/32", ":", "::g", "host", "1.2.3.4::", "fe80::1%eth0"])
    func `other text is no address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [0, 1, 3, 5, 6, 15, 17]) func `only four or sixteen octets make an address`(count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        #expect(IPAddress(bytes: bytes) == nil)
        #expect(IPAddress(bytes: bytes.span.bytes) == nil)
    }

    @Test func `the octets can be lent to a C call as they stand`() throws {
        for text in Self.texts {
            let bytes = try #require(IPAddress(text)).bytes
            #expect(bytes.withContiguousStorageIfAvailable { Array($0) } == bytes.map { $0 })
        }
    }

    @Test func `IPv4 comes before IPv6, and each family is in the order of its numbers`() {
        let addresses = Self.texts.compactMap { IPAddress($0) }
        #expect(addresses.count == Self.texts.count)
        #expect(addresses.shuffled().sorted() == addresses)
    }

    @Test func `equal numbers of different families are different addresses`() {
        #expect(IPAddress.any(.v4) != IPAddress.any(.v6))
        #expect(IPAddress.any(.v4).distance(to: .any(.v6)) == nil)
    }

    @Test(arguments: texts) func `a step forth and back leads home, and its length is the distance`(text: String) throws
    {
        let address = try #require(IPAddress(text))
        for distance in [-65536, -1, 0, 1, 255, 65536] {
            guard let other = address.advanced(by: distance) else { continue }
            #expect(other.advanced(by: -distance) == address)
            #expect(address.distance(to: other) == distance)
            #expect(address + distance == other)
            #expect((address < other) == (distance > 0))
        }
    }

    @Test(arguments: [
        ("255.255.255.255", 1), ("0.0.0.0", -1), ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1), ("::", -1),
    ])
    func `a step never leads out of the family`(text: String, distance: Int) throws {
        #expect(try #require(IPAddress(text)).advanced(by: distance) == nil)
    }

    @Test func `both families answer what kind an address is`() throws {
        let kinds = try Self.texts.map { text in
            let address = try #require(IPAddress(text))
            return [address.isUnspecified, address.isLoopback, address.isLinkLocal, address.isMulticast]
        }
        let none = [false, false, false, false]
        let (unspecified, loopback) = ([true, false, false, false], [false, true, false, false])
        let (linkLocal, multicast) = ([false, false, true, false], [false, false, false, true])
        #expect(kinds[..<7] == [unspecified, none, none, loopback, linkLocal, multicast, none])
        #expect(kinds[7...] == [unspecified, loopback, none, none, linkLocal, multicast, multicast])
    }
}

import Addressing
import Testing

@Suite struct IPv6AddressTests {
    /// Halves that put runs of zero groups, short groups and full groups in every place.
    static let halves: [UInt64] = [
        0, 1, 0xffff, 0x1_0000, 0x1_0000_0000, 0x0001_0000_0000_0001, 0x0001_0000_0000_0000, 0x2001_0db8_0000_0000,
        0x0010_0200_3000_0004, 0xfe80_0000_0000_0000, .max - 1, .max,
    ]
    static let boundaries = halves.flatMap { high in halves.map { IPv6Address(high: high, low: $0) } }

    @Test(arguments: [
        // RFC 5952, sections 1 and 2: forms that all mean the same address.
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:0:1::1", "2001:db8::1:0:0:1"),
        ("2001:db8:0000:0:1::1", "2001:db8::1:0:0:1"), ("2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"),
        // 4.1: no leading zeros.
        ("2001:0db8::0001", "2001:db8::1"),
        ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"),
        // 4.2.1: shortened as much as possible.
        ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"), ("2001:db8::0:1", "2001:db8::1"),
        // 4.2.2: one group of zeros is not shortened.
        ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        // 4.2.3: the longest run, the first of two equal ones.
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        // 4.3: lower case.
        ("2001:DB8::ABCD:EF", "2001:db8::abcd:ef"),
        // 5: IPv4-mapped addresses end in a dotted quad.
        ("::ffff:c000:280", "::ffff:192.0.2.128"), ("::FFFF:192.0.2.128", "::ffff:192.0.2.128"),
        ("0:0:0:0:0:ffff:192.0.2.1", "::ffff:192.0.2.1"),
    ])
    func `every form of an address is printed as RFC 5952 recommends`(text: String, canonical: String) throws {
        let address = try #require(IPv6Address(text))
        #expect(address.description == canonical)
        #expect(IPv6Address(canonical) == address)
    }

    @Test(
        arguments: [
            ("::", 0, 0), ("::1", 0, 1), ("1::", 0x0001_0000_0000_0000, 0), ("0:0:0:0:0:0:0:0", 0, 0),
            ("1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004, 0x0005_0006_0007_0008),
            ("1:2:3:4:5:6:7::", 0x0001_0002_0003_0004, 0x0005_0006_0007_0000),
            ("::2:3:4:5:6:7:8", 0x0000_0002_0003_0004, 0x0005_0006_0007_0008),
            ("1:2:3::5:6:7:8", 0x0001_0002_0003_0000, 0x0005_0006_0007_0008), ("::1.2.3.4", 0, 0x0102_0304),
            ("64:ff9b::192.0.2.33", 0x0064_ff9b_0000_0000, 0xc000_0221),
            ("1:2:3:4:5:6:7.8.9.10", 0x0001_0002_0003_0004, 0x0005_0006_0708_090a),
            ("1:2:3:4:5::7.8.9.10", 0x0001_0002_0003_0004, 0x0005_0000_0708_090a),
            ("2001:db8::", 0x2001_0db8_0000_0000, 0),
            ("fe80::f816:3eff:fe00:1", 0xfe80_0000_0000_0000, 0xf816_3eff_fe00_0001),
        ] as [(String, UInt64, UInt64)]
    )
    func `text is the number it spells`(text: String, high: UInt64, low: UInt64) {
        #expect(IPv6Address(text) == IPv6Address(high: high, low: low))
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:", ":1", "1::2::3", "1:::2", ":::1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8:", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8",
        "12345::", "::12345", "g::", "::g", "fe80::1%eth0", "fe80::1%2", "[::1]", "::1/128", " ::1", "::1 ", "::1\0",
        "1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::1.2.3.4:5", "1.2.3.4::", "::256.1.1.1", "::01.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1:2:3:4:5:6:1.2.3.4", "::-1", "::+1", "::１", "1: :2",
    ])
    func `other text is no address`(text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test func `an address comes back from its text, its octets and its number`() {
        for address in Self.boundaries {
            #expect(IPv6Address(address.description) == address)
            #expect(IPv6Address(bytes: address.bytes) == address)
            #expect(IPv6Address(rawValue: address.rawValue) == address)
        }
    }

    @Test func `the octets stand in network order`() throws {
        let address = try #require(IPv6Address("2001:db8::a:1"))
        #expect(Array(address.bytes) == [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xa, 0, 1])
        #expect(IPv6Address(bytes: address.bytes.dropLast()) == nil)
        #expect(IPv6Address(bytes: [0] + Array(address.bytes)) == nil)
    }

    @Test func `addresses are ordered as their numbers`() {
        for (left, right) in zip(Self.boundaries, Self.boundaries.reversed()) {
            #expect((left < right) == (left.rawValue < right.rawValue))
            #expect((right < left) == (right.rawValue < left.rawValue))
        }
    }

    @Test func `steps carry between the halves and stay inside the family`() {
        let last = IPv6Address(rawValue: .max)
        #expect(IPv6Address(high: 1, low: .max) + 1 == IPv6Address(high: 2, low: 0))
        #expect(IPv6Address(high: 2, low: 0).advanced(by: -1) == IPv6Address(high: 1, low: .max))
        #expect(last.advanced(by: 1) == nil)
        #expect(IPv6Address.any.advanced(by: -1) == nil)
        #expect(last.advanced(by: .min)?.rawValue == UInt128.max - UInt128(1) << 63)
    }

    @Test func `a distance beyond Int is nil, never wrong`() {
        let start = IPv6Address(rawValue: 1 << 100)
        for distance in [0, 1, -1, 65536, Int.max, Int.min] {
            #expect(start.distance(to: start + distance) == distance)
        }
        #expect(start.distance(to: IPv6Address(rawValue: start.rawValue + 1 << 63)) == nil)
        #expect(start.distance(to: .any) == nil)
        #expect(IPv6Address.any.distance(to: IPv6Address(rawValue: .max)) == nil)
    }

    @Test(
        arguments: [
            ("::", [.unspecified]), ("::1", [.loopback]), ("::2", []), ("fe80::1", [.linkLocal]),
            ("febf::1", [.linkLocal]),
            ("fec0::1", []), ("fe7f:ffff::", []), ("ff00::", [.multicast]), ("ff02::1", [.multicast]), ("feff::1", []),
            ("::ffff:1.2.3.4", [.mapped]), ("::fffe:1.2.3.4", []), ("1::ffff:1.2.3.4", []),
        ] as [(String, [Trait])]
    )
    func `the kinds of addresses are told apart`(text: String, traits: [Trait]) throws {
        let address = try #require(IPv6Address(text))
        #expect(address.isUnspecified == traits.contains(.unspecified))
        #expect(address.isLoopback == traits.contains(.loopback))
        #expect(address.isLinkLocal == traits.contains(.linkLocal))
        #expect(address.isMulticast == traits.contains(.multicast))
        #expect(address.isIPv4Mapped == traits.contains(.mapped))
    }

    enum Trait: Sendable { case unspecified, loopback, linkLocal, multicast, mapped }
}

@Suite struct EUI64Tests {
    @Test(arguments: [
        // RFC 4291, appendix A: the universal/local bit of the hardware address is inverted.
        ("fe80::/64", "34:56:78:9a:bc:de", "fe80::3656:78ff:fe9a:bcde"),
        ("2001:db8:0:1::/64", "fa:16:3e:00:00:01", "2001:db8:0:1:f816:3eff:fe00:1"),
        ("2001:db8:0:1::9/64", "fa:16:3e:ff:ff:ff", "2001:db8:0:1:f816:3eff:feff:ffff"),
        ("2001:db8::/48", "00:00:00:00:00:00", "2001:db8::200:ff:fe00:0"),
    ])
    func `the hardware address becomes the interface identifier`(prefix: String, mac: String, address: String) throws {
        let made = IPv6Address.eui64(prefix: try #require(CIDR(prefix)), mac: try #require(MACAddress(mac)))
        #expect(made == IPv6Address(address))
        #expect(made?.description == address)
    }

    @Test(arguments: ["2001:db8::/65", "2001:db8::/128", "10.0.0.0/8"])
    func `a prefix without room for an identifier makes no address`(prefix: String) throws {
        #expect(IPv6Address.eui64(prefix: try #require(CIDR(prefix)), mac: .broadcast) == nil)
    }
}

import Addressing
import Testing

@Suite struct CIDRTests {
    static let texts = [
        "0.0.0.0/0", "10.0.0.0/8", "10.0.0.7/8", "192.0.2.0/24", "192.0.2.128/25", "192.0.2.4/31", "192.0.2.4/32",
        "255.255.255.255/32", "::/0", "2001:db8::/32", "2001:db8::1/64", "2001:db8::/127", "::1/128",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
    ]

    @Test(arguments: texts) func `a prefix comes back from its text, host bits and all`(text: String) throws {
        let prefix = try #require(CIDR(text))
        #expect(prefix.description == text)
        #expect(CIDR(address: prefix.address, prefixLength: prefix.prefixLength) == prefix)
    }

    @Test(arguments: [
        "", "/", "/24", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/024", "10.0.0.0/00",
        "10.0.0.0/24 ", "10.0.0.0 /24", "10.0.0/24", "10.0.0.0/255.0.0.0", "10.0.0.0/8/8", "10.0.0.0/a", "::", "::/129",
        "::/", "::1/0128", "fe80::%eth0/64", "10.0.0.0/4294967297", "10.0.0.0/99999999999999999999",
    ])
    func `other text is no prefix`(text: String) {
        #expect(CIDR(text) == nil)
    }

    @Test(arguments: [("10.0.0.1", -1), ("10.0.0.1", 33), ("::1", -1), ("::1", 129), ("10.0.0.1", Int.max)])
    func `a prefix is never longer than its address`(address: String, length: Int) throws {
        #expect(CIDR(address: try #require(IPAddress(address)), prefixLength: length) == nil)
    }

    @Test(arguments: [
        // prefix, network, first, last, netmask
        ("10.1.2.3/0", "0.0.0.0/0", "0.0.0.0", "255.255.255.255", "0.0.0.0"),
        ("10.1.2.3/8", "10.0.0.0/8", "10.0.0.0", "10.255.255.255", "255.0.0.0"),
        ("192.0.2.77/25", "192.0.2.0/25", "192.0.2.0", "192.0.2.127", "255.255.255.128"),
        ("192.0.2.5/31", "192.0.2.4/31", "192.0.2.4", "192.0.2.5", "255.255.255.254"),
        ("192.0.2.5/32", "192.0.2.5/32", "192.0.2.5", "192.0.2.5", "255.255.255.255"),
        ("2001:db8::1/0", "::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::"),
        ("2001:db8::1/64", "2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff::"),
        (
            "2001:db8::1/65", "2001:db8::/65", "2001:db8::", "2001:db8::7fff:ffff:ffff:ffff",
            "ffff:ffff:ffff:ffff:8000::"
        ),
        ("::9/128", "::9/128", "::9", "::9", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
    func `a prefix knows its network`(text: String, network: String, first: String, last: String, netmask: String)
        throws
    {
        let prefix = try #require(CIDR(text))
        #expect(prefix.network.description == network)
        #expect(prefix.first.description == first)
        #expect(prefix.last.description == last)
        #expect(prefix.netmask.description == netmask)
        #expect(prefix.hasHostBits == (text != network))
        #expect(!prefix.network.hasHostBits)
    }

    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.1-192.0.2.254"), ("192.0.2.9/29", "192.0.2.9-192.0.2.14"),
        ("192.0.2.0/30", "192.0.2.1-192.0.2.2"),
        // RFC 3021: both addresses of a /31 are hosts'.
        ("192.0.2.0/31", "192.0.2.0-192.0.2.1"), ("192.0.2.7/32", "192.0.2.7-192.0.2.7"),
        ("2001:db8::/64", "2001:db8::1-2001:db8::ffff:ffff:ffff:ffff"), ("2001:db8::/126", "2001:db8::1-2001:db8::3"),
        // RFC 6164: a /127 has no anycast address of the routers.
        ("2001:db8::/127", "2001:db8::-2001:db8::1"), ("2001:db8::5/128", "2001:db8::5-2001:db8::5"),
        ("::/0", "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ("0.0.0.0/0", "0.0.0.1-255.255.255.254"),
    ])
    func `hosts may have all addresses but those with a meaning of their own`(text: String, range: String) throws {
        #expect(try #require(CIDR(text)).hostRange.description == range)
    }

    @Test(arguments: texts) func `a network contains its ends and nothing beside them`(text: String) throws {
        let prefix = try #require(CIDR(text))
        #expect(prefix.contains(prefix.address))
        #expect(prefix.contains(prefix.first))
        #expect(prefix.contains(prefix.last))
        if let before = prefix.first.advanced(by: -1) { #expect(!prefix.contains(before)) }
        if let after = prefix.last.advanced(by: 1) { #expect(!prefix.contains(after)) }
        #expect(!prefix.contains(.any(prefix.version == .v4 ? .v6 : .v4)))
    }

    @Test func `containment and overlap are what the ends say`() {
        let prefixes = Self.texts.compactMap { CIDR($0) }
        #expect(prefixes.count == Self.texts.count)
        for left in prefixes {
            for right in prefixes {
                let (inner, outer) = (AddressRange(right), AddressRange(left))
                #expect(left.contains(right) == outer.contains(inner), "\(left) \(right)")
                #expect(left.overlaps(right) == outer.overlaps(inner), "\(left) \(right)")
            }
        }
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.1.0.0/16", true), ("10.1.0.0/16", "10.0.0.0/8", false), ("10.0.0.9/8", "10.0.0.0/8", true),
        ("10.0.0.0/25", "10.0.0.128/25", false), ("0.0.0.0/0", "::/0", false), ("::/0", "0.0.0.0/0", false),
        ("2001:db8::/32", "2001:db8:ffff::/48", true),
    ])
    func `a network contains another by its prefix alone`(outer: String, inner: String, expected: Bool) throws {
        #expect(try #require(CIDR(outer)).contains(try #require(CIDR(inner))) == expected)
    }

    @Test func `prefixes are ordered by address, then the shorter first`() {
        let texts = ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.1.0/24", "::/0", "::/64", "2001:db8::/32"]
        let prefixes = texts.compactMap { CIDR($0) }
        #expect(prefixes.shuffled().sorted().map(\.description) == texts)
    }

    @Test func `an address alone is the longest prefix`() throws {
        #expect(CIDR(host: try #require(IPAddress("192.0.2.1"))).description == "192.0.2.1/32")
        #expect(CIDR(host: try #require(IPAddress("2001:db8::1"))).description == "2001:db8::1/128")
    }
}

import Addressing
import Testing

@Suite struct AddressRangeTests {
    private func address(_ text: String) throws -> IPAddress {
        try #require(IPAddress(text))
    }

    private func range(_ first: String, _ last: String) throws -> AddressRange {
        try #require(AddressRange(first: address(first), last: address(last)))
    }

    @Test(arguments: [("10.0.0.2", "10.0.0.1"), ("10.0.0.1", "::1"), ("::1", "10.0.0.1"), ("::2", "::1")])
    func `a range never runs backwards or between the families`(first: String, last: String) throws {
        #expect(AddressRange(first: try address(first), last: try address(last)) == nil)
    }

    @Test(
        arguments: [
            ("10.0.0.1", "10.0.0.1", 1), ("10.0.0.250", "10.0.1.5", 12), ("0.0.0.0", "255.255.255.255", 1 << 32),
            ("::", "::ffff:ffff:ffff:ffff", 1 << 64), ("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .max),
            ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .max),
        ] as [(String, String, UInt128)]
    )
    func `a range counts its addresses, up to the highest number`(first: String, last: String, count: UInt128) throws {
        #expect(try range(first, last).count == count)
    }

    @Test func `a range is walked in order across an octet's end`() throws {
        let walked = try range("10.0.0.254", "10.0.1.1").map(\.description)
        #expect(walked == ["10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1"])
    }

    @Test func `a walk ends at the last address of a family`() throws {
        #expect(try range("255.255.255.254", "255.255.255.255").map(\.description).count == 2)
        let last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        #expect(try range(last, last).map(\.description) == [last])
    }

    @Test func `the beginning of a huge range is walked without the rest`() throws {
        let network = AddressRange(try #require(CIDR("2001:db8::/64")))
        #expect(network.prefix(3).map(\.description) == ["2001:db8::", "2001:db8::1", "2001:db8::2"])
        #expect(network.lazy.first { $0.bytes.last == 9 }?.description == "2001:db8::9")
    }

    @Test func `an address is found by its place`() throws {
        let range = try range("10.0.0.250", "10.0.1.5")
        for (offset, address) in range.enumerated() {
            #expect(range.address(at: UInt128(offset)) == address)
        }
        #expect(range.address(at: range.count) == nil)
        #expect(range.address(at: .max) == nil)
        let whole = AddressRange(try #require(CIDR("::/0")))
        #expect(whole.address(at: .max) == whole.last)
    }

    @Test(arguments: [
        ("10.0.0.9", false), ("10.0.0.10", true), ("10.0.0.15", true), ("10.0.0.20", true), ("10.0.0.21", false),
        ("::a00:f", false), ("::", false),
    ])
    func `a range contains what lies between its ends`(text: String, expected: Bool) throws {
        #expect(try range("10.0.0.10", "10.0.0.20").contains(address(text)) == expected)
    }

    /// 10.0.0.10…20 against others, and what is left of it; an empty text where nothing is.
    @Test(arguments: [
        ("10.0.0.1", "10.0.0.9", false, "10.0.0.10-10.0.0.20"),
        ("10.0.0.21", "10.0.0.30", false, "10.0.0.10-10.0.0.20"),
        ("10.0.0.1", "10.0.0.10", true, "10.0.0.11-10.0.0.20"), ("10.0.0.20", "10.0.0.30", true, "10.0.0.10-10.0.0.19"),
        ("10.0.0.12", "10.0.0.14", true, "10.0.0.10-10.0.0.11 10.0.0.15-10.0.0.20"),
        ("10.0.0.10", "10.0.0.20", true, ""), ("0.0.0.0", "255.255.255.255", true, ""),
        ("10.0.0.11", "10.0.0.20", true, "10.0.0.10-10.0.0.10"), ("::", "::ffff", false, "10.0.0.10-10.0.0.20"),
    ])
    func `two ranges overlap or leave each other whole`(first: String, last: String, overlap: Bool, left: String) throws
    {
        let (one, other) = (try range("10.0.0.10", "10.0.0.20"), try range(first, last))
        #expect(one.overlaps(other) == overlap)
        #expect(other.overlaps(one) == overlap)
        #expect(one.subtracting(other).map(\.description).joined(separator: " ") == left)
    }

    @Test func `what is left is exactly what the other does not contain`() throws {
        let numbers = 1...6
        let ranges = try numbers.flatMap { first in
            try (first...6).map { try range("10.0.0.\(first)", "10.0.0.\($0)") }
        }
        for one in ranges {
            for other in ranges {
                #expect(one.subtracting(other).flatMap(Array.init) == one.filter { !other.contains($0) })
                #expect(one.contains(other) == other.allSatisfy { one.contains($0) })
                #expect(one.overlaps(other) == one.contains { other.contains($0) })
            }
        }
    }

    @Test func `a gateway's address is cut out of the hosts' range`() throws {
        let hosts = try #require(CIDR("192.0.2.0/24")).hostRange
        #expect(hosts.subtracting(hosts.first).map(\.description) == ["192.0.2.2-192.0.2.254"])
        #expect(
            try hosts.subtracting(address("192.0.2.100")).map(\.description)
                == ["192.0.2.1-192.0.2.99", "192.0.2.101-192.0.2.254"]
        )
        #expect(AddressRange(hosts.first).subtracting(hosts.first).isEmpty)
    }
}

import Addressing
import Testing

@Suite struct MACAddressTests {
    @Test(arguments: [
        ("fa:16:3e:00:00:01", "fa:16:3e:00:00:01"), ("FA:16:3E:AB:CD:EF", "fa:16:3e:ab:cd:ef"),
        ("fa-16-3e-Ab-cD-ef", "fa:16:3e:ab:cd:ef"), ("00:00:00:00:00:00", "00:00:00:00:00:00"),
        ("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff"),
    ])
    func `a hardware address is read in either case and printed in lower case with colons`(
        text: String,
        canonical: String
    ) throws {
        let address = try #require(MACAddress(text))
        #expect(address.description == canonical)
        #expect(MACAddress(canonical) == address)
        #expect(MACAddress(bytes: address.bytes) == address)
        #expect(MACAddress(bytes: Array(address.bytes).span.bytes) == address)
        #expect(MACAddress(rawValue: address.rawValue) == address)
    }

    @Test(arguments: [
        "", "fa:16:3e:00:00", "fa:16:3e:00:00:", "fa:16:3e:00:00:01:02", "fa163e000001", "fa16.3e00.0001",
        "fa:16:3e:00:00:0", "f:a16:3e:00:00:01", "fa:16-3e:00-00:01", "fa.16.3e.00.00.01", "fa:16:3e:00:00:0g",
        "fa:16:3e:00:00:0１", " fa:16:3e:00:00:1", "-a:16:3e:00:00:01", "fa:16:3e:00:00:01 ",
    ])
    func `other text is no hardware address`(text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test func `the octets stand in the order of sending`() throws {
        let address = try #require(MACAddress("01:02:03:04:05:06"))
        #expect(address.rawValue == 0x0102_0304_0506)
        #expect(Array(address.bytes) == [1, 2, 3, 4, 5, 6])
        #expect(MACAddress(bytes: [1, 2, 3, 4, 5]) == nil)
        #expect(MACAddress(bytes: [1, 2, 3, 4, 5, 6, 7]) == nil)
        #expect(MACAddress(bytes: ([1, 2, 3, 4, 5] as [UInt8]).span.bytes) == nil)
    }

    @Test func `a number of more than 48 bits is no hardware address`() {
        #expect(MACAddress(rawValue: 0xffff_ffff_ffff) == .broadcast)
        #expect(MACAddress(rawValue: 0x1_0000_0000_0000) == nil)
    }

    @Test(arguments: [
        ("00:00:00:00:00:00", true, false, false), ("00:00:00:00:00:01", false, false, false),
        ("fa:16:3e:00:00:01", false, false, true), ("01:00:5e:00:00:01", false, true, false),
        ("33:33:00:00:00:01", false, true, true), ("ff:ff:ff:ff:ff:ff", false, true, true),
    ])
    func `the first octet tells groups and local assignment`(text: String, zero: Bool, group: Bool, local: Bool) throws
    {
        let address = try #require(MACAddress(text))
        #expect(address.isZero == zero)
        #expect(address.isMulticast == group)
        #expect(address.isLocallyAdministered == local)
    }

    @Test func `a made address keeps its prefix and varies behind it`() {
        var generator = SystemRandomNumberGenerator()
        let made = (0..<1000).map { _ in MACAddress(prefix: (0xfa, 0x16, 0x3e), using: &generator) }
        #expect(made.allSatisfy { $0.description.hasPrefix("fa:16:3e:") })
        #expect(Set(made).count > 990)
        #expect(made.contains { $0.bytes[3] >= 0x80 } && made.contains { $0.bytes[5] >= 0x80 })
    }

    @Test func `hardware addresses are ordered as their text`() {
        var generator = SystemRandomNumberGenerator()
        let made = (0..<200).map { _ in MACAddress(prefix: (2, 0, 0), using: &generator) }
        #expect(made.sorted().map(\.description) == made.map(\.description).sorted())
    }
}

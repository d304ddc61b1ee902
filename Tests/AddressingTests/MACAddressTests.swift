import Addressing
import Testing

@Suite struct MACAddressTests {
    @Test(arguments: [
        ("fa:16:3e:00:00:01", "fa:16:3e:00:00:01"), ("FA:16:3E:AB:CD:EF", "fa:16:3e:ab:cd:ef"),
        ("fa-16-3e-ab-cd-ef", "fa:16:3e:ab:cd:ef"), ("00:00:00:00:00:00", "00:00:00:00:00:00"),
    ])
    func `a hardware address is read in either case and printed in lower case with colons`(
        text: String,
        canonical: String
    ) throws {
        #expect(try #require(MACAddress(text)).description == canonical)
    }
}

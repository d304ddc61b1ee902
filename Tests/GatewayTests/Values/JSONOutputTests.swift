import Testing

@testable import Gateway

@Suite struct JSONOutputTests {
    private func text(_ write: (inout JSONOutput) -> Void) -> String {
        var output = JSONOutput()
        write(&output)
        return String(decoding: output.take(), as: UTF8.self)
    }

    @Test(arguments: [Int64.min, -1, 0, 9, 10, 1_000_000_007, Int64.max])
    func `integers are written in decimal`(value: Int64) {
        #expect(text { $0.integer(value) } == String(value))
    }

    @Test func `strings are escaped where JSON needs it and nowhere else`() {
        #expect(
            text { $0.string("a\"b\\c/\n\r\t\u{1}\u{1f}\u{7f}é😀") } == #""a\"b\\c/\n\r\t\u0001\u001f"# + "\u{7f}é😀\""
        )
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_795_448_195, "2026-11-23T15:36:35Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
        ] as [(Int64, String)]
    )
    func `moments are written in UTC to the second`(seconds: Int64, form: String) {
        #expect(text { $0.moment(seconds, .zulu) } == "\"\(form)\"")
    }

    @Test func `agents have their own form of moments`() {
        #expect(text { $0.moment(1_795_449_174, .blank) } == #""2026-11-23 15:52:54""#)
    }

    @Test func `members keep their order and nulls are written`() {
        let value: JSONValue = ["z": nil, "a": [1, "b", ["c": false]]]
        #expect(String(decoding: value.text, as: UTF8.self) == #"{"z":null,"a":[1,"b",{"c":false}]}"#)
    }

    /// The writer looks at eight bytes at a time: what must be escaped is found wherever it stands.
    @Test(arguments: 0..<20) func `a character to escape is found at every place`(position: Int) throws {
        for byte in UInt8.min...0x7f {
            var bytes = [UInt8](repeating: UInt8(ascii: "!"), count: 20)
            bytes[position] = byte
            let string = String(decoding: bytes, as: UTF8.self)
            let written = text { $0.string(string) }
            #expect(try JSONReader.read(Array(written.utf8)) == .string(string))
            #expect((written.utf8.count > 22) == (byte < 0x20 || byte == 0x22 || byte == 0x5c))
        }
    }
}

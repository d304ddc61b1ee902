import Testing

@testable import Gateway

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)) }

    @Test(
        arguments: [
            ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-7", -7),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number("9223372036854775808")),
            ("1.50", .number("1.50")), ("1e3", .number("1e3")), ("[]", []), ("[1, [2]]", [1, [2]]), ("{}", [:]),
            (#"{"a": null, "b": {"c": "d"}}"#, ["a": nil, "b": ["c": "d"]]),
            (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u00e9\ud83d\ude00é😀""#, "é😀é😀"), (#""""#, ""),
        ] as [(String, JSONValue)]
    )
    func `a text is the value that it says`(text: String, value: JSONValue) throws {
        #expect(try read(text) == value)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd), ("{", .unexpectedCharacter), ("[1,]", .unexpectedCharacter),
            ("[1 2]", .unexpectedCharacter), (#"{"a" 1}"#, .unexpectedCharacter), (#"{a: 1}"#, .unexpectedCharacter),
            (#"{"a": 1,}"#, .unexpectedCharacter), ("nul", .unexpectedCharacter), ("True", .unexpectedCharacter),
            ("{} {}", .trailingText), ("1 x", .trailingText), (#"{"a":1,"b":2,"a":3}"#, .duplicateName("a")),
            ("\"a\nb\"", .badText), (#""\x""#, .badEscape), (#""\ud800""#, .badEscape),
            (#""\ud800\u0041""#, .badEscape),
            (#""\udc00""#, .badEscape), (#""\u12g4""#, .badEscape), (#""open"#, .unexpectedEnd), ("-", .badNumber),
            ("1.", .badNumber), ("1e", .badNumber), ("01", .trailingText), ("1e999", .hugeNumber),
            (".5", .unexpectedCharacter),
            ("+1", .unexpectedCharacter),
        ] as [(String, JSONError.Kind)]
    )
    func `a text that is not JSON is refused`(text: String, kind: JSONError.Kind) throws {
        #expect { try read(text) } throws: { ($0 as? JSONError)?.kind == kind }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        for bytes: [UInt8] in [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]] {
            #expect(throws: JSONError.self) { try JSONReader.read([0x22] + bytes + [0x22]) }
        }
    }

    @Test func `64 levels of nesting are read and 65 are not`() throws {
        let open = String(repeating: "[", count: 64)
        let close = String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try read(open + close) }
        #expect { try read("[" + open + close + "]") } throws: { ($0 as? JSONError)?.kind == .tooDeep }
    }

    @Test func `a number of 64 characters is kept to the digit and one of 65 is refused`() throws {
        let digits = String(repeating: "7", count: 64)
        #expect(try read(digits) == .number(digits))
        #expect { try read(digits + "7") } throws: { ($0 as? JSONError)?.kind == .hugeNumber }
    }

    @Test func `a name twice is found in an object of many`() throws {
        let members = (0..<2000).map { #""n\#($0)":1"# }
        #expect(throws: Never.self) { try read("{" + members.joined(separator: ",") + "}") }
        let twice = "{" + (members + [#""n1234":1"#]).joined(separator: ",") + "}"
        #expect { try read(twice) } throws: { ($0 as? JSONError)?.kind == .duplicateName("n1234") }
    }

    @Test func `null and absent differ`() throws {
        guard case .object(let object) = try read(#"{"a":null}"#) else {
            Issue.record("no object")
            return
        }
        #expect(object["a"] == .some(.null))
        #expect(object["b"] == nil)
    }

    /// Whatever the bytes, reading ends, and what was read means the same when it is written and read again.
    @Test(arguments: 0..<8) func `no bytes break the reader`(seed: Int) throws {
        var generator = SplitMix(state: UInt64(seed))
        let sample = Array(#"{"router":{"name":"é\u00e9\n","n":[1,-2.5e3,true,null,{"x":""}],"deep":[[[[0]]]]}}"#.utf8)
        let alphabet = Array("{}[]\",:\\u0129aeEtrfn.-+ \u{1}é\u{7f}".utf8) + [0xff, 0xc3, 0x80]
        for _ in 0..<4000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[position] = byte
                case 1: bytes.insert(byte, at: position)
                default: bytes.remove(at: position)
                }
            }
            guard let value = try? JSONReader.read(bytes) else { continue }
            #expect(try JSONReader.read(value.text) == value)
        }
    }
}

/// A generator that repeats itself for a seed.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

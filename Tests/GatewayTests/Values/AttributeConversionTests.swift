import Addressing
import Testing

@testable import Gateway

@Suite struct AttributeConversionTests {
    private static let uuid = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"
    private static let pool = AttributeType.object([
        Attribute("start", .address(nil)).required, Attribute("end", .address(nil)).required,
    ])

    struct Case: CustomTestStringConvertible, Sendable {
        var type: AttributeType
        var given: JSONValue
        var converted: JSONValue
        var testDescription: String { "\(type) \(given)" }
    }

    static let accepted: [Case] = [
        Case(type: .text(3), given: "äöü", converted: "äöü"),
        Case(type: .text(3), given: "", converted: ""),
        Case(type: .id, given: .string(uuid.uppercased()), converted: .string(uuid)),
        Case(type: .boolean, given: true, converted: true),
        Case(type: .boolean, given: 0, converted: false),
        Case(type: .boolean, given: "Yes", converted: true),
        Case(type: .boolean, given: "OFF", converted: false),
        Case(type: .boolean, given: "t", converted: true),
        Case(type: .integer(0...10), given: "7", converted: 7),
        Case(type: .integer(-1...10), given: -1, converted: -1),
        Case(type: .family, given: "6", converted: 6),
        Case(type: .address(nil), given: "2001:DB8::0:1", converted: "2001:db8::1"),
        Case(type: .address(.v4), given: "10.0.0.1", converted: "10.0.0.1"),
        Case(type: .cidr, given: "10.0.0.5/24", converted: "10.0.0.5/24"),
        Case(type: .networkCIDR, given: "10.0.0.0/24", converted: "10.0.0.0/24"),
        Case(type: .block(hostBits: true, bareAddress: true), given: "10.0.0.9", converted: "10.0.0.9"),
        Case(type: .mac, given: "FA:16:3E:00:00:01", converted: "fa:16:3e:00:00:01"),
        Case(type: .choice(["a", "b"]), given: "b", converted: "b"),
        Case(type: .hostLabel, given: "Web-1", converted: "web-1"),
        Case(type: .domain, given: "Example.org.", converted: "example.org."),
        Case(type: .domain, given: "", converted: ""),
        Case(type: .list(.text(9), .unique), given: ["a", "b"], converted: ["a", "b"]),
        Case(type: .freeObject, given: ["a": [1, nil]], converted: #"{"a":[1,null]}"#),
        Case(type: .object([Attribute("a", .boolean)], emptyIsNull: true), given: [:], converted: nil),
        Case(
            type: .list(pool),
            given: [["start": "10.0.0.2", "end": "10.0.0.9"]],
            converted: [["start": "10.0.0.2", "end": "10.0.0.9"]]
        ),
    ]

    @Test(arguments: accepted) func `a value of the type is converted`(example: Case) throws {
        #expect(try example.type.converted(example.given, for: "x") == example.converted)
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var type: AttributeType
        var given: JSONValue
        var error = "HTTPBadRequest"
        var testDescription: String { "\(type) \(given)" }
    }

    static let refused: [Refusal] = [
        Refusal(type: .text(3), given: "abcd"), Refusal(type: .text(3), given: 1), Refusal(type: .text(3), given: []),
        Refusal(type: .text(3), given: "a\0"), Refusal(type: .id, given: "no-id"), Refusal(type: .id, given: ""),
        Refusal(type: .boolean, given: "maybe", error: "InvalidInput"),
        Refusal(type: .boolean, given: 2, error: "InvalidInput"),
        Refusal(type: .boolean, given: [], error: "InvalidInput"),
        Refusal(type: .integer(0...10), given: "x", error: "InvalidInput"),
        Refusal(type: .integer(0...10), given: 1.5, error: "InvalidInput"),
        Refusal(type: .integer(0...10), given: true, error: "InvalidInput"),
        Refusal(type: .integer(0...10), given: 11), Refusal(type: .family, given: 5),
        Refusal(type: .address(nil), given: "10.0.0.01"), Refusal(type: .address(nil), given: "10.0.0.0/24"),
        Refusal(type: .address(.v4), given: "::1"), Refusal(type: .cidr, given: "10.0.0.0"),
        Refusal(type: .networkCIDR, given: "10.0.0.1/24"), Refusal(type: .cidr, given: "10.0.0.0/33"),
        Refusal(type: .mac, given: "00:00:00:00:00:00"), Refusal(type: .mac, given: "fa:16:3e:00:00"),
        Refusal(type: .choice(["a"]), given: "c"), Refusal(type: .hostLabel, given: "a.b"),
        Refusal(type: .hostLabel, given: "-a"), Refusal(type: .domain, given: "example.org"),
        Refusal(type: .domain, given: "."), Refusal(type: .list(.text(9)), given: "a"),
        Refusal(type: .list(.text(9)), given: [nil]), Refusal(type: .list(.text(9), .unique), given: ["a", "a"]),
        Refusal(type: .list(.text(9), .unique(longest: 1)), given: ["a", "b"]),
        Refusal(type: .freeObject, given: "x"), Refusal(type: pool, given: ["start": "10.0.0.1"]),
        Refusal(type: pool, given: ["start": "10.0.0.1", "end": "10.0.0.2", "more": 1]),
        Refusal(type: pool, given: ["start": nil, "end": "10.0.0.2"]), Refusal(type: .moment(.zulu), given: "x"),
    ]

    @Test(arguments: refused) func `a value that is not of the type is refused`(example: Refusal) throws {
        #expect {
            try example.type.converted(example.given, for: "x")
        } throws: { error in
            guard let fault = error as? Fault else { return false }
            return fault.status == 400 && fault.type == example.error && fault.message.contains("x")
        }
    }

    @Test func `null is kept where the attribute takes it and refused elsewhere`() throws {
        #expect(try Attribute("x", .id).nullable.converted(nil) == .null)
        #expect { try Attribute("x", .id).converted(nil) } throws: { ($0 as? Fault)?.type == "HTTPBadRequest" }
        #expect { try Attribute("x", .boolean).converted(nil) } throws: { ($0 as? Fault)?.type == "InvalidInput" }
    }

    @Test func `the message of an inner attribute names the outer one too`() {
        #expect {
            try Resource.router.attribute(named: "external_gateway_info")?.converted(["network_id": "x"])
        } throws: { error in
            (error as? Fault)?.message.contains("external_gateway_info.network_id") == true
        }
    }
}

extension JSONValue: ExpressibleByFloatLiteral {
    init(floatLiteral value: Double) { self = .number(String(value)) }
}

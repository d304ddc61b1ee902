import NIOHTTP1
import ResourceModel
import Testing

@testable import Gateway

/// Bodies that were valid once, changed at random: each is understood or refused with 400, and nothing breaks.
@Suite struct BodyFuzzTests {
    private static let admin = RequestContext(projectID: "admin", roles: [.admin], requestID: "req")
    private static let words = [
        "null", "true", "-0", "1e308", "99999999999999999999", "\"\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "{}", "[]",
        "[[[[[[[[", "}", ",", ":", "\"", "\"a\":", "\u{feff}",
    ]

    /// A value that the type may or may not take.
    private static func value(_ type: AttributeType, _ generator: inout SplitMix) -> JSONValue {
        switch type {
        case .boolean: .bool(.random(using: &generator))
        case .integer(let range): .integer(range.upperBound)
        case .family: 4
        case .id: .string(ID<Any>.random(using: &generator).description)
        case .address: "2001:db8::1"
        case .block: "10.1.0.0/16"
        case .mac: "fa:16:3e:00:00:01"
        case .choice(let words): .string(words[0])
        case .hostLabel: "host"
        case .domain: "example.org."
        case .object(let attributes, _): .object(object(attributes, &generator))
        case .list(let element, _): [value(element, &generator), value(element, &generator)]
        case .freeObject: ["a": [1, nil]]
        default: "é\"\n"
        }
    }

    private static func object(_ attributes: [Attribute], _ generator: inout SplitMix) -> JSONObject {
        var object = JSONObject()
        for attribute in attributes where Bool.random(using: &generator) {
            object[attribute.name] = value(attribute.type, &generator)
        }
        return object
    }

    private static func changed(_ body: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
        var body = body
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let place = Int.random(in: 0..<body.count, using: &generator)
            let word = Array(words[Int.random(in: 0..<words.count, using: &generator)].utf8)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: body[place] = .random(in: 0...255, using: &generator)
            case 1: body.insert(contentsOf: word, at: place)
            case 2: body.replaceSubrange(place..<min(body.count, place + word.count), with: word)
            default: if body.count > 2 { body.remove(at: place) }
            }
        }
        return body
    }

    @Test(arguments: 0..<4) func `no body breaks the reading of any resource`(seed: Int) throws {
        var generator = SplitMix(state: UInt64(seed))
        var accepted = 0
        var refused = 0
        for resource in Catalogue.resources {
            let codec = try ResourceCodec(resource)
            for _ in 0..<150 {
                // Now and then what is not the client's to give.
                let mayGive: Attribute.Uses = Int.random(in: 0..<4, using: &generator) == 0 ? [] : .post
                let attributes = resource.attributes.filter { $0.uses.isSuperset(of: mayGive) }
                let valid = JSONObject([resource.name: .object(Self.object(attributes, &generator))])
                let body = Self.changed(JSONValue.object(valid).text, &generator)
                let request = APIRequest(method: .POST, target: "/", body: body)
                for isCreate in [true, false] {
                    let check = WriteCheck(resource: resource, isCreate: isCreate, context: Self.admin)
                    do throws(Fault) {
                        for given in try WriteCheck.objects(in: try request.json(), of: resource).objects {
                            let converted = try check.converted(given)
                            #expect(!codec.object(id: "id", converted, isCreate: isCreate).isEmpty)
                        }
                        accepted += 1
                    } catch {
                        #expect(error.status == 400)
                        refused += 1
                    }
                }
            }
        }
        #expect(accepted > 0 && refused > 0)
    }
}

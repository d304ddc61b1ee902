import Testing

@testable import Gateway

@Suite struct OpenAPIDocumentTests {
    private static let document = OpenAPIDocument(resources: Catalogue.resources).json

    private static var operations: [(path: String, method: String, operation: JSONValue)] {
        document["paths"]?.members.flatMap { path in
            path.value.members.map { (path.name, $0.name, $0.value) }
        } ?? []
    }

    @Test func `every reference leads somewhere`() throws {
        let references = Self.document.references
        #expect(references.count > 100)
        for reference in Set(references) {
            let names = reference.split(separator: "/").dropFirst().map(String.init)
            let found = names.reduce(Optional(Self.document)) { $0?[$1] }
            #expect(found != nil, "\(reference)")
        }
    }

    @Test func `every operation has an id of its own, and every link names one`() {
        let ids = Self.operations.compactMap { $0.operation["operationId"]?.string }
        #expect(ids.count == Self.operations.count)
        #expect(Set(ids).count == ids.count)
        for (_, _, operation) in Self.operations {
            for link in operation["responses"]?["201"]?["links"]?.members ?? [] {
                #expect(link.value["operationId"]?.string.map(ids.contains) == true)
            }
        }
    }

    @Test func `a path names every parameter in it, once`() {
        for (path, method, operation) in Self.operations {
            let named = operation["parameters"]?.array.filter { $0["in"] == "path" }.compactMap { $0["name"]?.string }
            let wanted = path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                String($0.dropFirst().dropLast())
            }
            #expect((named ?? []).sorted() == wanted.sorted(), "\(method) \(path)")
        }
    }

    @Test(arguments: Catalogue.resources.map(\.collection))
    func `the schemas say of each attribute what its table says`(collection: String) throws {
        let resource = try #require(Catalogue.resources.first { $0.collection == collection })
        let schemas = try #require(Self.document["components"]?["schemas"])
        let noun = resource.contract.noun
        let shown = try #require(schemas[noun]?["properties"]?.memberNames)
        #expect(shown == Set(resource.attributes.filter { $0.viewer != .nobody }.map(\.name)))
        let verbs: [(Resource.Verbs, Attribute.Uses, String)] = [(.create, .post, "Create"), (.update, .put, "Update")]
        for (verb, use, word) in verbs where resource.verbs.contains(verb) {
            let given = try #require(schemas["\(noun)\(word)"]?["properties"]?.memberNames)
            #expect(given == Set(resource.attributes.filter { $0.uses.contains(use) }.map(\.name)))
        }
        let list = try #require(Self.operations.first { $0.operation["operationId"]?.string == "list_\(collection)" })
        let parameters = Set(list.operation["parameters"]?.array.compactMap { $0["name"]?.string } ?? [])
        for attribute in resource.attributes where attribute.name != "fixed_ips" && attribute.name != "tags" {
            #expect(parameters.contains(attribute.name) == attribute.uses.contains(.filter), "\(attribute.name)")
        }
    }

    @Test func `the gateway answers every operation that the document has`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            for (path, method, _) in Self.operations {
                let filled = path.split(separator: "{", omittingEmptySubsequences: false).enumerated().map {
                    index,
                    part in
                    index == 0 ? String(part) : Self.id + part.drop { $0 != "}" }.dropFirst()
                }
                let answer = try await gateway.send(method.uppercased(), filled.joined())
                #expect(answer.status != 405, "\(method) \(path)")
                #expect(answer.errorMessage != Fault.unknownURL.message, "\(method) \(path)")
            }
        }
    }

    private static let id = "00000000-0000-4000-8000-000000000001"

    @Test func `it is served as it is, to callers whom nobody knows too`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try await gateway.send("GET", "/openapi.json", headers: ["X-Project-Id": "no project"])
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["x-openstack-request-id"]?.hasPrefix("req-") == true)
            #expect(try answer.json == Self.document)
            #expect(try await gateway.send("POST", "/openapi.json", body: "{}").status == 405)
        }
    }
}

extension JSONValue {
    fileprivate var members: [JSONObject.Member] { if case .object(let object) = self { object.members } else { [] } }
    fileprivate var memberNames: Set<String> { Set(members.map(\.name)) }

    /// All values of `$ref` in it.
    fileprivate var references: [String] {
        switch self {
        case .object(let object):
            object.members.flatMap { $0.name == "$ref" ? [$0.value.string ?? ""] : $0.value.references }
        case .array(let elements): elements.flatMap(\.references)
        default: []
        }
    }
}

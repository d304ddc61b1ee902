import ResourceModel
import Testing

@Suite struct IDTests {
    @Test(arguments: ["7f0e1c52-9a1b-4f0e-8f5e-2f6d3c1a9b77", "00000000-0000-0000-0000-000000000000"])
    func `an id comes back from its text`(text: String) throws {
        let id = try #require(RouterID(text))
        #expect(id.description == text)
    }

    @Test func `upper case is read and printed in lower case`() throws {
        let id = try #require(RouterID("7F0E1C52-9A1B-4F0E-8F5E-2F6D3C1A9B77"))
        #expect(id.description == "7f0e1c52-9a1b-4f0e-8f5e-2f6d3c1a9b77")
    }

    @Test(arguments: [
        "", "7f0e1c529a1b4f0e8f5e2f6d3c1a9b77", "7f0e1c52-9a1b-4f0e-8f5e-2f6d3c1a9b7",
        "7f0e1c52-9a1b-4f0e-8f5e-2f6d3c1a9b777", "7f0e1c52-9a1b-4f0e-8f5e-2f6d3c1a9bxy",
        "7f0e1c52+9a1b-4f0e-8f5e-2f6d3c1a9b77", "my-router",
    ])
    func `other text is no id`(text: String) {
        #expect(RouterID(text) == nil)
    }

    @Test func `each octet in each place is a digit or a dash, or no id`() {
        let text = Array("7f0e1c52-9a1b-4f0e-8f5e-2f6d3c1a9b77".utf8)
        for place in text.indices {
            for octet in UInt8.min...UInt8.max {
                var changed = text
                changed[place] = octet
                let isDash = [8, 13, 18, 23].contains(place)
                let digit = Character(UnicodeScalar(octet)).hexDigitValue
                let expected = isDash ? octet == UInt8(ascii: "-") : octet < 128 && digit != nil
                let octets = changed.span
                let id = RouterID(utf8: octets)
                #expect((id != nil) == expected, "octet \(octet) in place \(place)")
                if let id { #expect(id.description == String(decoding: changed, as: UTF8.self).lowercased()) }
            }
        }
    }

    @Test func `random ids are version 4 and differ`() {
        let ids = (0..<1000).map { _ in PortID.random() }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.description.dropFirst(14).first == "4" })
        #expect(ids.allSatisfy { "89ab".contains($0.description.dropFirst(19).first ?? "x") })
    }

    @Test func `a derived id is stable, of version 8, and different for each purpose and id`() {
        let ids = (0..<1000).map { _ in FloatingIPID.random() }
        let ports = ids.map { $0.derived(as: PortKind.self, purpose: .floatingIPPort) }
        #expect(ports == ids.map { $0.derived(as: PortKind.self, purpose: .floatingIPPort) })
        #expect(Set(ports).count == ids.count)
        let gateways = ids.map { $0.derived(as: PortKind.self, purpose: .gatewayPort) }
        #expect(Set(ports).isDisjoint(with: gateways))
        #expect(ports.allSatisfy { $0.description.dropFirst(14).first == "8" })
    }

    @Test func `ids sort as their text does`() {
        let ids = (0..<200).map { _ in NetworkID.random() }
        #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [(0, 0, 0), (1_500_000, 1, 500_000_000), (-1, -1, 999_999_000), (-1_000_000, -1, 0)])
    func `seconds round down and nanoseconds are never negative`(micro: Int, seconds: Int, nano: Int) {
        let moment = Timestamp(microseconds: Int64(micro))
        #expect(moment.seconds == Int64(seconds))
        #expect(moment.nanoseconds == Int32(nano))
        #expect(Timestamp(seconds: moment.seconds, nanoseconds: moment.nanoseconds) == moment)
    }
}

@Suite struct RequestContextTests {
    @Test func `an administrator owns everything, a member only its project`() {
        let admin = RequestContext(projectID: "", roles: [.admin], requestID: "req-1")
        let member = RequestContext(projectID: "p", roles: [.member], requestID: "req-2")
        #expect(admin.owns(projectID: "q"))
        #expect(member.owns(projectID: "p"))
        #expect(!member.owns(projectID: "q"))
        #expect(!RequestContext(projectID: "", roles: [.member], requestID: "req-3").owns(projectID: ""))
    }

    @Test func `every reason is upper snake case`() {
        for reason in ErrorReason.allCases {
            #expect(reason.rawValue.allSatisfy { $0.isUppercase || $0 == "_" || $0.isNumber }, "\(reason)")
        }
    }
}

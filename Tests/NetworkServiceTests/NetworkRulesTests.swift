import Addressing
import ResourceModel
import Testing

@testable import NetworkService

@Suite struct NetworkRulesTests {
    private func network(
        by caller: RequestContext = .admin,
        _ adjust: (inout Network.Draft) -> Void = { _ in }
    ) throws(NetworkError) -> Network {
        var draft = Network.Draft()
        adjust(&draft)
        return try Network(draft, by: caller, defaultType: .vxlan)
    }

    private func refusal(
        by caller: RequestContext = .admin,
        _ adjust: (inout Network.Draft) -> Void
    ) -> ErrorReason? {
        do throws(NetworkError) {
            _ = try network(by: caller, adjust)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: [
        ("flat", 1500), ("vlan", 1500), ("vxlan", 1450), ("geneve", 1442), ("gre", 1458), ("local", 1500),
    ])
    func `the MTU follows from the type`(type: String, mtu: Int) throws {
        let network = try network {
            $0.networkType = type
            $0.physicalNetwork = ["flat", "vlan"].contains(type) ? "external" : ""
        }
        #expect(network.mtu == mtu)
    }

    @Test func `segments that cannot be are refused`() {
        #expect(refusal { $0.networkType = "token-ring" } == .invalidInput)
        #expect(refusal { $0.networkType = "flat" } == .invalidInput)
        #expect(refusal { $0.physicalNetwork = "external" } == .invalidInput)
        #expect(refusal { $0.segmentationID = 16_777_216 } == .invalidInput)
        #expect(
            refusal {
                $0.networkType = "flat"
                $0.physicalNetwork = "external"
                $0.segmentationID = 5
            } == .invalidInput
        )
        #expect(
            refusal {
                $0.networkType = "vlan"
                $0.physicalNetwork = "external"
                $0.segmentationID = 4095
            } == .invalidInput
        )
    }

    @Test func `what only administrators say is refused from others`() {
        #expect(refusal(by: .member) { $0.isShared = true } == .notAuthorized)
        #expect(refusal(by: .member) { $0.isExternal = true } == .notAuthorized)
        #expect(refusal(by: .member) { $0.networkType = "vxlan" } == .notAuthorized)
        #expect(refusal(by: .member) { $0.projectID = "red" } == .badRequest)
        #expect(refusal(by: .reader) { _ in } == .notAuthorized)
        #expect(refusal(by: .member) { $0.projectID = "blue" } == nil)
    }

    @Test(arguments: [67, 65536, -1])
    func `an MTU beyond what packets can be is refused`(mtu: Int) {
        #expect(refusal { $0.mtu = mtu } == .invalidInput)
    }

    @Test func `texts and tags have their limits`() {
        #expect(refusal { $0.name = String(repeating: "ü", count: 255) } == nil)
        #expect(refusal { $0.name = String(repeating: "n", count: 256) } == .invalidInput)
        #expect(refusal { $0.tags = ["a", "a"] } == .invalidInput)
        #expect(refusal { $0.tags = (0...50).map { "\($0)" } } == .badRequest)
        #expect(refusal { $0.tags = [""] } == nil)
        #expect(refusal { $0.dnsDomain = "example.org" } == .invalidInput)
        #expect(refusal { $0.dnsDomain = "example.org." } == nil)
        #expect(refusal { $0.availabilityZoneHints = ["a", "a"] } == .invalidInput)
    }

    @Test func `tags are added and removed by name`() throws {
        let labels = try Labels(tags: ["a", "b"])
        let changed = try labels.applying(LabelsChange(addedTags: ["b", "c"], removedTags: ["a", "x"]))
        #expect(changed.tags == ["b", "c"])
    }

    @Test func `type and physical network stay, the segmentation id may change`() throws {
        let network = try network { $0.segmentationID = 7 }
        #expect(try network.applying(.init(segmentationID: 8), by: .admin).segment.segmentationID == 8)
        #expect { try network.applying(.init(networkType: "gre"), by: .admin) } throws: {
            ($0 as? NetworkError)?.reason == .invalidInput
        }
        #expect { try network.applying(.init(isShared: true), by: .member) } throws: {
            ($0 as? NetworkError)?.reason == .notAuthorized
        }
        #expect(try network.applying(.init(isShared: false), by: .member) == network)
    }

    @Test func `addresses have names of their own unless the port has one`() throws {
        let network = try network()
        var port = try Port(Port.Draft(networkID: network.id), on: network, by: .admin)
        port.fixedAddresses = [
            FixedAddress(subnetID: .random(), address: try #require(IPAddress("10.0.0.31"))),
            FixedAddress(subnetID: .random(), address: try #require(IPAddress("2001:db8::5"))),
        ]
        #expect(
            port.names(inDomain: "example.org.").map(\.full)
                == ["host-10-0-0-31.example.org.", "host-2001-db8--5.example.org."]
        )
        port.dnsName = "web"
        port.dnsDomain = "shop."
        #expect(port.names(inDomain: "example.org.").map(\.full) == ["web.shop.", "web.shop."])
    }
}

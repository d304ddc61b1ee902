import Addressing
import ResourceModel
import Testing

@testable import NetworkService

@Suite struct AddressPlanTests {
    private let network = NetworkID.random()

    private func subnet(
        _ prefix: String,
        mode: IPv6Mode? = nil,
        types: [String] = [],
        of network: NetworkID? = nil
    ) throws -> Subnet {
        let prefix = try #require(CIDR(prefix))
        var draft = Subnet.Draft(networkID: network ?? self.network, version: prefix.version, prefix: prefix)
        draft.ipv6RAMode = mode
        draft.ipv6AddressMode = mode
        draft.serviceTypes = types
        return try Subnet(draft, by: .admin)
    }

    private func plan(_ subnets: [Subnet], owner: String = "", mayChoose: Bool = true) -> AddressPlan {
        AddressPlan(networkID: network, subnets: subnets, deviceOwner: owner, mayChoose: mayChoose)
    }

    private func entry(_ subnet: Subnet? = nil, _ address: String? = nil) -> AddressWish.Entry {
        AddressWish.Entry(subnetID: subnet?.id, address: address.flatMap { IPAddress($0) })
    }

    private func refusal(_ plan: AddressPlan, _ wish: AddressWish) -> ErrorReason? {
        do throws(NetworkError) {
            _ = try plan.choices(for: wish)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `by itself a port gets one address of each family and one of every automatic subnet`() throws {
        let (first, second) = (try subnet("10.0.0.0/24"), try subnet("10.0.1.0/24"))
        let stateful = try subnet("2001:db8:1::/64", mode: .stateful)
        let slaac = try subnet("2001:db8:2::/64", mode: .slaac)
        let choices = try plan([first, second, stateful, slaac]).choices(for: .automatic)
        #expect(choices == [.any([first.id, second.id]), .any([stateful.id]), .derived(slaac.id)])
    }

    @Test func `a floating IP gets an IPv4 address only`() throws {
        let (ipv4, ipv6) = (try subnet("10.0.0.0/24"), try subnet("2001:db8::/64"))
        #expect(try plan([ipv4, ipv6]).choices(for: .oneIPv4) == [.any([ipv4.id])])
        #expect(refusal(plan([ipv6]), .oneIPv4) == .ipAddressGenerationFailure)
    }

    @Test func `a network without subnets gives no addresses`() throws {
        #expect(try plan([]).choices(for: .automatic) == [])
        #expect(try plan([]).choices(for: .oneIPv4) == [])
    }

    @Test func `subnets for certain device owners serve no others`() throws {
        let subnet = try subnet("10.0.0.0/24", types: ["network:floatingip"])
        #expect(refusal(plan([subnet]), .automatic) == .ipAddressGenerationFailure)
        #expect(try plan([subnet], owner: "network:floatingip").choices(for: .automatic) == [.any([subnet.id])])
    }

    @Test func `an address alone finds its subnet`() throws {
        let (first, second) = (try subnet("10.0.0.0/24"), try subnet("10.0.1.0/24"))
        let address = try #require(IPAddress("10.0.1.9"))
        #expect(
            try plan([first, second]).choices(for: .given([entry(nil, "10.0.1.9")]))
                == [.exact(FixedAddress(subnetID: second.id, address: address))]
        )
    }

    @Test func `addresses that the network cannot have are refused`() throws {
        let subnet = try subnet("10.0.0.0/24")
        #expect(refusal(plan([subnet]), .given([entry(nil, "10.9.0.1")])) == .invalidIPForNetwork)
        #expect(refusal(plan([subnet]), .given([entry(nil, "10.0.0.255")])) == .invalidIPForNetwork)
        #expect(refusal(plan([subnet]), .given([entry(subnet, "10.0.0.0")])) == .invalidIPForSubnet)
        #expect(refusal(plan([subnet]), .given([entry(subnet, "10.9.0.1")])) == .invalidIPForSubnet)
        #expect(refusal(plan([subnet]), .given([entry()])) == .invalidInput)
        #expect(refusal(plan([subnet]), .given([entry(nil, "10.0.0.9"), entry(subnet, "10.0.0.9")])) == .invalidInput)
    }

    @Test func `subnets that are elsewhere or nowhere are told apart`() throws {
        let (own, strange) = (try subnet("10.0.0.0/24"), try subnet("10.0.1.0/24", of: .random()))
        #expect(refusal(plan([own, strange]), .given([entry(strange)])) == .invalidInput)
        #expect(refusal(plan([own]), .given([entry(strange)])) == .subnetNotFound)
    }

    @Test func `who does not own the network chooses subnets but no addresses`() throws {
        let subnet = try subnet("10.0.0.0/24")
        #expect(refusal(plan([subnet], mayChoose: false), .given([entry(subnet)])) == nil)
        #expect(refusal(plan([subnet], mayChoose: false), .given([entry(subnet, "10.0.0.9")])) == .notAuthorized)
    }

    @Test func `in an automatic subnet only a router is told its address`() throws {
        let subnet = try subnet("2001:db8::/64", mode: .slaac)
        let wish = AddressWish.given([entry(subnet, "2001:db8::")])
        #expect(refusal(plan([subnet]), wish) != nil)
        #expect(refusal(plan([subnet], owner: "network:router_interface"), wish) == nil)
        #expect(try plan([subnet]).choices(for: .given([entry(subnet)])) == [.derived(subnet.id)])
    }

    @Test func `an update keeps what is wanted and takes only the rest away`() throws {
        let (first, second) = (SubnetID.random(), SubnetID.random())
        func fixed(_ subnet: SubnetID, _ address: String) throws -> FixedAddress {
            FixedAddress(subnetID: subnet, address: try #require(IPAddress(address)))
        }
        let (one, two, three) = (
            try fixed(first, "10.0.0.5"), try fixed(first, "10.0.0.6"), try fixed(second, "10.0.1.5")
        )
        let update = AddressUpdate(
            from: [one, two, three],
            to: [.any([first]), .exact(one), .exact(try fixed(second, "10.0.1.9"))]
        ) { _ in nil }
        #expect(update.places == [.kept(two), .kept(one), .chosen(.exact(try fixed(second, "10.0.1.9")))])
        #expect(update.lost == [three])
    }
}

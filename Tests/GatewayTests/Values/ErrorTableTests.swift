import ResourceModel
import ServiceRuntime
import Testing

@testable import Gateway

@Suite struct ErrorTableTests {
    @Test(arguments: ErrorReason.allCases) func `every reason has a name and the status of its family`(
        reason: ErrorReason
    ) {
        let type = reason.neutronType
        #expect(!type.name.isEmpty)
        let statuses: [ErrorFamily: Int] = [
            .invalid: 400, .forbidden: 403, .notFound: 404, .conflict: 409, .exhausted: 409, .stale: 412,
            .unavailable: 503,
        ]
        #expect(type.status == statuses[reason.family])
    }

    @Test func `no two reasons have one name`() {
        let names = ErrorReason.allCases.map(\.neutronType.name)
        #expect(Set(names).count == names.count)
    }

    @Test(
        arguments: [
            (ErrorReason.routerNotFound, "RouterNotFound", 404), (.floatingIPNotFound, "FloatingIPNotFound", 404),
            (.routerInUse, "RouterInUse", 409), (.ipAddressGenerationFailure, "IpAddressGenerationFailure", 409),
            (.routerExternalGatewayInUseByFloatingIP, "RouterExternalGatewayInUseByFloatingIp", 409),
            (.externalGatewayForFloatingIPNotFound, "ExternalGatewayForFloatingIPNotFound", 404),
            (.floatingIPAssociatedByOther, "FipAssociated", 409), (.overQuota, "OverQuota", 409),
            (.invalidIPForNetwork, "InvalidIpForNetwork", 400), (.badRequest, "BadRequest", 400),
            (.externalIPAddressExhausted, "ExternalIpAddressExhausted", 400),
            (.notAuthorized, "PolicyNotAuthorized", 403), (.revisionMismatch, "RevisionNumberConstraintFailed", 412),
            (.serviceUnavailable, "ServiceUnavailable", 503), (.quotaNotFound, "TenantQuotaNotFound", 404),
            (.deviceIDNotOwnedByProject, "DeviceIDNotOwnedByTenant", 409),
            (.portForwardingNotFound, "PortForwardingNotFound", 404),
            (.conntrackHelperNotFound, "ConntrackHelperNotFound", 404), (.ndpProxyNotFound, "NDPProxyNotFound", 404),
            (.flavorNotFound, "FlavorNotFound", 404), (.qosPolicyNotFound, "QosPolicyNotFound", 404),
            (.unableToMatchGateways, "UnableToMatchGateways", 409),
            (.routerGatewayInUseByNDPProxy, "RouterGatewayInUseByNDPProxy", 409),
            (.routerInterfaceInUseByNDPProxy, "RouterInterfaceInUseByNDPProxy", 409),
            (.floatingIPInUseByPortForwarding, "FipInUseByPortForwarding", 409),
            (.portHasBindingFloatingIP, "PortHasBindingFloatingIP", 409),
            (.conntrackHelperNotAllowed, "ConntrackHelperNotAllowed", 400),
            (.invalidProtocolForHelper, "InvalidProtocolForHelper", 400), (.invalidAddress, "InvalidAddress", 400),
        ] as [(ErrorReason, String, Int)]
    )
    func `clients match on Neutron's names`(reason: ErrorReason, name: String, status: Int) {
        #expect(reason.neutronType == NeutronType(name: name, status: status))
    }

    @Test func `a marker that is gone is told in the resource's words`() {
        let error = RemoteError(reason: .markerNotFound, message: "marker x")
        #expect(Fault(error, asking: .router).type == "RouterNotFound")
        #expect(Fault(error, asking: nil).type == "HTTPNotFound")
    }

    @Test func `a network in use is told in the words that tempest looks for, once`() {
        let words = "There are one or more ports still in use on the network"
        let bare = Fault(RemoteError(reason: .networkInUse, message: "network n has ports"), asking: nil)
        #expect(bare.message == "network n has ports. \(words)")
        let said = Fault(RemoteError(reason: .networkInUse, message: words), asking: nil)
        #expect(said.message == words)
    }

    @Test func `a body has Neutron's three members`() throws {
        let body = String(decoding: Resource.router.notFound("x").body, as: UTF8.self)
        let expected =
            #"{"NeutronError":{"type":"RouterNotFound","message":"Router x could not be found","detail":""}}"#
        #expect(body == expected)
    }
}

/// The member actions of subnet pools as messages.
struct SubnetPoolActionCodec: Sendable {
    private static let service = "l3.network.v1.SubnetPools"
    private let prefixes: EncodingPlan
    private let onboarding: EncodingPlan

    static let prefixList = Attribute("prefixes", .list(.networkCIDR, .unique)).required
    static let network = Attribute("network_id", .id).required

    /// - Throws: `TableError` when the contracts do not fit.
    init() throws(TableError) {
        prefixes = try EncodingPlan(
            [.id, Self.prefixList],
            as: try MessageShape("l3.network.v1.SubnetPoolPrefixesRequest")
        )
        onboarding = try EncodingPlan(
            [.id, Self.network],
            as: try MessageShape("l3.network.v1.OnboardNetworkSubnetsRequest")
        )
    }

    /// Adding or removing twice is doing it once.
    func changePrefixes(_ id: String, _ list: JSONValue, isAdd: Bool) -> ResourceCalls.Call {
        call(isAdd ? "AddPrefixes" : "RemovePrefixes", prefixes, ["id": .string(id), "prefixes": list])
    }

    func onboard(_ id: String, _ network: JSONValue) -> ResourceCalls.Call {
        call("OnboardNetworkSubnets", onboarding, ["id": .string(id), "network_id": network])
    }

    private func call(
        _ name: String,
        _ plan: EncodingPlan,
        _ members: KeyValuePairs<String, JSONValue>
    ) -> ResourceCalls.Call {
        var writer = WireWriter()
        plan.write(JSONObject(members), to: &writer)
        return (ServiceMethod(service: Self.service, name: name, isRepeatable: true), writer.bytes)
    }
}

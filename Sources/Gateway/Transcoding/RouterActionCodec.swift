/// The member actions of routers as messages.
struct RouterActionCodec: Sendable {
    private static let service = "l3.router.v1.Routers"
    private let interface: EncodingPlan
    private let routes: EncodingPlan
    private let gateways: EncodingPlan
    /// How an attached or detached interface is shown.
    let interfaceView: RenderingPlan

    /// The ends of an interface that a request may name.
    static let interfaceEnds = [Attribute("subnet_id", .id), Attribute("port_id", .id)]
    static let routeList = Attribute("routes", .list(.object(Resource.route), .unique)).required
    static let gatewayList = Attribute("external_gateways", .list(.object(Resource.gateway))).required

    /// - Throws: `TableError` when the contracts do not fit.
    init() throws(TableError) {
        let add = try MessageShape("l3.router.v1.AddRouterInterfaceRequest")
        let remove = try MessageShape("l3.router.v1.RemoveRouterInterfaceRequest")
        guard add.fields == remove.fields else { throw .unfit(attribute: "interface", message: remove.name) }
        interface = try EncodingPlan([Self.routerID] + Self.interfaceEnds, as: add)
        routes = try EncodingPlan(
            [Self.routerID, Self.routeList],
            as: try MessageShape("l3.router.v1.ExtraRoutesRequest")
        )
        gateways = try EncodingPlan(
            [Self.routerID, Self.gatewayList],
            as: try MessageShape("l3.router.v1.ExternalGatewaysRequest")
        )
        interfaceView = try RenderingPlan(
            Resource.routerInterface,
            of: try MessageShape("l3.router.v1.RouterInterface"),
            forAdmins: false
        )
    }

    private static let routerID = Attribute("router_id", .id)

    /// Attaching can be asked for again only by a port or subnet that is then attached already, which is refused.
    func changeInterface(_ id: String, _ ends: JSONObject, isAdd: Bool) -> ResourceCalls.Call {
        (method(isAdd ? "AddRouterInterface" : "RemoveRouterInterface", false), bytes(interface, id, ends))
    }

    func changeRoutes(_ id: String, _ routes: JSONValue, isAdd: Bool) -> ResourceCalls.Call {
        let object = JSONObject(["routes": routes])
        return (method(isAdd ? "AddExtraRoutes" : "RemoveExtraRoutes", true), bytes(self.routes, id, object))
    }

    /// What is done with the gateways that a request lists.
    enum GatewayAction: String, Sendable {
        case add = "AddExternalGateways"
        case update = "UpdateExternalGateways"
        case remove = "RemoveExternalGateways"
    }

    /// Said twice, adding adds twice, and removing finds nothing to remove.
    func changeGateways(_ id: String, _ gateways: JSONObject, _ action: GatewayAction) -> ResourceCalls.Call {
        (method(action.rawValue, false), bytes(self.gateways, id, gateways))
    }

    private func method(_ name: String, _ isRepeatable: Bool) -> ServiceMethod {
        ServiceMethod(service: Self.service, name: name, isRepeatable: isRepeatable)
    }

    private func bytes(_ plan: EncodingPlan, _ id: String, _ attributes: JSONObject) -> [UInt8] {
        var object = attributes
        object["router_id"] = .string(id)
        var writer = WireWriter()
        plan.write(object, to: &writer)
        return writer.bytes
    }
}

internal import Addressing
internal import Nftables
internal import ResourceModel

/// The nftables table of every router: rules that never change, over maps that do; and the helpers of those that have
/// any.
///
/// A packet's way: before routing its destination is translated, by the floating IP first, by a forwarded port second.
/// After routing its source is, in this order: traffic among the router's own networks stays as it is, unless its
/// destination was translated; a fixed address with a floating IP leaves as that; everyone else leaves as the gateway,
/// where that is wanted; and who came in by an internal device to a translated destination goes on as the gateway, so
/// that the answer passes the router again. Only a connection's first packet passes here.
enum TranslationTable {
    static let table = Table(.ip, "sluice")

    /// The maps, by what they hold.
    enum Map {
        static let destinations: ObjectName = "fip_dnat"
        static let sources: ObjectName = "fip_snat"
        static let forwardings: ObjectName = "port_forward"
        static let gatewaySources: ObjectName = "gateway_snat"
        static let hairpinSources: ObjectName = "hairpin_snat"
    }

    /// The chains, by their place on the packet's way.
    private enum Place {
        static let prerouting: ObjectName = "prerouting"
        static let output: ObjectName = "output"
        static let postrouting: ObjectName = "postrouting"
    }

    /// The table without elements.
    static let empty = ruleset(TranslationPlan())

    /// The whole table with these elements in its maps.
    static func ruleset(_ plan: TranslationPlan) -> Ruleset {
        Ruleset(
            table,
            sets: maps + exitMaps(of: plan.exits),
            helpers: helpers(of: plan.helpers),
            chains: chains + helperChains(of: plan.helpers) + exitChains(of: plan.exits),
            rules: rules + helperRules(of: plan.helpers) + exitRules(of: plan.exits),
            elements: elements(of: plan)
        )
    }

    private static let destinations = NamedSet.map(Map.destinations, from: .ipv4Address, to: .ipv4Address)
    private static let sources = NamedSet.map(Map.sources, from: .ipv4Address, to: .ipv4Address)
    private static let forwardings = NamedSet.map(
        Map.forwardings,
        from: DataType(.ipv4Address, .transport, .port),
        to: DataType(.ipv4Address, .port)
    )
    private static let gatewaySources = NamedSet.map(
        Map.gatewaySources,
        from: DataType(.interfaceName),
        to: .ipv4Address
    )
    private static let hairpinSources = NamedSet.map(
        Map.hairpinSources,
        from: DataType(.interfaceName),
        to: .ipv4Address
    )

    private static let maps = [destinations, sources, forwardings, gatewaySources, hairpinSources]

    // The priorities are those of nft's words dstnat and srcnat.
    private static let chains: [Chain] = [
        Chain(Place.prerouting, .init(.nat, .prerouting, priority: -100)),
        Chain(Place.output, .init(.nat, .output, priority: -100)),
        Chain(Place.postrouting, .init(.nat, .postrouting, priority: 100)),
    ]

    private static let rules: [Rule] = [
        Rule(in: Place.prerouting, .translate(.destination, .ip, by: .destination(.ip), in: Map.destinations)),
        Rule(
            in: Place.prerouting,
            .translate(
                .destination,
                .ip,
                by: .destination(.ip),
                .transport,
                .destinationPort,
                in: Map.forwardings,
                withPort: true
            )
        ),
        Rule(in: Place.output, .translate(.destination, .ip, by: .destination(.ip), in: Map.destinations)),
        Rule(
            in: Place.postrouting,
            [Expression].match(.outgoingInterface, .notEqual, .interfacePrefix("qg-"))
                + [Expression].match(.destinationTranslated, has: false) + [.verdict(.accept)]
        ),
        Rule(in: Place.postrouting, .translate(.source, .ip, by: .source(.ip), in: Map.sources)),
        Rule(
            in: Place.postrouting,
            .translate(.source, .ip, by: .outgoingInterface, in: Map.gatewaySources, options: .fullyRandom)
        ),
        Rule(
            in: Place.postrouting,
            [Expression].match(.destinationTranslated)
                + [Expression].translate(.source, .ip, by: .incomingInterface, in: Map.hairpinSources)
        ),
    ]

    /// The steps that put the empty table in the place of whatever bears its name: the same for every router.
    static let anew = PreparedSteps { transaction in
        transaction.delete(table)
        transaction.add(empty)
    }

    /// Writes a change of what the maps hold, of the exits and of the helpers.
    static func apply(_ change: TranslationChange, to transaction: inout NftablesTransaction) {
        if let exits = change.exits { prepare(exits, in: &transaction) }
        forEachMap(of: change.removed) { transaction.delete($1, from: $0, in: table) }
        forEachMap(of: change.added) { transaction.add($1, to: $0, in: table) }
        if let exits = change.exits { apply(exits, to: &transaction) }
        if let helpers = change.helpers { apply(helpers, to: &transaction) }
    }

    /// Lends those of each map together, so that they go in one message.
    private static func forEachMap(of elements: [TranslationElement], _ body: (NamedSet, [Element]) -> Void) {
        for map in TranslationMap.allCases {
            var those: [Element] = []
            for element in elements where element.map == map {
                if those.isEmpty { those.reserveCapacity(elements.count) }
                those.append(Element(element))
            }
            if !those.isEmpty { body(set(of: map), those) }
        }
    }

    private static func set(of map: TranslationMap) -> NamedSet {
        switch map {
        case .destinations: destinations
        case .sources: sources
        case .forwardings: forwardings
        case .gatewaySources: gatewaySources
        case .hairpinSources: hairpinSources
        case .exitSources: exitMap
        }
    }

    /// What the maps hold for this plan.
    static func elements(of plan: TranslationPlan) -> [ObjectName: [Element]] {
        [
            Map.destinations: plan.destinations.map { Element($0, $1) },
            Map.sources: plan.sources.map { Element($0, $1) },
            Map.forwardings: plan.forwardings.map { Element($0, $1) },
            Map.gatewaySources: plan.gatewaySources.map { Element($0, $1) },
            Map.hairpinSources: plan.hairpinSources.map { Element($0, $1) },
        ].merging(plan.exits.isEmpty ? [:] : [exitMap.name: plan.exitSources.map { exitElement($0, $1) }]) { $1 }
    }
}

extension Element {
    fileprivate init(_ element: TranslationElement) {
        switch element {
        case .destination(let floating, let target): self.init(floating, target)
        case .source(let fixed, let floating): self.init(fixed, floating)
        case .forwarding(let port, let endpoint): self.init(port, endpoint)
        case .gatewaySource(let device, let source), .hairpinSource(let device, let source): self.init(device, source)
        case .exitSource(let source, let number): self = TranslationTable.exitElement(source, number)
        }
    }

    fileprivate init(_ floating: IPv4Address, _ target: FloatingTarget) {
        self.init(RegisterValue(floating), value: RegisterValue(target.fixed), comment: target.id.description)
    }

    fileprivate init(_ fixed: IPv4Address, _ floating: IPv4Address) {
        self.init(RegisterValue(fixed), value: RegisterValue(floating))
    }

    fileprivate init(_ port: ForwardedPort, _ endpoint: Endpoint) {
        self.init(RegisterValue(port), value: RegisterValue(endpoint))
    }

    fileprivate init(_ interface: String, _ source: IPv4Address) {
        self.init(.interfaceName(interface), value: RegisterValue(source))
    }
}

extension RegisterValue {
    fileprivate init(_ port: ForwardedPort) {
        self = .concatenation(RegisterValue(port.address), .transport(port.transport.rawValue), .port(port.port))
    }

    fileprivate init(_ endpoint: Endpoint) {
        self = .concatenation(RegisterValue(endpoint.address), .port(endpoint.port))
    }
}

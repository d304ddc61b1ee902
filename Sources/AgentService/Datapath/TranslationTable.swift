internal import Addressing
internal import Nftables
internal import ResourceModel

/// The nftables table of every router: rules that never change, over maps that do; and the helpers of those that have any.
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
            sets: maps,
            helpers: helpers(of: plan.helpers),
            chains: chains + helperChains(of: plan.helpers),
            rules: rules + helperRules(of: plan.helpers),
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

    /// What is to be done to each map for a change.
    static func changes(_ change: TranslationChange) -> [(map: NamedSet, elements: ElementChanges)] {
        let (removed, added) = (change.removed, change.added)
        // One by one and not by name: this is the path that each change of a floating IP takes.
        return [
            (destinations, changes(removed.destinations, added.destinations) { Element($0, $1) }),
            (sources, changes(removed.sources, added.sources) { Element($0, $1) }),
            (forwardings, changes(removed.forwardings, added.forwardings) { Element($0, $1) }),
            (gatewaySources, changes(removed.gatewaySources, added.gatewaySources) { Element($0, $1) }),
            (hairpinSources, changes(removed.hairpinSources, added.hairpinSources) { Element($0, $1) }),
        ]
    }

    private static func changes<Key, Value>(
        _ removed: [Key: Value],
        _ added: [Key: Value],
        _ element: (Key, Value) -> Element
    ) -> ElementChanges {
        ElementChanges(
            deletions: removed.map { element($0, $1) },
            additions: added.map { element($0, $1) }
        )
    }

    /// What the maps hold for this plan.
    static func elements(of plan: TranslationPlan) -> [ObjectName: [Element]] {
        [
            Map.destinations: plan.destinations.map { Element($0, $1) },
            Map.sources: plan.sources.map { Element($0, $1) },
            Map.forwardings: plan.forwardings.map { Element($0, $1) },
            Map.gatewaySources: plan.gatewaySources.map { Element($0, $1) },
            Map.hairpinSources: plan.hairpinSources.map { Element($0, $1) },
        ]
    }
}

extension Element {
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

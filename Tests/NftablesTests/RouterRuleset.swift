import Addressing
import Nftables
import Testing

/// The ruleset of a router as the agent's design has it: constant rules over maps.
enum RouterRuleset {
    static let table = Table(.ip, "sluice")
    static let destinations = NamedSet.map("fip_dnat", from: .ipv4Address, to: .ipv4Address)
    static let sources = NamedSet.map("fip_snat", from: .ipv4Address, to: .ipv4Address)
    static let forwardings = NamedSet.map(
        "port_forward",
        from: DataType(.ipv4Address, .transport, .port),
        to: DataType(.ipv4Address, .port)
    )

    static func with(gateway: IPv4Address, elements: [ObjectName: [Element]] = [:]) -> Ruleset {
        Ruleset(
            table,
            sets: [destinations, sources, forwardings],
            chains: [
                Chain("prerouting", .init(.nat, .prerouting, priority: -100)),
                Chain("output", .init(.nat, .output, priority: -100)),
                Chain("postrouting", .init(.nat, .postrouting, priority: 100)),
            ],
            rules: prerouting + postrouting(gateway),
            elements: elements
        )
    }

    private static let prerouting = [
        Rule(
            in: "prerouting",
            .match(.incomingInterface, .equal, .interfacePrefix("qr-"))
                + .match(.destination(.ip), .equal, RegisterValue(IPv4Address(169, 254, 169, 254)))
                + .match(.transport, .equal, .transport(6)) + .match(.destinationPort, .equal, .port(80))
                + .redirect(toPort: 9697),
            comment: "metadata"
        ),
        Rule(in: "prerouting", .translate(.destination, .ip, by: .destination(.ip), in: "fip_dnat")),
        Rule(
            in: "prerouting",
            .translate(
                .destination,
                .ip,
                by: .destination(.ip),
                .transport,
                .destinationPort,
                in: "port_forward",
                withPort: true
            )
        ),
        Rule(in: "output", .translate(.destination, .ip, by: .destination(.ip), in: "fip_dnat")),
    ]

    private static func postrouting(_ gateway: IPv4Address) -> [Rule] {
        [
            Rule(
                in: "postrouting",
                .match(.outgoingInterface, .notEqual, .interfacePrefix("qg-"))
                    + .match(.destinationTranslated, has: false) + [.verdict(.accept)]
            ),
            Rule(in: "postrouting", .translate(.source, .ip, by: .source(.ip), in: "fip_snat")),
            Rule(
                in: "postrouting",
                .match(.outgoingInterface, .equal, .interfaceName("qg-1"))
                    + .translate(.source, to: .v4(gateway), options: .fullyRandom)
            ),
            Rule(
                in: "postrouting",
                .match(.incomingInterface, .notEqual, .interfacePrefix("qg-")) + .match(.destinationTranslated)
                    + .translate(.source, to: .v4(gateway))
            ),
        ]
    }

    /// The two elements of a floating IP.
    static func floating(_ floating: IPv4Address, to fixed: IPv4Address, id: String? = nil) -> [ObjectName: [Element]] {
        [
            destinations.name: [Element(RegisterValue(floating), value: RegisterValue(fixed), comment: id)],
            sources.name: [Element(RegisterValue(fixed), value: RegisterValue(floating))],
        ]
    }

    /// The element of a port forwarding.
    static func forwarding(
        _ floating: IPv4Address,
        _ port: UInt16,
        over transport: UInt8,
        to fixed: IPv4Address,
        _ inside: UInt16
    ) -> Element {
        Element(
            .concatenation(RegisterValue(floating), .transport(transport), .port(port)),
            value: .concatenation(RegisterValue(fixed), .port(inside))
        )
    }
}

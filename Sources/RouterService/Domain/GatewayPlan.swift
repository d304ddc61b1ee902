internal import ResourceModel

/// How somebody wants a router's gateways changed.
enum GatewayEdit: Hashable, Sendable {
    /// The compatible one is to be like this or, with nil, to go; the others stay.
    case compatible(GatewayRequest?)
    /// These come behind those that there are.
    case add([GatewayRequest])
    /// There are to be these, in this order.
    case replace([GatewayRequest])
    /// These are to go.
    case remove([GatewayRequest])

    var requests: [GatewayRequest] {
        switch self {
        case .compatible(let request): request.map { [$0] } ?? []
        case .add(let requests), .replace(let requests), .remove(let requests): requests
        }
    }
}

/// What a router's gateways are to become, the compatible one first, and which ports go for that.
struct GatewayPlan: Hashable, Sendable {
    private(set) var steps: [Step] = []
    private(set) var removed: [RouterPort] = []

    /// What becomes of one gateway.
    enum Step: Hashable, Sendable {
        /// The port stays, with source NAT or without.
        case keep(RouterPort, enablesSNAT: Bool)
        /// The port stays and gets other addresses.
        case readdress(RouterPort, [WantedAddress], enablesSNAT: Bool)
        /// A port has to be made.
        case make(GatewayRequest)
    }

    /// The way from the gateways there are, the compatible one first, to those wanted.
    ///
    /// - Throws: `gatewaysUnmatched` when a request names none of them, or does not tell which.
    init(_ edit: GatewayEdit, of present: [RouterPort]) throws(RouterError) {
        switch edit {
        case .compatible(let wanted):
            if let wanted { steps = [Self.step(from: present.first, to: wanted)] }
            if let first = present.first, steps.first?.port != first { removed = [first] }
            steps += present.dropFirst().map(Self.kept)
        case .add(let requests):
            steps = present.map(Self.kept) + requests.map(Step.make)
        case .replace(let requests):
            var left = present
            for request in requests {
                let match = try Self.match(request, among: left)
                left.removeAll { $0 == match }
                steps.append(Self.step(from: match, to: request))
            }
            removed = left
        case .remove(let requests):
            var left = present
            for request in requests {
                guard let match = try Self.match(request, among: left) else {
                    throw .gatewaysUnmatched("no gateway is on network \(request.networkID) with such addresses")
                }
                left.removeAll { $0 == match }
                removed.append(match)
            }
            steps = left.map(Self.kept)
        }
    }

    /// The networks that gateways are to be on.
    var networkIDs: Set<NetworkID> { Set(steps.map(\.networkID)) }

    private static func kept(_ port: RouterPort) -> Step { .keep(port, enablesSNAT: port.enablesSNAT) }

    private static func step(from present: RouterPort?, to wanted: GatewayRequest) -> Step {
        guard let present, present.networkID == wanted.networkID else { return .make(wanted) }
        let enablesSNAT = wanted.enablesSNAT ?? true
        return wanted.isSatisfied(by: present.addresses)
            ? .keep(present, enablesSNAT: enablesSNAT)
            : .readdress(present, wanted.addresses, enablesSNAT: enablesSNAT)
    }

    /// The gateway on the request's network, with one of its addresses if it names any.
    private static func match(
        _ request: GatewayRequest,
        among present: [RouterPort]
    ) throws(RouterError) -> RouterPort? {
        let found = present.filter { port in
            port.networkID == request.networkID
                && (request.addresses.isEmpty
                    || request.addresses.contains { wish in port.addresses.contains(where: wish.matches) })
        }
        guard found.count <= 1 else {
            throw .gatewaysUnmatched(
                "several gateways are on network \(request.networkID): external_fixed_ips must say which"
            )
        }
        return found.first
    }
}

extension GatewayPlan.Step {
    /// The port that stays; nil for one that has to be made.
    var port: RouterPort? {
        switch self {
        case .keep(let port, _), .readdress(let port, _, _): port
        case .make: nil
        }
    }

    var networkID: NetworkID {
        switch self {
        case .keep(let port, _), .readdress(let port, _, _): port.networkID
        case .make(let request): request.networkID
        }
    }

    /// Whether NetworkService has a part in it.
    var isLocal: Bool { if case .keep = self { true } else { false } }

    var enablesSNAT: Bool {
        switch self {
        case .keep(_, let enablesSNAT), .readdress(_, _, let enablesSNAT): enablesSNAT
        case .make(let request): request.enablesSNAT ?? true
        }
    }
}

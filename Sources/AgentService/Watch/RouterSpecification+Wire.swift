internal import Addressing
internal import Contracts
internal import ResourceModel
internal import SwiftProtobuf

extension Wire {
    typealias Router = L3_Agent_V1_RouterState
    typealias GatewayPort = L3_Agent_V1_GatewayPort
    typealias RouterPort = L3_Agent_V1_RouterPort
    typealias PortAddress = L3_Agent_V1_PortAddress
    typealias StaticRoute = L3_Agent_V1_StaticRoute
    typealias HelperRule = L3_Agent_V1_HelperRule
}

extension RouterSpecification {
    init(_ wire: Wire.Router) throws(WireFault) {
        id = try WireFault.parse(wire.id, "id")
        revision = wire.revisionNumber
        isUp = wire.adminStateUp
        var gateways: [GatewaySpecification] = []
        for gateway in wire.gateways { gateways.append(try GatewaySpecification(gateway)) }
        self.gateways = gateways
        var interfaces: [PortSpecification] = []
        for interface in wire.interfaces { interfaces.append(try PortSpecification(interface)) }
        self.interfaces = interfaces
        var routes: [StaticRoute] = []
        for route in wire.routes { routes.append(try StaticRoute(route)) }
        self.routes = routes
        for helper in wire.conntrackHelpers { helpers.insert(try HelperRule(helper)) }
        proxiesNeighbours = wire.enableNdpProxy
    }

    var wire: Wire.Router {
        Wire.Router.with {
            $0.id = id.description
            $0.revisionNumber = revision
            $0.adminStateUp = isUp
            $0.gateways = gateways.map(\.wire)
            $0.interfaces = interfaces.map(\.wire)
            $0.routes = routes.map(\.wire)
            $0.conntrackHelpers = helpers.sorted().map(\.wire)
            $0.enableNdpProxy = proxiesNeighbours
        }
    }
}

extension GatewaySpecification {
    init(_ wire: Wire.GatewayPort) throws(WireFault) {
        port = try PortSpecification(wire.port)
        translatesSources = wire.enableSnat
        var networks: [CIDR] = []
        for network in wire.onLinkCidrs { networks.append(try WireFault.parse(network, "on_link_cidrs")) }
        onLinkNetworks = networks
    }

    var wire: Wire.GatewayPort {
        Wire.GatewayPort.with {
            $0.port = port.wire
            $0.enableSnat = translatesSources
            $0.onLinkCidrs = onLinkNetworks.map(\.description)
        }
    }
}

extension PortSpecification {
    init(_ wire: Wire.RouterPort) throws(WireFault) {
        id = try WireFault.parse(wire.portID, "port_id")
        network = try WireFault.parse(wire.networkID, "network_id")
        mac = try WireFault.parse(wire.macAddress, "mac_address")
        mtu = Int(wire.mtuBytes)
        guard (68...65535).contains(mtu) else { throw WireFault("mtu_bytes", "\(mtu)") }
        var addresses: [PortAddress] = []
        for address in wire.addresses { addresses.append(try PortAddress(address)) }
        self.addresses = addresses
        physicalNetwork = wire.physicalNetwork.isEmpty ? nil : wire.physicalNetwork
        networkType = wire.networkType
    }

    var wire: Wire.RouterPort {
        Wire.RouterPort.with {
            $0.portID = id.description
            $0.networkID = network.description
            $0.macAddress = mac.description
            $0.mtuBytes = Int32(mtu)
            $0.addresses = addresses.map(\.wire)
            $0.physicalNetwork = physicalNetwork ?? ""
            $0.networkType = networkType
        }
    }
}

extension PortAddress {
    init(_ wire: Wire.PortAddress) throws(WireFault) {
        let host = try WireFault.parse(wire.ipAddress, "ip_address", as: IPAddress.self)
        guard let address = CIDR(address: host, prefixLength: Int(wire.prefixLength)) else {
            throw WireFault("prefix_length", "\(wire.prefixLength)")
        }
        self.address = address
        subnetGateway = try WireFault.parseOptional(wire.gatewayIp, "gateway_ip")
        if !wire.ipv6RaMode.isEmpty {
            guard let setup = HostSetup(rawValue: wire.ipv6RaMode) else {
                throw WireFault("ipv6_ra_mode", wire.ipv6RaMode)
            }
            hostSetup = setup
        }
        for server in wire.dnsNameservers { nameServers.append(try WireFault.parse(server, "dns_nameservers")) }
    }

    var wire: Wire.PortAddress {
        Wire.PortAddress.with {
            $0.ipAddress = address.address.description
            $0.prefixLength = Int32(address.prefixLength)
            $0.gatewayIp = subnetGateway?.description ?? ""
            $0.ipv6RaMode = hostSetup?.rawValue ?? ""
            $0.dnsNameservers = nameServers.map(\.description)
        }
    }
}

extension StaticRoute {
    init(_ wire: Wire.StaticRoute) throws(WireFault) {
        destination = try WireFault.parse(wire.destination, "destination")
        nexthop = try WireFault.parse(wire.nexthop, "nexthop")
    }

    var wire: Wire.StaticRoute {
        Wire.StaticRoute.with {
            $0.destination = destination.description
            $0.nexthop = nexthop.description
        }
    }
}

extension HelperRule {
    init(_ wire: Wire.HelperRule) throws(WireFault) {
        guard let transport = TransportProtocol(name: wire.protocol) else {
            throw WireFault("conntrack_helpers.protocol", wire.protocol)
        }
        guard let port = UInt16(exactly: wire.port), port > 0 else {
            throw WireFault("conntrack_helpers.port", "\(wire.port)")
        }
        self.init(module: HelperModule(name: wire.helper, transport: transport), port: port)
    }

    var wire: Wire.HelperRule {
        Wire.HelperRule.with {
            $0.protocol = "\(module.transport)"
            $0.port = Int32(port)
            $0.helper = module.name
        }
    }
}

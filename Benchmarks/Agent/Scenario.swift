import Contracts
import Netlink
import SwiftProtobuf

/// What a control plane tells of routers like those of the floor: each on one of 16 inside networks and on one of four
/// external ones.
enum Scenario {
    static let insideBridges = 16
    static let outsideBridges = 4

    /// The bridges by which the external networks come in.
    static var physicalBridges: [String: String] {
        Dictionary(uniqueKeysWithValues: (0..<outsideBridges).map { ("physical\($0)", "out\($0)") })
    }

    /// Makes all bridges, as the floor does beforehand.
    static func makeBridges() throws {
        var route = try RouteSocket()
        let outside = (0..<outsideBridges).map { "out\($0)" }
        let inside = (0..<insideBridges).map { "brq\(id(.network, $0).prefix(11))" }
        for name in outside + inside where try route.link(named: name) == nil {
            try route.apply(.createBridge(Bridge(name: name)))
        }
    }

    /// What an id is of; part of the id, so that no two are the same.
    enum Kind: Int {
        case router = 1
        case insidePort, outsidePort, network, external, floatingIP, forwarding
    }

    /// The id of the object of a kind with this number; its beginning differs, since names are made of that.
    static func id(_ kind: Kind, _ number: Int) -> String {
        let beginning = hexadecimal(number << 4 | kind.rawValue, digits: 8)
        return "\(beginning)-0000-4000-8000-000000000000"
    }

    /// A floating IP's id, which tells its router.
    static func floatingID(_ number: Int, of router: Int) -> String {
        "\(hexadecimal(number << 4 | Kind.floatingIP.rawValue, digits: 8))-0000-4000-8000-"
            + hexadecimal(router, digits: 12)
    }

    private static func hexadecimal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }

    private static func ipv4(_ number: Int) -> String {
        "\(number >> 24 & 255).\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    }

    private static func port(_ kind: Kind, _ number: Int, _ address: String, _ length: Int32) -> L3_Agent_V1_RouterPort
    {
        .with {
            $0.portID = id(kind, number)
            $0.mtuBytes = 1500
            $0.macAddress = "fa:16:3e:" + pair(number >> 8) + ":" + pair(number) + ":" + pair(kind.rawValue)
            $0.addresses = [
                .with {
                    $0.ipAddress = address
                    $0.prefixLength = length
                }
            ]
        }
    }

    private static func pair(_ number: Int) -> String { hexadecimal(number & 255, digits: 2) }

    /// A router is there.
    static func router(_ number: Int) -> L3_Agent_V1_WatchRoutersResponse {
        var inside = port(.insidePort, number, "10.0.0.1", 24)
        inside.networkID = id(.network, number % insideBridges)
        inside.networkType = "vxlan"
        var outside = port(.outsidePort, number, ipv4(0xac10_0002 + number), 12)
        outside.networkID = id(.external, number % outsideBridges)
        outside.networkType = "flat"
        outside.physicalNetwork = "physical\(number % outsideBridges)"
        outside.addresses[0].gatewayIp = "172.16.0.1"
        return .with {
            $0.upserted = .with {
                $0.id = id(.router, number)
                $0.revisionNumber = 1
                $0.adminStateUp = true
                $0.interfaces = [inside]
                $0.gateways = [
                    .with {
                        $0.port = outside
                        $0.enableSnat = true
                    }
                ]
            }
        }
    }

    /// All routers were told.
    static let routersSynced = L3_Agent_V1_WatchRoutersResponse.with { $0.synced = .with { $0.position = "1" } }

    /// All floating IPs of a router were told.
    static func addressesSynced(of router: Int) -> L3_Agent_V1_WatchAddressesResponse {
        .with {
            $0.routerID = id(.router, router)
            $0.synced = .with { $0.position = "1" }
        }
    }

    private static func address(_ number: Int, of router: Int, _ revision: Int64) -> L3_Agent_V1_AddressState {
        .with {
            $0.id = floatingID(number, of: router)
            $0.revisionNumber = revision
            $0.floatingIpAddress = ipv4(0xac11_0000 + number)
            $0.floatingNetworkID = id(.external, router % outsideBridges)
        }
    }

    /// A router has a floating IP.
    static func floatingIP(
        _ number: Int,
        of router: Int,
        revision: Int64 = 1
    ) -> L3_Agent_V1_WatchAddressesResponse {
        var address = address(number, of: router, revision)
        address.fixedIpAddress = ipv4(0x0a00_0000 + 10 + number)
        return .with {
            $0.routerID = id(.router, router)
            $0.upserted = address
        }
    }

    /// A router has a floating IP no more.
    static func removal(_ number: Int, of router: Int, revision: Int64) -> L3_Agent_V1_WatchAddressesResponse {
        .with {
            $0.routerID = id(.router, router)
            $0.deleted = .with {
                $0.id = floatingID(number, of: router)
                $0.revisionNumber = revision
            }
        }
    }

    /// A router has a floating IP with so many port forwardings.
    static func forwardings(_ count: Int, of number: Int, router: Int) -> L3_Agent_V1_WatchAddressesResponse {
        var address = address(number, of: router, 1)
        address.portForwardings = (0..<count).map { rule in
            .with {
                $0.id = id(.forwarding, number * count + rule)
                $0.protocol = "tcp"
                $0.externalPortFirst = Int32(1024 + rule)
                $0.externalPortLast = Int32(1024 + rule)
                $0.internalIpAddress = ipv4(0x0a00_000a + rule % 200)
                $0.internalPortFirst = 22
                $0.internalPortLast = 22
            }
        }
        return .with {
            $0.routerID = id(.router, router)
            $0.upserted = address
        }
    }
}

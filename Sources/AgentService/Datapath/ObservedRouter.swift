internal import Addressing
internal import ResourceModel

/// What of ours the kernel holds for one router, as read back.
struct ObservedRouter: Hashable, Sendable {
    /// Whether the namespace says which node it belongs to.
    var isMarked = false
    /// The parameters that could be read; a kernel without a feature lacks its parameters.
    var parameters: [NamespaceParameter: String] = [:]
    /// By name.
    var devices: [String: ObservedDevice] = [:]
    /// By destination.
    var routes: [CIDR: RoutePlan] = [:]
    /// By their numbers.
    var exits: [UInt32: ObservedExit] = [:]
    var table = ObservedTranslation.missing
}

/// A router's nftables table as read back.
enum ObservedTranslation: Hashable, Sendable {
    case missing
    /// Its chains, rules or maps are not those of this version.
    case foreign
    case current(TranslationPlan)
}

/// A device of a router as read back.
struct ObservedDevice: Hashable, Sendable {
    var settings: DeviceSettings
    /// The device's end on the node; nil when it is not where the name says, so that the device must be made anew.
    var hostEnd: HostEndSettings?
    var addresses: Set<CIDR> = []
    var localAddresses: Set<IPv4Address> = []
    var proxiesNeighbours = false
    var neighbourProxies: Set<IPv6Address> = []
}

/// How a router's device is set up, its addresses apart.
struct DeviceSettings: Hashable, Sendable {
    var mac: MACAddress
    /// In bytes.
    var mtu: Int
    var isUp = true
    var forwards = true
    var arpIgnore: Int
    /// 2: ARP requests bear the best address of the device they leave by.
    var arpAnnounce = 2
    /// 0: packets may come in where no route leads back.
    var reversePathFilter = 0
    /// False: the kernel adds no IPv6 address by itself, which it would probe and announce to the whole bridge.
    var makesIPv6Addresses = false
}

/// How the end on the node is set up.
struct HostEndSettings: Hashable, Sendable {
    var bridge: String?
    /// In bytes.
    var mtu: Int
    var isUp = true
    /// Whether the bridge is up; true of an operator's, which is not for us to judge.
    var isBridgeUp = true
}

extension ObservedRouter {
    /// What there is when a plan was carried out to the letter.
    init(carriedOut plan: RouterPlan) {
        isMarked = true
        parameters = plan.parameters
        devices = plan.devices.mapValues { device in
            ObservedDevice(
                settings: device.settings,
                hostEnd: device.hostEndSettings,
                addresses: device.addresses,
                localAddresses: device.localAddresses,
                proxiesNeighbours: device.proxiesNeighbours,
                neighbourProxies: device.neighbourProxies
            )
        }
        routes = plan.routes
        exits = plan.exits.mapValues { ObservedExit(hop: $0) }
        table = .current(plan.translation)
    }
}

extension DevicePlan {
    /// The settings that the plan wants.
    var settings: DeviceSettings { DeviceSettings(mac: mac, mtu: mtu, arpIgnore: arpIgnore) }

    /// The settings that the plan wants of the end on the node.
    var hostEndSettings: HostEndSettings { HostEndSettings(bridge: bridge.name, mtu: mtu) }
}

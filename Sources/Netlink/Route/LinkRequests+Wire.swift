internal import Addressing
internal import CLinux
internal import Glibc

extension MessageWriter {
    /// Writes `RTM_NEWLINK` for a pair of which the outer end is the host's.
    ///
    /// Only for the outer end does the kernel honour the master and `IFF_UP`. Each has one queue: otherwise the kernel
    /// makes one per processor and waits for four grace periods.
    mutating func createVethPair(_ pair: VethPair, index: InterfaceIndex?, peerNamespace: Int32) {
        let up = UInt32(IFF_UP)
        message(
            type: RTM_NEWLINK,
            flags: NLM_F_CREATE | NLM_F_EXCL,
            fixedPart: ifinfomsg(index: index?.rawValue ?? 0, flags: up, change: up)
        ) { writer in
            writer.putLink(name: pair.host.name, mac: pair.host.mac, mtu: pair.host.mtu)
            writer.putSingleQueue()
            if let master = pair.host.master { writer.put(IFLA_MASTER, master.rawValue) }
            writer.nest(IFLA_LINKINFO) { writer in
                writer.put(IFLA_INFO_KIND, text: "veth")
                writer.nest(IFLA_INFO_DATA) { writer in
                    writer.nest(VETH_INFO_PEER) { $0.putPeer(pair.peer, namespace: peerNamespace) }
                }
            }
        }
    }

    /// Writes `RTM_NEWLINK` for the alias of an interface that is there: in the making of one the kernel ignores it.
    mutating func setAlias(_ alias: String, ofLink name: String) {
        message(type: RTM_NEWLINK, flags: 0, fixedPart: ifinfomsg()) { writer in
            writer.put(IFLA_IFNAME, text: name)
            writer.put(IFLA_IFALIAS, text: alias)
        }
    }

    private mutating func putPeer(_ peer: VethPair.PeerEnd, namespace: Int32) {
        // No IFF_UP here: the kernel would open the peer before it is joined, and fail with ENOTCONN.
        append(ifinfomsg(index: peer.index?.rawValue ?? 0))
        putLink(name: peer.name, mac: peer.mac, mtu: peer.mtu)
        putSingleQueue()
        put(IFLA_NET_NS_FD, namespace)
    }

    private mutating func putLink(name: String?, mac: MACAddress?, mtu: Int?) {
        if let name { put(IFLA_IFNAME, text: name) }
        if let mac { put(IFLA_ADDRESS, bytes: mac.bytes) }
        if let mtu { put(IFLA_MTU, UInt32(clamping: mtu)) }
    }

    private mutating func putSingleQueue() {
        put(IFLA_NUM_TX_QUEUES, UInt32(1))
        put(IFLA_NUM_RX_QUEUES, UInt32(1))
    }

    mutating func createBridge(_ bridge: Bridge, flags: Int32) {
        let up = UInt32(IFF_UP)
        message(
            type: RTM_NEWLINK,
            flags: NLM_F_CREATE | NLM_F_EXCL | flags,
            fixedPart: ifinfomsg(flags: up, change: up)
        ) { writer in
            writer.putLink(name: bridge.name, mac: bridge.mac, mtu: bridge.mtu)
            writer.nest(IFLA_LINKINFO) { $0.put(IFLA_INFO_KIND, text: "bridge") }
        }
    }

    /// Writes one `RTM_NEWLINK`, or two for an interface that goes up and shall not make IPv6 addresses as usual.
    ///
    /// The kernel sets an interface up before it reads what stands for its families, and makes the addresses at once.
    mutating func configureLink(_ index: InterfaceIndex, _ settings: LinkSettings, flags: Int32) {
        if settings.isUp == true, settings.ipv6AddressGeneration != nil {
            var before = settings
            before.isUp = nil
            configureLink(index, before, flags: flags)
            return configureLink(index, LinkSettings(isUp: true), flags: flags)
        }
        let up = UInt32(IFF_UP)
        let fixed = ifinfomsg(
            index: index.rawValue,
            flags: settings.isUp == true ? up : 0,
            change: settings.isUp == nil ? 0 : up
        )
        message(type: RTM_NEWLINK, flags: flags, fixedPart: fixed) { writer in
            writer.putLink(name: settings.name, mac: settings.mac, mtu: settings.mtu)
            switch settings.master {
            case .bridge(let index): writer.put(IFLA_MASTER, index.rawValue)
            case .noBridge: writer.put(IFLA_MASTER, Int32(0))
            case nil: break
            }
            if let alias = settings.alias { writer.put(IFLA_IFALIAS, text: alias) }
            guard settings.ipv4 != nil || settings.ipv6AddressGeneration != nil else { return }
            writer.nest(IFLA_AF_SPEC) { writer in
                settings.ipv4?.write(to: &writer)
                if let mode = settings.ipv6AddressGeneration {
                    writer.nest(AF_INET6) { $0.put(IFLA_INET6_ADDR_GEN_MODE, mode.wire) }
                }
            }
        }
    }

    mutating func deleteLink(_ index: InterfaceIndex, flags: Int32) {
        message(type: RTM_DELLINK, flags: flags, fixedPart: ifinfomsg(index: index.rawValue))
    }
}

extension ifinfomsg {
    init(index: Int32 = 0, flags: UInt32 = 0, change: UInt32 = 0) {
        self.init()
        ifi_family = UInt8(AF_UNSPEC)
        ifi_index = index
        ifi_flags = flags
        ifi_change = change
    }
}

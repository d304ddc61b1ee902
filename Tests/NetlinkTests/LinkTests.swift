import Addressing
import KernelTestSupport
import Netlink
import Testing

@Suite(.needsKernel, .tags(.kernel)) struct LinkTests {
    /// A node with a bridge, and a router's namespace with one device in it.
    private func withRouter(
        _ body: (_ node: ScratchNamespace, _ router: ScratchNamespace, _ bridge: InterfaceIndex) throws -> Void
    ) throws {
        try ScratchNetwork.with { network in
            let node = try network.namespace("node")
            let router = try network.namespace("router")
            let bridge = Bridge(name: "brq-1", mac: try .of("fa:16:3e:00:00:01"), mtu: 1450)
            try node.withRoute { (route) throws(NetlinkError) in try route.apply(.createBridge(bridge)) }
            let index = try node.link("brq-1").index
            let pair = VethPair(
                host: .init(
                    name: "tap-1",
                    master: index,
                    mac: try .of("fe:16:3e:00:00:02"),
                    mtu: 1450,
                    alias: "router 1"
                ),
                peer: .init(name: "qr-1", index: 7, mac: try .of("fa:16:3e:00:00:02"), mtu: 1450)
            )
            try router.withNamespace { (namespace) throws(NetlinkError) in
                try node.withRoute { (route) throws(NetlinkError) in
                    try route.createVethPairs([pair], peersIn: namespace)
                }
            }
            try body(node, router, index)
        }
    }

    @Test func `a glance tells an interface's name and whether it is up`() throws {
        try withRouter { node, router, bridge in
            func glance(at index: InterfaceIndex) throws -> (name: String, isUp: Bool)? {
                try node.withRoute { (route) throws(NetlinkError) in route.glance(at: index) }
            }
            let up = try #require(try glance(at: bridge))
            #expect(up == ("brq-1", true))
            try node.run("ip", "link", "set", "brq-1", "down")
            let down = try #require(try glance(at: bridge))
            #expect(down == ("brq-1", false))
            try node.run("ip", "link", "delete", "brq-1")
            #expect(try glance(at: bridge) == nil)
        }
    }

    @Test func `a veth pair is made in place with everything that was asked for`() throws {
        try withRouter { node, router, bridge in
            let host = try node.link("tap-1")
            #expect(host.kind == "veth")
            #expect(host.master == bridge)
            #expect(host.isUp)
            #expect(host.mac == (try MACAddress.of("fe:16:3e:00:00:02")))
            #expect(host.mtu == 1450)
            #expect(host.alias == "router 1")
            #expect(host.peer == 7)
            let peer = try router.link("qr-1")
            #expect(peer.index == 7)
            #expect(!peer.isUp)
            #expect(peer.mac == (try MACAddress.of("fa:16:3e:00:00:02")))
            #expect(peer.mtu == 1450)
            #expect(peer.peer == host.index)
        }
    }

    @Test func `the namespace of a host end's peer is known by its id`() throws {
        try withRouter { node, router, _ in
            let host = try node.link("tap-1")
            let id = try router.withNamespace { (namespace) throws(NetlinkError) in
                try node.withRoute { (route) throws(NetlinkError) in try route.id(of: namespace) }
            }
            #expect(id != nil)
            #expect(host.peerNamespace == id)
        }
    }

    @Test func `a namespace without ties has no id`() throws {
        try ScratchNetwork.with { network in
            let one = try network.namespace("one")
            let other = try network.namespace("other")
            let id = try other.withNamespace { (namespace) throws(NetlinkError) in
                try one.withRoute { (route) throws(NetlinkError) in try route.id(of: namespace) }
            }
            #expect(id == nil)
        }
    }

    @Test func `ip shows the bridge and the pair as they were asked for`() throws {
        try withRouter { node, router, _ in
            let host = try node.run("ip", "-d", "-br", "link", "show", "dev", "tap-1")
            let details = try node.run("ip", "-d", "link", "show", "dev", "brq-1")
            let peer = try router.run("ip", "-d", "link", "show", "dev", "qr-1")
            expectGolden(stable(host) + stable(details) + stable(peer), "links.txt")
        }
    }

    @Test func `one message sets a router's device up and configures it`() throws {
        try withRouter { _, router, _ in
            try router.withRoute { (route) throws(NetlinkError) in
                try route.apply(.configureLink(7, .routerInterface))
            }
            let link = try router.link("qr-1")
            #expect(link.isUp)
            #expect(link.ipv4?.forwarding == true)
            #expect(link.ipv4?.arpIgnore == 1)
            #expect(link.ipv4?.arpAnnounce == 2)
            #expect(link.ipv6AddressGeneration == .manual)
            let addresses = try router.withRoute { (route) throws(NetlinkError) in try route.addresses(on: 7) }
            #expect(addresses.isEmpty)
            #expect(try router.run("cat", "/proc/sys/net/ipv4/conf/qr-1/forwarding") == "1\n")
            #expect(try router.run("cat", "/proc/sys/net/ipv4/conf/qr-1/arp_announce") == "2\n")
        }
    }

    @Test func `a device is renamed, given another size and taken from its bridge`() throws {
        try withRouter { node, router, _ in
            var settings = LinkSettings(isUp: false, master: .noBridge)
            settings.mtu = 1400
            settings.mac = try .of("fe:00:00:00:00:09")
            settings.name = "tap-2"
            settings.alias = "moved"
            let index = try node.link("tap-1").index
            try node.withRoute { [settings] (route) throws(NetlinkError) in
                try route.apply(.configureLink(index, LinkSettings(isUp: false)))
                try route.apply(.configureLink(index, settings))
            }
            let link = try node.link("tap-2")
            #expect(link.index == index)
            #expect(link.master == nil)
            #expect(!link.isUp)
            #expect(link.mtu == 1400)
            #expect(link.mac == (try MACAddress.of("fe:00:00:00:00:09")))
            #expect(link.alias == "moved")
        }
    }

    @Test func `a second pair of the same name is refused, and says so`() throws {
        try withRouter { node, router, bridge in
            let again = VethPair(host: .init(name: "tap-1", master: bridge), peer: .init(name: "qr-9"))
            let new = VethPair(host: .init(name: "tap-3", master: bridge), peer: .init(name: "qr-3"))
            let error = #expect(throws: NetlinkError.self) {
                try router.withNamespace { (namespace) throws(NetlinkError) in
                    try node.withRoute { (route) throws(NetlinkError) in
                        try route.createVethPairs([again, new], peersIn: namespace)
                    }
                }
            }
            #expect(refusals(error).map(\.error) == [.exists])
            #expect(refusals(error).map(\.index) == [0])
            #expect(refusals(error).first?.request == "create veth pair tap-1, qr-9")
            // The list is no transaction: what was not refused is there.
            let made = try node.link("tap-3")
            #expect(made.kind == "veth")
        }
    }

    @Test func `deleting an interface takes both ends, and deleting it twice is deleting it once`() throws {
        try withRouter { node, router, _ in
            let index = try node.link("tap-1").index
            try node.withRoute { (route) throws(NetlinkError) in
                try route.apply([.deleteLink(index), .deleteLink(index)])
            }
            let left = try node.withRoute { (route) throws(NetlinkError) in try route.link(named: "tap-1") }
            let right = try router.withRoute { (route) throws(NetlinkError) in try route.link(named: "qr-1") }
            #expect(left == nil)
            #expect(right == nil)
        }
    }

    @Test func `a name of 16 bytes is refused with the kernel's own words`() throws {
        try ScratchNetwork.with { network in
            let node = try network.namespace("node")
            let error = #expect(throws: NetlinkError.self) {
                try node.withRoute { (route) throws(NetlinkError) in
                    try route.apply(.createBridge(Bridge(name: "abcdefghijklmnop")))
                }
            }
            #expect(refusals(error).first?.explanation != nil)
            #expect(refusals(error).first?.request == "create bridge abcdefghijklmnop")
        }
    }

    @Test func `many links are listed in one piece`() throws {
        try ScratchNetwork.with { network in
            let node = try network.namespace("node")
            let router = try network.namespace("router")
            let pairs = (0..<120).map {
                VethPair(host: .init(name: "tap-\($0)"), peer: .init(name: "qr-\($0)", index: .init(rawValue: 10 + $0)))
            }
            try router.withNamespace { (namespace) throws(NetlinkError) in
                try node.withRoute { (route) throws(NetlinkError) in
                    try route.createVethPairs(pairs, peersIn: namespace)
                }
            }
            let links = try router.withRoute { (route) throws(NetlinkError) in try route.links() }
            #expect(links.count == 121)
            #expect(Set(links.map(\.index)).isSuperset(of: (10..<130).map(InterfaceIndex.init(rawValue:))))
        }
    }

    /// The text without what differs from run to run or between versions of the kernel.
    private func stable(_ text: String) -> String {
        let kept = ["tap-1", "brq-1", "qr-1", "link/ether", "veth", "bridge", "alias"]
        return text.split(separator: "\n").compactMap { line -> String? in
            var words = line.split(separator: " ").map(String.init)
            guard kept.contains(where: { line.contains($0) }) else { return nil }
            if let name = words.first(where: { $0.hasPrefix("tap-1@") }), let at = words.firstIndex(of: name) {
                words[at] = "tap-1@…"
            }
            if let name = words.first(where: { $0.hasPrefix("qr-1@") }), let at = words.firstIndex(of: name) {
                words[at] = "qr-1@…"
            }
            let volatile = ["link-netnsid", "link-netns", "gc_timer", "hello_timer", "designated_root", "bridge_id"]
            for word in volatile {
                if let at = words.firstIndex(of: word) { words.removeSubrange(at...min(at + 1, words.count - 1)) }
            }
            if let number = words.first, number.hasSuffix(":"), Int(number.dropLast()) != nil { words.removeFirst() }
            // The rest of these lines depends on the kernel's version.
            let lengths = ["bridge": 1, "link/ether": 4, "veth": 7]
            return words.prefix(lengths[words.first ?? ""] ?? 20).joined(separator: " ")
        }.joined(separator: "\n") + "\n"
    }
}

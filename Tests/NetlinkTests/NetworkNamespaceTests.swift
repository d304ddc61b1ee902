import Addressing
import Glibc
import KernelTestSupport
import Netlink
import Testing

@Suite(.needsKernel, .tags(.kernel)) struct NetworkNamespaceTests {
    @Test func `a namespace is made, found by ip, opened and deleted`() throws {
        try ScratchNetwork.with { network in
            let name = network.name("made")
            let made = try NetworkNamespace.create(named: name)
            #expect(try NetworkNamespace.names().contains(name))
            let list = try network.namespace("other").run("ip", "netns", "list")
            #expect(list.contains(name))
            let opened = try NetworkNamespace.open(named: name)
            #expect(try made.identity() == opened.identity())
            try NetworkNamespace.delete(named: name)
            try NetworkNamespace.delete(named: name)
            #expect(try !NetworkNamespace.names().contains(name))
        }
    }

    @Test func `making a namespace that is there adopts it`() throws {
        try ScratchNetwork.with { network in
            let name = network.name("twice")
            let first = try NetworkNamespace.create(named: name)
            let second = try NetworkNamespace.create(named: name)
            #expect(try first.identity() == second.identity())
        }
    }

    @Test func `what a crash left between making and mounting is put to use`() throws {
        try ScratchNetwork.with { network in
            _ = try network.namespace("first")
            let name = network.name("torn")
            let file = open("\(NetworkNamespace.directory)/\(name)", O_CREAT | O_EXCL | O_CLOEXEC, 0)
            try #require(file >= 0)
            close(file)
            #expect(throws: NetlinkError.self) { _ = try NetworkNamespace.open(named: name) }
            let made = try NetworkNamespace.create(named: name)
            #expect(try made.identity() == NetworkNamespace.open(named: name).identity())
        }
    }

    @Test func `a namespace is made with what is done in it on one thread, once and again`() throws {
        try ScratchNetwork.with { network in
            let node = try network.namespace("node")
            let name = network.name("made")
            func make() throws -> ([Link], NetworkNamespace.Identity) {
                try node.withNamespace { (namespace) throws(NetlinkError) in
                    try namespace.makeNamespace(named: name) {
                        (made: consuming NetworkNamespace) throws(NetlinkError) in
                        var route = try RouteSocket()
                        return (try route.links(), try made.identity())
                    }
                }
            }
            let (links, identity) = try make()
            #expect(links.map(\.name) == ["lo"])
            #expect(try identity == NetworkNamespace.open(named: name).identity())
            #expect(try make().1 == identity)
        }
    }

    @Test func `a missing namespace is not found`() throws {
        let error = #expect(throws: NetlinkError.self) {
            _ = try NetworkNamespace.open(named: "slt-no-such-namespace")
        }
        #expect(error?.number == .notFound)
    }

    @Test func `a socket stays in the namespace in which it was opened`() throws {
        try ScratchNetwork.with { network in
            let namespace = try network.namespace("there")
            let before = try NetworkNamespace.current().identity()
            var socket = try namespace.perform { () throws(NetlinkError) in try RouteSocket() }
            try socket.apply(.createBridge(Bridge(name: "br-there")))
            #expect(try NetworkNamespace.current().identity() == before)
            #expect(try namespace.link("br-there").kind == "bridge")
            var here = try RouteSocket()
            #expect(try here.link(named: "br-there") == nil)
        }
    }

    @Test func `what is done in a namespace throws its errors out of it`() throws {
        try ScratchNetwork.with { network in
            let namespace = try network.namespace("there")
            #expect(throws: NetlinkError.timedOut) {
                try namespace.perform { () throws(NetlinkError) in throw .timedOut }
            }
        }
    }

    @Test func `a lent thread goes to a namespace and comes back, whatever happens there`() throws {
        try ScratchNetwork.with { network in
            let one = try network.namespace("one")
            let other = try network.namespace("other")
            let home = try NetworkNamespace.current().identity()
            let thread = pthread_self()
            // Nothing else runs on the test's thread until it is given back.
            NetworkNamespace.lendThread {
                for _ in 0..<2 {
                    #expect(throws: NetlinkError.timedOut) {
                        try one.perform { () throws(NetlinkError) in
                            #expect(pthread_equal(pthread_self(), thread) != 0)
                            let here = try NetworkNamespace.current().identity()
                            let there = try other.perform { () throws(NetlinkError) in
                                try NetworkNamespace.current().identity()
                            }
                            let back = try NetworkNamespace.current().identity()
                            #expect(here != home && there != home && there != here)
                            #expect(back == here)
                            throw .timedOut
                        }
                    }
                    #expect((try? NetworkNamespace.current().identity()) == home)
                }
            }
            try one.perform { () throws(NetlinkError) in #expect(pthread_equal(pthread_self(), thread) == 0) }
        }
    }

    @Test func `the namespace ends with the last socket in it`() throws {
        try ScratchNetwork.with { network in
            let node = try network.namespace("node")
            let name = network.name("short")
            let pair = VethPair(host: .init(name: "tap-1"), peer: .init(name: "qr-1"))
            try node.withRoute { (route) throws(NetlinkError) in
                let namespace = try NetworkNamespace.create(named: name)
                try route.createVethPairs([pair], peersIn: namespace)
            }
            #expect(try node.link("tap-1").kind == "veth")
            try NetworkNamespace.delete(named: name)
            #expect(eventually { (try? node.link("tap-1")) == nil })
        }
    }

    @Test func `a parameter is read and set inside`() throws {
        try ScratchNetwork.with { network in
            let namespace = try network.namespace("router")
            try namespace.withNamespace { (namespace) throws(NetlinkError) in
                try namespace.set(.ipv6Forwarding, to: "1")
            }
            let value = try namespace.withNamespace { (namespace) throws(NetlinkError) in
                try namespace.value(of: .ipv6Forwarding)
            }
            #expect(value == "1")
            #expect(try namespace.run("cat", "/proc/sys/net/ipv6/conf/all/forwarding") == "1\n")
        }
    }

    @Test func `a parameter that is held open is that of its namespace, however many were looked up`() throws {
        try ScratchNetwork.with { network in
            let namespaces = [try network.namespace("one"), try network.namespace("other")]
            for round in 0..<70 {
                for (number, namespace) in namespaces.enumerated() {
                    let wanted = "\((round + number) % 2)"
                    let parameter = try namespace.perform { () throws(NetlinkError) in
                        try OpenSysctl(.ipv6Forwarding)
                    }
                    try parameter.write(wanted)
                    for (other, namespace) in namespaces.enumerated().prefix(number + 1) {
                        let value = try namespace.perform { () throws(NetlinkError) in
                            try OpenSysctl(.ipv6Forwarding, isWritable: false).read()
                        }
                        #expect(value == "\((round + other) % 2)")
                    }
                }
            }
            #expect(try namespaces[0].run("cat", "/proc/sys/net/ipv6/conf/all/forwarding") == "1\n")
            #expect(try namespaces[1].run("cat", "/proc/sys/net/ipv6/conf/all/forwarding") == "0\n")
        }
    }

    @Test func `a parameter that there is not is not found`() throws {
        try ScratchNetwork.with { network in
            let namespace = try network.namespace("router")
            let error = #expect(throws: NetlinkError.self) {
                try namespace.perform { () throws(NetlinkError) in try Sysctl(path: "net/no/such").read() }
            }
            #expect(error?.number == .notFound)
        }
    }

    @Test func `nothing of a scratch network is left`() throws {
        var prefix = ""
        try ScratchNetwork.with { network in
            _ = try network.namespace("one")
            prefix = network.name("")
        }
        #expect(try !NetworkNamespace.names().contains { $0.hasPrefix(prefix) })
    }
}

/// Whether a condition comes true within five seconds.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<500 {
        if condition() { return true }
        usleep(10_000)
    }
    return false
}

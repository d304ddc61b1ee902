import Addressing
import Netlink
import Testing

@testable import KernelTestSupport

@Suite(.needsKernel, .tags(.kernel)) struct ScratchNetworkTests {
    @Test func `what a killed process left behind is found, and what a living one has is not`() throws {
        try ScratchNetwork.with { network in
            let own = network.name("own")
            // No process can have this number: it is the greatest that the kernel allows, plus one.
            let orphan = "slt4194305-1-orphan"
            _ = try NetworkNamespace.create(named: own)
            _ = try NetworkNamespace.create(named: orphan)
            let leftovers = try ScratchNetwork.leftovers()
            try NetworkNamespace.delete(named: orphan)
            #expect(leftovers.contains(orphan))
            #expect(!leftovers.contains(own))
        }
    }

    @Test func `a command that fails shows what it wrote`() throws {
        try ScratchNetwork.with { network in
            let host = try network.namespace("host")
            let error = #expect(throws: ScratchError.self) { try host.run("sh", "-c", "echo said; exit 3") }
            guard case .commandFailed(_, let output) = error else {
                Issue.record("another error")
                return
            }
            #expect(output == "said\n")
        }
    }

    @Test func `a host that nobody serves does not answer`() throws {
        try ScratchNetwork.with { network in
            let host = try network.namespace("host")
            #expect(throws: ScratchError.self) {
                try host.ask(over: .tcp, .v4(.init(127, 0, 0, 1)), port: 9, within: 0.2)
            }
        }
    }
}

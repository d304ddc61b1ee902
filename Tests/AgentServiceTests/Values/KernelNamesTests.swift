import ResourceModel
import Testing

@testable import AgentService

@Suite struct KernelNamesTests {
    private let port = PortID("3fa85f64-5717-4562-b3fc-2c963f66afa6") ?? Samples.redPort

    @Test func `devices and bridges bear the first eleven characters of an id`() {
        #expect(KernelNames.internalDevice(port) == "qr-3fa85f64-57")
        #expect(KernelNames.gatewayDevice(port) == "qg-3fa85f64-57")
        #expect(KernelNames.hostEnd(port) == "tap3fa85f64-57")
        #expect(KernelNames.hostEnd(ofDevice: "qg-3fa85f64-57") == "tap3fa85f64-57")
        #expect(KernelNames.bridge(of: Samples.red).utf8.count == 14)
    }

    @Test func `a router is found again by its namespace's name`() {
        #expect(KernelNames.router(ofNamespace: KernelNames.namespace(of: Samples.router)) == Samples.router)
    }

    @Test(arguments: ["qrouter-", "qrouter-1", "qdhcp-3fa85f64-5717-4562-b3fc-2c963f66afa6", "vm1", ""])
    func `a foreign namespace is not ours`(name: String) {
        #expect(KernelNames.router(ofNamespace: name) == nil)
    }

    @Test(arguments: ["brq3fa85f64-57"]) func `a bridge of ours is known`(name: String) {
        #expect(KernelNames.isNetworkBridge(name))
    }

    @Test(arguments: ["br-ex", "brq", "brqx", "brq3fa85f6457-", "brq3fa85f64-577", "brq3FA85F64-57"])
    func `a foreign bridge is not ours`(name: String) {
        #expect(!KernelNames.isNetworkBridge(name))
    }

    @Test(arguments: ["eth0", "qr-", "lo", "tap3fa85f64-57", "qx-3fa85f64-57"])
    func `a foreign device in a router's namespace is not ours`(name: String) {
        #expect(!KernelNames.isRouterDevice(name))
    }
}

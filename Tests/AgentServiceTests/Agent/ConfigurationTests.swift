import Configuration
import KernelTestSupport
import ServiceRuntime
import Testing

@testable import AgentService

@Suite struct AgentServiceConfigurationTests {
    private func configuration(_ values: [String: String]) throws -> AgentServiceConfiguration {
        let pairs = values.map { key, text in
            let content = Int(text).map { ConfigContent.int($0) } ?? .string(text)
            return (AbsoluteConfigKey(ConfigKey(key)), ConfigValue(content, isSecret: false))
        }
        let provider = InMemoryProvider(values: Dictionary(uniqueKeysWithValues: pairs))
        return try AgentServiceConfiguration(reader: ConfigReader(provider: provider))
    }

    @Test func `the defaults are those of the help text`() throws {
        let configuration = try configuration([:])
        #expect(configuration.layout == NodeLayout(externalBridge: "br-ex", physicalBridges: [:]))
        #expect(configuration.nodeNamespace == nil && !configuration.makesExternalBridges)
        #expect(!configuration.nodeName.isEmpty && configuration.ownershipName == configuration.nodeName)
        #expect(configuration.repairInterval == .seconds(60))
    }

    @Test func `physical networks are mapped to bridges`() throws {
        let configuration = try configuration([
            "physical.networks": "provider:br-provider,other:br-other", "external.bridge": "br0",
            "node.name": "n1", "node.namespace": "ns1", "repair.seconds": "0",
        ])
        #expect(configuration.layout.physicalBridges == ["provider": "br-provider", "other": "br-other"])
        #expect(configuration.layout.operatorsBridges == ["br0", "br-provider", "br-other"])
        #expect(configuration.ownershipName == "n1 in ns1")
        #expect(configuration.repairInterval == nil)
    }

    @Test(arguments: [
        ("physical.networks", "provider"), ("physical.networks", "provider:"), ("physical.networks", ":br"),
        ("external.bridge", "a-name-that-is-too-long"), ("external.bridge", ""), ("external.bridge", "br/ex"),
        ("node.name", ""), ("repair.seconds", "-1"), ("router.address", "nowhere"), ("listen.address", "here"),
    ])
    func `a setting that is wrong is refused by name`(key: String, value: String) {
        let error = #expect(throws: ConfigurationError.self) { try configuration([key: value]) }
        let option = "--" + key.map { $0 == "." ? "-" : String($0) }.joined()
        #expect(error?.description.hasPrefix(option) == true)
    }
}

extension AgentServiceConfiguration {
    /// The settings of an agent on a scratch node.
    init(node: ScratchNode) throws {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "node.name": ConfigValue(.string("scratch"), isSecret: false),
            "node.namespace": ConfigValue(.string(node.node.name), isSecret: false),
        ]
        try self.init(reader: ConfigReader(provider: InMemoryProvider(values: values)))
    }
}

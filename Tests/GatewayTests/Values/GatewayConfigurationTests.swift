import Configuration
import HTTP2Transport
import ServiceRuntime
import Testing

@testable import Gateway

@Suite struct GatewayConfigurationTests {
    private func configuration(_ values: [String: String]) throws -> GatewayConfiguration {
        let settings = values.map { (AbsoluteConfigKey(ConfigKey($0)), ConfigValue(.string($1), isSecret: false)) }
        let provider = InMemoryProvider(values: Dictionary(uniqueKeysWithValues: settings))
        return try GatewayConfiguration(reader: ConfigReader(provider: provider))
    }

    @Test func `by default only this machine is served, on Neutron's port`() throws {
        let configuration = try configuration([:])
        #expect(configuration.listen == .tcp(host: "127.0.0.1", port: 9696))
        #expect(configuration.isLocal)
        #expect(configuration.api == RESTApplication.Settings())
    }

    @Test func `another address must be named`() throws {
        #expect(try !configuration(["listen.address": "0.0.0.0:9696"]).isLocal)
        #expect(try configuration(["listen.address": "[::1]:80"]).isLocal)
        #expect(try configuration(["listen.address": "unix:/run/api.sock"]).isLocal)
    }

    @Test func `a link prefix loses its last slash`() throws {
        #expect(try configuration(["link.prefix": "https://a.example/net/"]).api.linkPrefix == "https://a.example/net")
    }

    @Test(arguments: [
        ("listen.address", "here"), ("router.address", "a:b"), ("identity.mode", "magic"), ("link.prefix", "a.example"),
        ("pagination.max-limit", "-5"),
    ])
    func `a setting that is wrong is named`(key: String, value: String) {
        #expect { try configuration([key: value]) } throws: {
            ($0 as? ConfigurationError)?.description.contains(Setting(key, type: "", default: nil, help: "").option)
                == true
        }
    }
}

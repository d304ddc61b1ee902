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

    @Test func `an identity service is asked where it is`() throws {
        #expect(try configuration([:]).identity == .none)
        let set = [
            "identity.mode": "keystone", "identity.url": "https://id.example.org/v3", "identity.trust": "/ca.pem",
        ]
        guard case .keystone(let keystone) = try configuration(set).identity else { return #expect(Bool(false)) }
        #expect(keystone.url == URLParts("https://id.example.org/v3") && keystone.trustFile == "/ca.pem")
        #expect(keystone.text == "https://id.example.org/v3" && keystone.lifetime == .seconds(60))
        for (key, value) in [("identity.url", "id"), ("identity.cache-seconds", "-1")] {
            #expect(throws: ConfigurationError.self) { try configuration(set.merging([key: value]) { $1 }) }
        }
        #expect(throws: ConfigurationError.self) { try configuration(["identity.mode": "keystone"]) }
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

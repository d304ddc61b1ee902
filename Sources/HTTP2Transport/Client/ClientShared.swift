internal import Logging

/// What all loops of one client transport share; immutable.
final class ClientShared: Sendable {
    let targets: [ServerAddress]
    let configuration: HTTP2ClientConfiguration
    let template: SessionTemplate
    let certificates: CertificateStore?
    let logger: Logger

    init(
        targets: [ServerAddress],
        configuration: HTTP2ClientConfiguration,
        logger: Logger
    ) throws(HTTP2TransportError) {
        self.targets = targets
        self.configuration = configuration
        self.logger = logger
        template = try SessionTemplate(role: .client, settings: configuration.sessionSettings)
        certificates = try configuration.tls.map { tls throws(HTTP2TransportError) in try CertificateStore(tls) }
    }
}

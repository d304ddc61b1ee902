internal import Logging
internal import NIOCore
internal import NIOSSL
internal import Synchronization
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The TLS context made from certificate files, made anew when they change.
final class CertificateStore: Sendable {
    private struct State {
        var context: NIOSSLContext
        var stamp: [FileStamp]
    }

    private let paths: [String]
    private let interval: Duration?
    private let make: @Sendable () throws -> TLSConfiguration
    private let state: Mutex<State>

    convenience init(_ tls: HTTP2ServerTLS) throws(HTTP2TransportError) {
        let paths = [tls.certificateChainPath, tls.privateKeyPath] + [tls.clientTrustPath].compactMap { $0 }
        try self.init(paths: paths, interval: tls.reloadInterval) { try tls.configuration() }
    }

    convenience init(_ tls: HTTP2ClientTLS) throws(HTTP2TransportError) {
        let identity = tls.identity.map { [$0.certificateChainPath, $0.privateKeyPath] } ?? []
        let paths = identity + [tls.trustPath].compactMap { $0 }
        try self.init(paths: paths, interval: tls.reloadInterval) { try tls.configuration() }
    }

    private init(
        paths: [String],
        interval: Duration?,
        make: @escaping @Sendable () throws -> TLSConfiguration
    ) throws(HTTP2TransportError) {
        self.paths = paths
        self.interval = interval
        self.make = make
        let stamp = paths.map { FileStamp($0) }
        do {
            state = Mutex(State(context: try NIOSSLContext(configuration: make()), stamp: stamp))
        } catch {
            throw .certificate("\(error)")
        }
    }

    /// The context for the next connection.
    var current: NIOSSLContext { state.withLock { $0.context } }

    /// Reads the files again if one of them has changed; gives whether a new context serves from now on.
    ///
    /// - Throws: where the files do not make a context (half of them replaced, say); the old one stays, and the next
    ///   look tries again.
    func reloadIfChanged() throws(HTTP2TransportError) -> Bool {
        let stamp = paths.map { FileStamp($0) }
        guard state.withLock({ $0.stamp != stamp }) else { return false }
        do {
            let context = try NIOSSLContext(configuration: make())
            state.withLock { $0 = State(context: context, stamp: stamp) }
            return true
        } catch {
            throw .certificate("\(error)")
        }
    }

    /// Looks at the files now and then, until the answer is cancelled; nil where nobody asked for it.
    func reloadRegularly(on eventLoop: any EventLoop, logger: Logger) -> RepeatedTask? {
        interval.map { interval in
            let delay = TimeAmount(interval)
            return eventLoop.scheduleRepeatedTask(initialDelay: delay, delay: delay) { _ in
                do throws(HTTP2TransportError) {
                    if try self.reloadIfChanged() { logger.info("certificates reloaded") }
                } catch {
                    logger.warning("certificates not reloaded", metadata: [Telemetry.reason: "\(error)"])
                }
            }
        }
    }
}

/// Tells a replaced or rewritten file from the one before.
private struct FileStamp: Equatable {
    private let values: [Int]

    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            values = []
            return
        }
        values = [Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    }
}

extension HTTP2ServerTLS {
    fileprivate func configuration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificateChainPath).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: privateKeyPath, format: .pem))
        )
        configuration.applicationProtocols = ["h2"]
        configuration.minimumTLSVersion = .tlsv12
        if let clientTrustPath {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .file(clientTrustPath)
        }
        return configuration
    }
}

extension HTTP2ClientTLS {
    fileprivate func configuration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["h2"]
        configuration.minimumTLSVersion = .tlsv12
        if let trustPath { configuration.trustRoots = .file(trustPath) }
        if let identity {
            configuration.certificateChain =
                try NIOSSLCertificate.fromPEMFile(identity.certificateChainPath).map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: identity.privateKeyPath, format: .pem)
            )
        }
        return configuration
    }
}

internal import GRPCCore

/// A method of a service behind, with how often it may be sent.
struct ServiceMethod: Hashable, Sendable {
    let descriptor: MethodDescriptor
    /// Whether sending it twice does what sending it once does, so that an answer that was lost may be asked for again.
    let isRepeatable: Bool

    var name: String { descriptor.method }

    /// A method such as `GetRouter` of a service such as `l3.router.v1.Routers`.
    init(service: String, name: String, isRepeatable: Bool) {
        descriptor = MethodDescriptor(fullyQualifiedService: service, method: name)
        self.isRepeatable = isRepeatable
    }
}

/// Calls of one service behind, in bytes.
protocol ServiceCaller: Sendable {
    /// The bytes of the answer to a request's bytes, on behalf of the caller in `CurrentRequest.context`.
    ///
    /// - Throws: `RemoteError` for a refusal or a service that is away; anything else is a defect.
    func call(_ method: ServiceMethod, _ request: [UInt8]) async throws -> [UInt8]
}

/// The services that the gateway speaks to.
struct Services: Sendable {
    var network: any ServiceCaller
    var router: any ServiceCaller
    var floatingIP: any ServiceCaller

    subscript(backend: Resource.Backend) -> any ServiceCaller {
        switch backend {
        case .network: network
        case .router: router
        case .floatingIP: floatingIP
        }
    }
}

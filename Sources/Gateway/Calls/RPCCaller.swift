internal import ResourceModel
internal import ServiceRuntime

/// Calls a service; requests and answers pass as the bytes they are on the wire.
struct RPCCaller: ServiceCaller {
    /// What the service is called where a client must be told that it is away.
    var name: String
    var channel: RPCChannel

    /// A repeatable call is sent again after each of these pauses while the service is away.
    private static let pauses: [Duration] = [.milliseconds(50), .milliseconds(250)]
    /// Later than this nothing is sent again: the client has waited long enough.
    private static let patience = Duration.seconds(5)

    func call(_ method: ServiceMethod, _ request: [UInt8]) async throws -> [UInt8] {
        let start = ContinuousClock.now
        var pauses = (method.isRepeatable ? Self.pauses : [])[...]
        while true {
            do {
                return try await channel.unary(method.descriptor, request)
            } catch {
                let error = RemoteError(error) ?? error
                guard let remote = error as? RemoteError, remote.reason == .serviceUnavailable else { throw error }
                try Task.checkCancellation()
                guard let pause = pauses.popFirst(), start.duration(to: .now) < Self.patience else {
                    throw RemoteError(
                        reason: remote.reason,
                        message: "\(name) is unavailable: \(remote.message)",
                        metadata: remote.metadata
                    )
                }
                try await Task.sleep(for: pause)
            }
        }
    }
}

/// The two messages of `grpc.health.v1.Health/Watch`, small enough to be written by hand.
///
/// Source: grpc/doc/health-checking.md; HealthCheckRequest.service = 1, HealthCheckResponse.status = 1.
enum HealthMessage {
    /// A request that asks for `service`.
    static func request(_ service: String) -> [UInt8] {
        guard !service.isEmpty else { return [] }
        var message: [UInt8] = [0x0a]
        var length = service.utf8.count
        while length >= 128 {
            message.append(UInt8(length & 127 | 128))
            length >>= 7
        }
        message.append(UInt8(length))
        return message + Array(service.utf8)
    }

    /// Whether an answer says SERVING (1); an empty one says UNKNOWN (0).
    static func isServing(_ message: [UInt8]) -> Bool {
        message.starts(with: [0x08, 0x01])
    }
}

/// Whether an address serves, as far as its server has told.
///
/// A value.
struct HealthState {
    private(set) var isKnown: Bool
    private(set) var isServing: Bool

    /// Nothing is asked: what is connected serves.
    static let unasked = HealthState(isKnown: true, isServing: true)
    /// Asked, and not answered yet.
    static let unknown = HealthState(isKnown: false, isServing: false)

    /// The server answered; gives whether that changes anything.
    mutating func answered(_ isServing: Bool) -> Bool {
        let before = (isKnown, self.isServing)
        (isKnown, self.isServing) = (true, isServing)
        return before != (true, isServing)
    }
}

import ResourceModel
import ServiceRuntime

@testable import Gateway

/// A service that is never there.
struct AwayService: ServiceCaller {
    func call(_ method: ServiceMethod, _ request: [UInt8]) async throws -> [UInt8] {
        throw RemoteError(reason: .serviceUnavailable, message: "away")
    }
}

/// A service whose answers nobody can read.
struct GarbledService: ServiceCaller {
    func call(_ method: ServiceMethod, _ request: [UInt8]) async throws -> [UInt8] { [0xff] }
}

/// A service whose calls wait until it is opened, and then answer with nothing.
struct GatedService: ServiceCaller {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let gate = AsyncStream.makeStream(of: Void.self)

    func call(_ method: ServiceMethod, _ request: [UInt8]) async throws -> [UInt8] {
        arrivals.continuation.yield()
        for await _ in gate.stream { break }
        return []
    }

    /// Returns when a call has come.
    func arrival() async {
        for await _ in arrivals.stream { break }
    }

    /// Lets the call go on.
    func open() { gate.continuation.finish() }
}

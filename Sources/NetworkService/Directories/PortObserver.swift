internal import Addressing
internal import ResourceModel

/// A program that is told before ports, their addresses and networks go.
///
/// Each call is idempotent: it may be made again for the same object, also when nothing leans on it any more.
protocol PortObserver: Sendable {
    /// The port is about to be deleted: let go of it.
    ///
    /// - Throws: `NetworkError.refused` when it must stay, `.unavailable` when the program cannot be asked.
    func portWillBeDeleted(_ port: Port) async throws

    /// The port is about to lose addresses: let go of them.
    ///
    /// - Throws: As `portWillBeDeleted`.
    func port(_ port: Port, willLose addresses: [IPAddress]) async throws

    /// The network is about to be deleted: delete what is not in use on it.
    ///
    /// - Throws: As `portWillBeDeleted`.
    func networkWillBeDeleted(_ id: NetworkID) async throws
}

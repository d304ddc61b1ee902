internal import ResourceModel

/// The program that knows routers.
protocol RouterDirectory: Sendable {
    /// The project of a router; nil when there is none with the id, or what is given is no id.
    ///
    /// - Throws: `NetworkError.unavailable` when the program cannot be asked.
    func owner(ofRouter id: String) async throws -> String?
}

/// Asks the holders of bindings whether they still hold.
protocol HolderDirectory: Sendable {
    /// Those of the bindings that are in use, by holder and router.
    ///
    /// At most 1000 a call.
    ///
    /// - Throws: `RemoteError` when the holder is away: nothing is known then.
    func held(_ bindings: [Binding]) async throws -> Set<Binding>
}

internal import ResourceModel

/// A program whose objects hold ports and references to ports here.
protocol HolderDirectory: Sendable {
    /// The kinds of holders that the program knows, in the contracts' words.
    var kinds: Set<String> { get }

    /// Which of the ports each holder still holds. Changes nothing; a holder that is unknown there holds nothing.
    ///
    /// - Throws: When the program cannot be asked, in which case nothing may be dropped.
    func held(among keepsakes: [Keepsake]) async throws -> Set<Keepsake>
}

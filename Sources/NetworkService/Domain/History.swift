internal import ResourceModel

/// When a resource was made and changed, and how often.
struct History: Hashable, Sendable {
    var createdAt: Timestamp
    var updatedAt: Timestamp
    /// From 1, grows with every change.
    var revision: Revision

    /// The history of what is not stored yet; the database sets the true one.
    static let unborn = History(
        createdAt: Timestamp(microseconds: 0),
        updatedAt: Timestamp(microseconds: 0),
        revision: 1
    )
}

extension History {
    /// - Throws: `revisionMismatch` unless this is the revision that the caller expects; nil is any.
    func require(_ expected: Revision?) throws(NetworkError) {
        guard let expected, expected != revision else { return }
        throw .revisionMismatch(wanted: expected, present: revision)
    }
}

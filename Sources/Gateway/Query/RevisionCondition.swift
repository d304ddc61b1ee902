internal import ResourceModel

/// The revision that a conditional write asks for.
///
/// Source: Networking API v2.0, "Revisions", `If-Match`.
enum RevisionCondition {
    private static let prefix = "revision_number="

    /// The revision wanted; nil when the request sets no condition of ours.
    ///
    /// - Throws: 400 when it is not a number or there are two.
    static func read(_ headers: [String]) throws(Fault) -> Revision? {
        let tags = headers.flatMap { $0.split(separator: ",") }
            .map { $0.trimming(while: { $0 == " " || $0 == "\"" }) }
            .filter { $0.hasPrefix(prefix) }
        guard let tag = tags.first else { return nil }
        guard tags.count == 1 else { throw .badParameter("Multiple revision_number constraints are not supported") }
        guard let revision = Revision(tag.dropFirst(prefix.count)), revision >= 0 else {
            throw .badParameter("'\(tag)' is not a revision_number constraint: it must be an integer")
        }
        return revision
    }
}

extension Substring {
    /// The text without the characters at both ends that the condition holds for.
    func trimming(while condition: (Character) -> Bool) -> Substring {
        var rest = drop(while: condition)
        while let last = rest.last, condition(last) { rest.removeLast() }
        return rest
    }
}

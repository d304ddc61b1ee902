internal import ResourceModel

/// The texts that every resource has: name, description and tags.
struct Labels: Hashable, Sendable {
    var name: String
    var description: String
    var tags: [String]

    static let longestText = 255
    static let mostTags = 50

    /// The labels of a new resource.
    ///
    /// - Throws: `invalidInput` for a text that is too long, a tag that stands twice, or too many tags.
    init(name: String = "", description: String = "", tags: [String] = []) throws(NetworkError) {
        self.name = name
        self.description = description
        self.tags = tags
        try check()
    }

    /// Labels as they were stored, which were checked then.
    init(stored name: String, description: String, tags: [String]) {
        self.name = name
        self.description = description
        self.tags = tags
    }

    /// These labels with the changes made.
    ///
    /// - Throws: As the initializer.
    func applying(_ change: LabelsChange) throws(NetworkError) -> Labels {
        var changed = self
        if let name = change.name { changed.name = name }
        if let description = change.description { changed.description = description }
        if let tags = change.tags { changed.tags = tags }
        changed.tags.removeAll { change.removedTags.contains($0) }
        for tag in change.addedTags where !changed.tags.contains(tag) { changed.tags.append(tag) }
        try changed.check()
        return changed
    }

    private func check() throws(NetworkError) {
        try Labels.check(name, as: "name")
        try Labels.check(description, as: "description")
        for tag in tags { try Labels.check(tag, as: "tag") }
        guard tags.count <= Labels.mostTags else {
            throw .badRequest("\(tags.count) tags where at most \(Labels.mostTags) may be")
        }
        guard Set(tags).count == tags.count else { throw .invalidInput("a tag stands twice in \(tags)") }
    }

    /// Refuses text that is longer than 255 characters or that no database can hold.
    static func check(_ text: String, as field: String) throws(NetworkError) {
        guard text.unicodeScalars.count <= longestText else {
            throw .invalidInput("\(field) is longer than \(longestText) characters")
        }
        guard !text.utf8.contains(0) else { throw .invalidInput("\(field) contains a NUL character") }
    }
}

/// What an update changes of the labels; nil leaves a text as it is.
struct LabelsChange: Hashable, Sendable {
    var name: String?
    var description: String?
    var tags: [String]?
    /// Tags to have besides; one that is there already stays.
    var addedTags: [String] = []
    /// Tags to have no more; one that is not there stays away.
    var removedTags: [String] = []
}

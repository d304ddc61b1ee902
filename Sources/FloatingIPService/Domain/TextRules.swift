/// Limits on what people write.
enum TextRules {
    static let longest = 255
    static let mostTags = 50

    static func checked(_ text: String, _ attribute: String) throws(FloatingIPError) -> String {
        guard text.unicodeScalars.count <= longest else {
            throw .invalidInput("\(attribute) is longer than \(longest) characters")
        }
        guard !text.unicodeScalars.contains("\0") else { throw .invalidInput("\(attribute) contains a NUL character") }
        return text
    }

    static func checkedTags(_ tags: [String]) throws(FloatingIPError) -> [String] {
        guard tags.count <= mostTags else { throw .badRequest("more than \(mostTags) tags") }
        guard Set(tags).count == tags.count else { throw .invalidInput("a tag stands twice in the list") }
        for tag in tags { _ = try checked(tag, "a tag") }
        return tags
    }
}

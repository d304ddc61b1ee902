/// What a URL names.
enum Target: Hashable, Sendable {
    case versions
    case coreCollections
    case extensions
    case extensionItem(String)
    case collection(String)
    case item(String, String)
    /// A member action, or a sub-collection's name, of an object.
    case member(String, String, String)
    case tags(String, String)
    case tag(String, String, String)
    /// An object of a sub-collection.
    case subItem(String, String, String, String)

    /// The target of a path; nil when no URL looks like this.
    ///
    /// A trailing slash, a `.json` after the last name, and dashes for underscores in collections make no difference.
    init?(path: some StringProtocol) {
        var segments: [String] = []
        let parts = Substring(path).utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for part in parts.dropFirst() {
            guard let segment = percentDecoded(Substring(part)) else { return nil }
            segments.append(segment)
        }
        // The empty string is a tag like any other, so one slash more after `tags/` names it.
        if segments.last == "" { segments.removeLast() }
        guard let target = Self.target(segments) else { return nil }
        self = target
    }

    private static func target(_ segments: [String]) -> Target? {
        guard let version = segments.first else { return .versions }
        guard version == "v2.0" || version == "v2.0.json" else { return nil }
        let names = Array(segments.dropFirst())
        if names.count == 4, names[2] == "tags" { return .tag(collection(names[0]), names[1], names[3]) }
        let rest = withoutSuffix(names)
        switch rest.count {
        case 0: return .coreCollections
        case 1: return rest[0] == "extensions" ? .extensions : .collection(collection(rest[0]))
        case 2: return rest[0] == "extensions" ? .extensionItem(rest[1]) : .item(collection(rest[0]), rest[1])
        case 3 where rest[2] == "tags": return .tags(collection(rest[0]), rest[1])
        case 3: return .member(collection(rest[0]), rest[1], collection(rest[2]))
        case 4: return .subItem(collection(rest[0]), rest[1], collection(rest[2]), rest[3])
        default: return nil
        }
    }

    private static func collection(_ name: String) -> String {
        name.utf8.contains(UInt8(ascii: "-")) ? String(name.map { $0 == "-" ? "_" : $0 }) : name
    }

    private static func withoutSuffix(_ names: [String]) -> [String] {
        guard let last = names.last, last.hasSuffix(".json") else { return names }
        return names.dropLast() + [String(last.dropLast(5))]
    }
}

/// The routes that there are, by what URLs name: a bounded set of words for metrics.
struct RouteNames: Sendable {
    /// What every URL is called that is none of the API's.
    static let none = "none"
    private let names: [String: String]

    /// The routes of a description's paths, such as `/v2.0/routers/{id}`.
    init(paths: [String]) {
        names = Dictionary(paths.map { (Self.shape(of: $0), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The route of what a URL names.
    subscript(target: Target?) -> String {
        guard let target else { return Self.none }
        return names[target.shape] ?? Self.none
    }

    /// A path without the names of its parameters, collections spelled with underscores.
    private static func shape(of path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? "{}" : $0.replacing("-", with: "_") }
            .joined(separator: "/")
    }
}

extension Target {
    /// The path with `{}` for each name that somebody gave.
    fileprivate var shape: String {
        switch self {
        case .versions: "/"
        case .coreCollections: "/v2.0/"
        case .extensions: "/v2.0/extensions"
        case .extensionItem: "/v2.0/extensions/{}"
        case .collection(let name): "/v2.0/\(name)"
        case .item(let name, _): "/v2.0/\(name)/{}"
        case .member(let name, _, let member): "/v2.0/\(name)/{}/\(member)"
        case .tags(let name, _): "/v2.0/\(name)/{}/tags"
        case .tag(let name, _, _): "/v2.0/\(name)/{}/tags/{}"
        case .subItem(let name, _, let member, _): "/v2.0/\(name)/{}/\(member)/{}"
        }
    }
}

internal import GRPCCore

/// The request templates of one address, made as methods are called.
///
/// Confined to one loop.
final class MethodTemplates {
    private let authority: String
    private let isTLS: Bool
    private var templates: [MethodDescriptor: RequestTemplate] = [:]

    init(authority: String, isTLS: Bool) {
        self.authority = authority
        self.isTLS = isTLS
    }

    subscript(method: MethodDescriptor) -> RequestTemplate {
        if let known = templates[method] { return known }
        let made = RequestTemplate(method: method, authority: authority, isTLS: isTLS)
        templates[method] = made
        return made
    }
}

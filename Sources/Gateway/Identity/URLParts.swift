/// An `http` or `https` URL in the parts that a client needs.
struct URLParts: Hashable, Sendable {
    var isSecure: Bool
    var host: String
    var port: Int
    /// With what stands behind a question mark; no slash at its end.
    var path: String

    /// The parts of a URL; nil for one without scheme and host.
    init?(_ text: String) {
        let schemes = [("https://", true, 443), ("http://", false, 80)]
        guard let (scheme, isSecure, defaultPort) = schemes.first(where: { text.hasPrefix($0.0) }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<end]
        var path = rest[end...]
        while path.hasSuffix("/") { path.removeLast() }
        self.isSecure = isSecure
        self.path = String(path)
        let isLiteral = authority.hasPrefix("[")
        let hostEnd = isLiteral ? authority.firstIndex(of: "]") : authority.lastIndex(of: ":") ?? authority.endIndex
        guard let hostEnd else { return nil }
        host = String(isLiteral ? authority[..<hostEnd].dropFirst() : authority[..<hostEnd])
        let tail = isLiteral ? authority[hostEnd...].dropFirst() : authority[hostEnd...]
        if tail.isEmpty {
            port = defaultPort
        } else {
            guard tail.first == ":", let number = UInt16(tail.dropFirst()) else { return nil }
            port = Int(number)
        }
        guard !host.isEmpty, !host.contains("@"), text.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else { return nil }
    }

    /// The same place with more behind its path.
    func appending(_ more: String) -> URLParts {
        var longer = self
        longer.path += more
        return longer
    }

    /// What a request's `Host` says.
    var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? host : "\(host):\(port)"
    }
}

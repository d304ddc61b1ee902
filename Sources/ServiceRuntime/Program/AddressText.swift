public import Configuration
public import HTTP2Transport

extension ServerAddress {
    /// An address from `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`; nil when the text is none of these.
    public init?(text: String) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst("unix:".count)
            guard path.hasPrefix("/") else { return nil }
            self = .unix(path: String(path))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self = .tcp(host: String(host), port: Int(port))
    }
}

extension ListenAddress {
    /// An address from `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`; nil when the text is none of these.
    public init?(text: String) {
        switch ServerAddress(text: text) {
        case .tcp(let host, let port): self = .tcp(host: host, port: port)
        case .unix(let path): self = .unix(path: path)
        case nil: return nil
        }
    }
}

extension ConfigReader {
    /// The address to listen on.
    ///
    /// - Throws: The text is no address.
    public func listenAddress(forKey key: String, default fallback: String) throws(ConfigurationError) -> ListenAddress
    {
        let text = string(forKey: ConfigKey(key), default: fallback)
        guard let address = ListenAddress(text: text) else {
            throw ConfigurationError(key, "'\(text)' is not HOST:PORT or unix:PATH")
        }
        return address
    }

    /// Addresses of one service, separated by commas; calls are spread over them.
    ///
    /// - Throws: A part is no address. An empty text is an empty list.
    public func serverAddresses(forKey key: String, default fallback: String) throws(ConfigurationError)
        -> [ServerAddress]
    {
        var addresses: [ServerAddress] = []
        for part in string(forKey: ConfigKey(key), default: fallback).split(separator: ",") {
            guard let address = ServerAddress(text: String(part)) else {
                throw ConfigurationError(key, "'\(part)' is not HOST:PORT or unix:PATH")
            }
            addresses.append(address)
        }
        return addresses
    }
}

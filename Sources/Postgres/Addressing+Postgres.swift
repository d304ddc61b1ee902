public import Addressing

// Addresses are `inet`, prefixes `cidr`, hardware addresses `macaddr`: the server prints and reads the forms that
// Addressing does, except that a `cidr` of one address, or an `inet` cast to text, bears its prefix length.

extension IPv4Address: PostgresEncodable, PostgresDecodable {
    /// Dotted decimal.
    public var postgresText: String? { description }

    /// Dotted decimal, with or without `/32`.
    public init(postgresText: String) throws(PostgresError) {
        let text = postgresText.hasSuffix("/32") ? postgresText.dropLast(3) : postgresText[...]
        guard let address = IPv4Address(text) else { throw .decoding("\"\(postgresText)\" is not an IPv4 address") }
        self = address
    }

    /// Dotted decimal, with or without `/32`.
    public init(postgresUTF8 text: Span<UInt8>) throws(PostgresError) {
        guard let address = IPv4Address(utf8: text) else {
            try self.init(postgresText: String(utf8Octets: text))
            return
        }
        self = address
    }
}

extension IPv6Address: PostgresEncodable, PostgresDecodable {
    /// Groups of hexadecimal digits, shortened.
    public var postgresText: String? { description }

    /// Groups of hexadecimal digits, with or without `/128`.
    public init(postgresText: String) throws(PostgresError) {
        let text = postgresText.hasSuffix("/128") ? postgresText.dropLast(4) : postgresText[...]
        guard let address = IPv6Address(text) else { throw .decoding("\"\(postgresText)\" is not an IPv6 address") }
        self = address
    }
}

extension IPAddress: PostgresEncodable, PostgresDecodable {
    /// The address alone.
    public var postgresText: String? { description }

    /// An address of either version, with or without its whole length behind it.
    public init(postgresText: String) throws(PostgresError) {
        if postgresText.utf8.contains(UInt8(ascii: ":")) {
            self = .v6(try IPv6Address(postgresText: postgresText))
        } else {
            self = .v4(try IPv4Address(postgresText: postgresText))
        }
    }
}

extension CIDR: PostgresEncodable, PostgresDecodable {
    /// Address and prefix length.
    public var postgresText: String? { description }

    /// Address and prefix length; without one, the address's whole length.
    public init(postgresText: String) throws(PostgresError) {
        if let prefix = CIDR(postgresText) {
            self = prefix
        } else if let address = IPAddress(postgresText) {
            self = CIDR(host: address)
        } else {
            throw .decoding("\"\(postgresText)\" is not a prefix")
        }
    }
}

extension MACAddress: PostgresEncodable, PostgresDecodable {
    /// Six octets with colons.
    public var postgresText: String? { description }

    /// Six octets with colons.
    public init(postgresText: String) throws(PostgresError) {
        guard let address = MACAddress(postgresText) else {
            throw .decoding("\"\(postgresText)\" is not a hardware address")
        }
        self = address
    }
}

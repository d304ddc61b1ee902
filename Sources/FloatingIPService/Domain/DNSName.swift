/// Rules for the names in DNS attributes.
///
/// Source: RFC 1035, section 2.3.1; RFC 1123, section 2.1.
enum DNSName {
    /// A relative name, in lower case, or nothing.
    static func checked(host: String) throws(FloatingIPError) -> String {
        guard host.isEmpty || isName(host[...]) else { throw .invalidInput("'\(host)' is not a relative DNS name") }
        return host.lowercased()
    }

    /// A domain with its final dot, or nothing.
    static func checked(domain: String) throws(FloatingIPError) -> String {
        guard domain.isEmpty || (domain.hasSuffix(".") && isName(domain.dropLast())) else {
            throw .invalidInput("'\(domain)' is not a DNS domain with a final dot")
        }
        return domain
    }

    private static func isName(_ text: Substring) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0.utf8) }
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard 1...63 ~= label.count, label.first != hyphen, label.last != hyphen else { return false }
        return label.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), hyphen, UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

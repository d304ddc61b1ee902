/// Rules for the names in DNS attributes.
///
/// Source: RFC 1035, section 2.3.1; RFC 1123, section 2.1.
enum DNSName {
    /// Refuses a domain that is neither empty nor fully qualified.
    static func check(domain: String) throws(NetworkError) {
        guard !domain.isEmpty else { return }
        guard domain.hasSuffix("."), isName(domain.dropLast()) else {
            throw .invalidInput("\"\(domain)\" is not a DNS domain with a final dot")
        }
    }

    /// Refuses a host's name that is neither empty nor relative.
    static func check(host: String) throws(NetworkError) {
        guard !host.isEmpty else { return }
        guard isName(host[...]) else { throw .invalidInput("\"\(host)\" is not a relative DNS name") }
    }

    private static func isName(_ text: Substring) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0.utf8) }
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        guard 1...63 ~= label.count, let first = label.first, let last = label.last else { return false }
        guard first != UInt8(ascii: "-"), last != UInt8(ascii: "-") else { return false }
        return label.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

internal import Addressing
internal import ResourceModel

// The types whose values are strings, each with its canonical form.
extension AttributeType {
    /// - Throws: 400 `HTTPBadRequest`.
    func convertedText(_ text: String, _ name: String) throws(Fault) -> String {
        switch self {
        case .text(let longest): try bounded(text, longest, name)
        case .project: try bounded(text, 255, name)
        case .id: try id(text, name)
        case .address(let version): try address(text, version, name)
        case .block(let hostBits, let bareAddress): try block(text, hostBits, bareAddress, name)
        case .mac: try mac(text, name)
        case .choice(let words): try choice(text, words, name)
        case .hostLabel: try hostLabel(text, name)
        case .domain: try domain(text, name)
        default: text
        }
    }

    private func bounded(_ text: String, _ longest: Int, _ name: String) throws(Fault) -> String {
        // Characters as PostgreSQL and Python count them.
        guard text.unicodeScalars.count <= longest else {
            throw .invalid(name, "'\(JSONValue.string(text).shown)' exceeds maximum length of \(longest)")
        }
        return text
    }

    private func id(_ text: String, _ name: String) throws(Fault) -> String {
        guard let id = ID<Any>(text) else {
            throw .invalid(name, "'\(JSONValue.string(text).shown)' is not a valid UUID")
        }
        return id.description
    }

    private func address(_ text: String, _ version: IPVersion?, _ name: String) throws(Fault) -> String {
        guard let address = IPAddress(text), version == nil || address.version == version else {
            let family = version.map { $0 == .v4 ? "IPv4" : "IPv6" } ?? "IP"
            throw .invalid(name, "'\(JSONValue.string(text).shown)' is not a valid \(family) address")
        }
        return address.description
    }

    private func block(
        _ text: String,
        _ hostBits: Bool,
        _ bareAddress: Bool,
        _ name: String
    ) throws(Fault) -> String {
        if bareAddress, let address = IPAddress(text) { return address.description }
        guard let block = CIDR(text) else {
            throw .invalid(name, "'\(JSONValue.string(text).shown)' is not a valid IP subnet")
        }
        guard hostBits || !block.hasHostBits else {
            throw .invalid(name, "'\(text)' isn't a recognized IP subnet cidr, '\(block.network)' is recommended")
        }
        return block.description
    }

    private func mac(_ text: String, _ name: String) throws(Fault) -> String {
        guard let mac = MACAddress(text), !mac.isZero else {
            throw .invalid(name, "'\(JSONValue.string(text).shown)' is not a valid MAC address")
        }
        return mac.description
    }

    private func choice(_ text: String, _ words: [String], _ name: String) throws(Fault) -> String {
        guard words.contains(text) else {
            throw .invalid(name, "'\(JSONValue.string(text).shown)' is not in \(words)")
        }
        return text
    }

    private func hostLabel(_ text: String, _ name: String) throws(Fault) -> String {
        let label = text.lowercased()
        guard label.isEmpty || Self.isLabel(label) else {
            throw .invalid(name, "'\(JSONValue.string(text).shown)' is not a valid host name label")
        }
        return label
    }

    private func domain(_ text: String, _ name: String) throws(Fault) -> String {
        let domain = text.lowercased()
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard
            domain.isEmpty
                || domain.utf8.count <= 254 && labels.count > 1 && labels.last == ""
                    && labels.dropLast().allSatisfy({ Self.isLabel(String($0)) })
        else {
            throw .invalid(name, "'\(JSONValue.string(text).shown)' is not a domain with a final dot")
        }
        return domain
    }

    /// Source: RFC 1123, section 2.1.
    private static func isLabel(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...63).contains(bytes.count) && bytes.first != UInt8(ascii: "-") && bytes.last != UInt8(ascii: "-")
            && bytes.allSatisfy {
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                    || $0 == UInt8(ascii: "-")
            }
    }
}

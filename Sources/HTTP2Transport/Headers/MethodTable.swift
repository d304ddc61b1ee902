internal import GRPCCore

/// Finds a method by the octets of a request's `:path`, without making a string of them.
struct MethodTable {
    private struct Entry {
        var path: [UInt8]
        var method: MethodDescriptor
    }

    private var entries: [UInt64: [Entry]] = [:]

    init(_ methods: [MethodDescriptor]) {
        for method in methods {
            let path = Array("/\(method.fullyQualifiedMethod)".utf8)
            let hash = path.span.bytes.fingerprint
            entries[hash, default: []].append(Entry(path: path, method: method))
        }
    }

    subscript(path: RawSpan) -> MethodDescriptor? {
        guard let bucket = entries[path.fingerprint] else { return nil }
        return bucket.first { entry in
            path.withUnsafeBytes { $0.elementsEqual(entry.path) }
        }?.method
    }
}

extension RawSpan {
    /// FNV-1a; the methods of a server are its own, so nobody can make them collide.
    fileprivate var fingerprint: UInt64 {
        withUnsafeBytes { octets in
            octets.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
    }
}

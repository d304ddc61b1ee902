/// The map of ARCHITECTURE.md, section "Arrows": which modules each room may import.
enum Arrows {
    /// The toolchain's own modules, among them the C library by the names it has on each system.
    private static let system: Set = ["FoundationEssentials", "Synchronization", "Glibc", "Musl", "Darwin"]
    private static let rpc: Set = ["GRPCCore", "GRPCProtobuf", "SwiftProtobuf"]
    private static let service = rpc.union([
        "ServiceRuntime", "HTTP2Transport", "Contracts", "ChangeFeed", "Listing", "Postgres", "ResourceModel",
        "Addressing", "Logging", "ServiceLifecycle", "Configuration",
    ])

    private static let rooms: [String: Set<String>] = [
        "HTTP2Transport": ["CNghttp2", "GRPCCore", "NIOCore", "NIOPosix", "NIOTLS", "NIOSSL", "Logging"],
        "Postgres": ["CPostgres", "Addressing", "Logging", "ServiceLifecycle"],
        "Netlink": ["CLinux", "Addressing"],
        "Nftables": ["CNftnl", "Netlink", "Addressing"],
        "ServiceRuntime": rpc.union([
            "Contracts", "HTTP2Transport", "ResourceModel", "NIOCore", "NIOPosix", "NIOHTTP1", "Logging",
            "ServiceLifecycle", "UnixSignals", "Configuration",
        ]),
        "ChangeFeed": ["Postgres", "ResourceModel", "Logging", "ServiceLifecycle"],
        "Listing": ["Postgres", "ResourceModel", "Addressing"],
        "NetworkService": service,
        "RouterService": service,
        "FloatingIPService": service,
        "AgentService": rpc.union([
            "ServiceRuntime", "HTTP2Transport", "Contracts", "Netlink", "Nftables", "ResourceModel", "Addressing",
            "Logging", "ServiceLifecycle", "Configuration",
        ]),
        "Gateway": rpc.union([
            "ServiceRuntime", "HTTP2Transport", "Contracts", "CContracts", "CProtobufC", "ResourceModel", "Addressing",
            "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL", "Logging", "ServiceLifecycle", "Configuration",
        ]),
        "Sluice": [
            "ServiceRuntime", "HTTP2Transport", "Postgres", "Netlink", "Addressing", "NIOCore", "NIOPosix", "NIOHTTP1",
            "ArgumentParser", "Subprocess", "SystemPackage", "UnixSignals", "Logging",
        ],
        "SluiceMain": ["Sluice"],
    ]

    /// The modules that a room may import; nil for a room that is not on the map.
    static func modules(for room: String) -> Set<String>? {
        if room == "Addressing" || room == "ResourceModel" { return [] }
        if let modules = rooms[room] { return modules.union(system) }
        guard room.hasSuffix("Main"), let program = rooms.keys.first(where: { "\($0)Main" == room }) else { return nil }
        return [program, "ServiceRuntime"]
    }
}

/// A module's name and the line that imports it.
func imports(of file: SourceFile) -> [(module: String, line: Int)] {
    let pattern =
        /^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|var|let)\s+)?(\w+)/
    return file.parts.lines.enumerated().compactMap { index, line in
        line.code.firstMatch(of: pattern).map { (String($0.1), index + 1) }
    }
}

/// A room imports what the map allows.
func strayImports(in file: SourceFile) -> [Violation] {
    guard let allowed = Arrows.modules(for: file.room) else {
        return [Violation(file, "the room \(file.room) is not on the map of imports")]
    }
    return imports(of: file).filter { !allowed.contains($0.module) }.map {
        Violation(file, line: $0.line, "\(file.room) may not import \($0.module)")
    }
}

/// The domain is plain values: it imports level 1 alone.
func impureDomain(in file: SourceFile) -> [Violation] {
    guard file.stands(in: ["Domain"]) else { return [] }
    return imports(of: file).filter { $0.module != "Addressing" && $0.module != "ResourceModel" }.map {
        Violation(file, line: $0.line, "Domain/ may not import \($0.module)")
    }
}

/// Generated types are named at the rim alone: where messages come in and go out, and where programs are put together.
func strayContracts(in file: SourceFile) -> [Violation] {
    let isRim =
        file.stands(in: ["Transport", "Watch", "Transcoding"]) || ["ServiceRuntime", "Sluice"].contains(file.room)
        || file.stem.hasSuffix("Program") || file.stands(in: ["Reconcile"]) && file.stem.contains("Reporter")
    guard !isRim else { return [] }
    return imports(of: file).filter { ["Contracts", "CContracts"].contains($0.module) }.map {
        Violation(file, line: $0.line, "\($0.module) is for Transport/, Watch/, Transcoding/ and programs")
    }
}

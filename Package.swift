// swift-tools-version: 6.2
import PackageDescription

// One table of rooms. An arrow in ARCHITECTURE.md is a name in `uses`; anything else does not compile
// (`--explicit-target-dependency-import-check error`, see the Makefile).

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let core: Target.Dependency = .product(name: "GRPCCore", package: "grpc-swift-2")
let inProcess: Target.Dependency = .product(name: "GRPCInProcessTransport", package: "grpc-swift-2")
let grpcProtobuf: Target.Dependency = .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

/// A room of the house: one library target under `Sources/`.
func room(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A program: a three-line `main.swift` under `Sources/Executables/`, whose product bears the room's name.
func program(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: "\(name)Main",
        dependencies: dependencies,
        path: "Sources/Executables/\(name)Main",
        swiftSettings: strict
    )
}

/// The tests of a room, or a support room for tests.
func tests(_ name: String, uses dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func support(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

let systemLibraries: [Target] = [
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(name: "CNftnl", pkgConfig: "libnftnl", providers: [.apt(["libnftnl-dev", "libmnl-dev"])]),
]

let level1: [Target] = [
    room("Addressing"),
    room("ResourceModel"),
    .target(name: "CLinux"),
    .target(name: "CContracts", dependencies: ["CProtobufC"]),
    .target(
        name: "Contracts",
        dependencies: [core, grpcProtobuf, protobuf],
        swiftSettings: [.swiftLanguageMode(.v6)]
    ),
]

let level2: [Target] = [
    room("HTTP2Transport", uses: ["CNghttp2", core, nioCore, nioPosix, nioTLS, nioSSL, logging]),
    room("Postgres", uses: ["CPostgres", "Addressing", logging, lifecycle]),
    room("Netlink", uses: ["CLinux", "Addressing"]),
    room("Nftables", uses: ["CNftnl", "Netlink", "Addressing"]),
]

let level3: [Target] = [
    room(
        "ServiceRuntime",
        uses: [
            "Contracts", "HTTP2Transport", "ResourceModel", core, grpcProtobuf, protobuf, nioCore, nioPosix, nioHTTP1,
            logging, lifecycle, unixSignals, configuration,
        ]
    ),
    room("ChangeFeed", uses: ["Postgres", "ResourceModel", logging, lifecycle]),
    room("Listing", uses: ["Postgres", "ResourceModel", "Addressing"]),
]

let service: [Target.Dependency] = [
    "ServiceRuntime", "HTTP2Transport", "Contracts", "ChangeFeed", "Listing", "Postgres", "ResourceModel",
    "Addressing", core,
    grpcProtobuf, protobuf, logging, lifecycle, configuration,
]

let level4: [Target] = [
    room("NetworkService", uses: service),
    room("RouterService", uses: service),
    room("FloatingIPService", uses: service),
    room(
        "AgentService",
        uses: [
            "ServiceRuntime", "HTTP2Transport", "Contracts", "Netlink", "Nftables", "ResourceModel", "Addressing",
            core, grpcProtobuf, protobuf, logging, lifecycle, configuration,
        ]
    ),
    room(
        "Gateway",
        uses: [
            "ServiceRuntime", "HTTP2Transport", "Contracts", "CContracts", "CProtobufC", "ResourceModel", "Addressing",
            core, grpcProtobuf, protobuf, nioCore, nioPosix, nioHTTP1, nioSSL, logging, lifecycle, configuration,
        ]
    ),
]

let level5: [Target] = [
    room(
        "Sluice",
        uses: [
            "ServiceRuntime", "HTTP2Transport", "Postgres", "Netlink", "Addressing", nioCore, nioPosix, nioHTTP1,
            arguments, subprocess, system, unixSignals, logging,
        ]
    ),
    program("NetworkService", uses: ["NetworkService", "ServiceRuntime"]),
    program("RouterService", uses: ["RouterService", "ServiceRuntime"]),
    program("FloatingIPService", uses: ["FloatingIPService", "ServiceRuntime"]),
    program("AgentService", uses: ["AgentService", "ServiceRuntime"]),
    program("Gateway", uses: ["Gateway", "ServiceRuntime"]),
    program("Sluice", uses: ["Sluice"]),
]

// Measure the agent against the kernel's own speed (`make bench-agent`), and the gateway's JSON against SwiftProtobuf's
// (`make bench-api`). They stand here and not in the package of the other benchmarks because they reach into the rooms,
// and need nothing that those do not.
let benchmarks: [Target] = [
    .executableTarget(
        name: "AgentBenchmark",
        dependencies: ["AgentService", "Contracts", "Netlink", protobuf, logging],
        path: "Benchmarks/Agent",
        exclude: ["floor", "measure.py", "tools.sh", "whole.py"],
        swiftSettings: strict
    ),
    .executableTarget(
        name: "TranscodingBenchmark",
        dependencies: ["Gateway", "Contracts", protobuf],
        path: "Benchmarks/API",
        exclude: ["associate.lua", "cluster.py", "fill.sql", "goals.py", "operations.py", "replay.py"],
        swiftSettings: strict
    ),
]

let testTargets: [Target] = [
    support("PostgresTestSupport", uses: ["Postgres", logging]),
    support("KernelTestSupport", uses: ["Netlink", "Addressing"]),
    tests("AddressingTests", uses: ["Addressing"]),
    tests("ResourceModelTests", uses: ["ResourceModel"]),
    tests(
        "HTTP2TransportTests",
        uses: ["HTTP2Transport", "CNghttp2", core, nioCore, nioPosix, nioEmbedded, nioSSL, logging],
        exclude: ["Fixtures"]
    ),
    tests("PostgresTests", uses: ["Postgres", "PostgresTestSupport", "Addressing", logging, lifecycle]),
    tests("ChangeFeedTests", uses: ["ChangeFeed", "Postgres", "PostgresTestSupport", "ResourceModel"]),
    tests("ListingTests", uses: ["Listing", "Postgres", "PostgresTestSupport", "ResourceModel"]),
    tests("NetlinkTests", uses: ["Netlink", "KernelTestSupport", "Addressing"], exclude: ["Golden"]),
    tests("NftablesTests", uses: ["Nftables", "Netlink", "KernelTestSupport", "Addressing"], exclude: ["Golden"]),
    tests(
        "ServiceRuntimeTests",
        uses: [
            "ServiceRuntime", "Contracts", "HTTP2Transport", "ResourceModel", core, inProcess, protobuf, configuration,
            logging,
        ]
    ),
    tests(
        "NetworkServiceTests",
        uses: [
            "NetworkService", "Contracts", "ServiceRuntime", "ChangeFeed", "Postgres", "PostgresTestSupport",
            "ResourceModel", "Addressing", core, inProcess, protobuf, logging,
        ]
    ),
    tests(
        "RouterServiceTests",
        uses: [
            "RouterService", "Contracts", "ServiceRuntime", "ChangeFeed", "Postgres", "PostgresTestSupport",
            "ResourceModel", "Addressing", core, inProcess, protobuf, logging,
        ]
    ),
    tests(
        "FloatingIPServiceTests",
        uses: [
            "FloatingIPService", "Contracts", "ServiceRuntime", "ChangeFeed", "Postgres", "PostgresTestSupport",
            "ResourceModel", "Addressing", core, inProcess, protobuf, logging,
        ]
    ),
    tests(
        "AgentServiceTests",
        uses: [
            "AgentService", "Contracts", "ServiceRuntime", "Netlink", "Nftables", "KernelTestSupport",
            "ResourceModel", "Addressing", core, inProcess, protobuf, logging, lifecycle, configuration,
        ]
    ),
    tests(
        "GatewayTests",
        uses: [
            "Gateway", "Contracts", "CContracts", "CProtobufC", "ServiceRuntime", "HTTP2Transport", "ResourceModel",
            "Addressing", core, inProcess, protobuf, nioCore, nioPosix, nioHTTP1, nioEmbedded, configuration,
            lifecycle, logging,
        ]
    ),
    tests(
        "NetworkAPITests",
        uses: [
            "Gateway", "NetworkService", "Contracts", "ServiceRuntime", "ChangeFeed", "Postgres",
            "PostgresTestSupport", "ResourceModel", "HTTP2Transport", core, protobuf, nioHTTP1, nioPosix, configuration,
            logging,
        ]
    ),
    tests("SluiceTests", uses: ["Sluice", "Postgres", "PostgresTestSupport", "Addressing"]),
    tests("ArchitectureTests", uses: []),
    tests(
        "SystemTests",
        uses: [
            "Sluice", "ServiceRuntime", "HTTP2Transport", "Netlink", "KernelTestSupport", "Addressing", nioHTTP1,
            subprocess, system,
        ]
    ),
    tests(
        "AcceptanceTests",
        uses: ["Sluice", "Netlink", subprocess, system],
        exclude: ["requirements.txt", "stories", "contract"]
    ),
]

let package = Package(
    name: "sluice",
    products: [
        .executable(name: "sluice", targets: ["SluiceMain"]),
        .executable(name: "NetworkService", targets: ["NetworkServiceMain"]),
        .executable(name: "RouterService", targets: ["RouterServiceMain"]),
        .executable(name: "FloatingIPService", targets: ["FloatingIPServiceMain"]),
        .executable(name: "AgentService", targets: ["AgentServiceMain"]),
        .executable(name: "Gateway", targets: ["GatewayMain"]),
        .executable(name: "agent-bench", targets: ["AgentBenchmark"]),
        .executable(name: "transcoding-bench", targets: ["TranscodingBenchmark"]),
        .library(name: "HTTP2Transport", targets: ["HTTP2Transport"]),
    ],
    dependencies: [
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(
            url: "https://github.com/apple/swift-configuration",
            from: "1.4.0",
            traits: ["CommandLineArguments"]
        ),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: systemLibraries + level1 + level2 + level3 + level4 + level5 + benchmarks + testTargets
)

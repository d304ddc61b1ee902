internal import Glibc
internal import Netlink
public import Testing

/// Whether this machine allows tests with network namespaces of their own.
public enum KernelTools {
    /// What tests need and this machine lacks; nil when it has everything.
    public static let missing: String? = {
        if geteuid() != 0 { return "network namespaces need root" }
        for tool in ["ip", "nft", "timeout"] where find(tool) == nil { return "the command \(tool) is not installed" }
        do {
            _ = try NetworkNamespace.createUnnamed()
            return nil
        } catch {
            return "no network namespace can be made: \(error)"
        }
    }()

    /// Whether tests that need namespaces are to run: where they cannot, they are skipped, but fail when `CI` is `true`.
    public static var arePresent: Bool { missing == nil || environment("CI") == "true" }

    /// Where a command is, by the search path.
    public static func find(_ command: String) -> String? {
        let path = environment("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        return path.split(separator: ":").map { "\($0)/\(command)" }.first { access($0, X_OK) == 0 }
    }

    /// What a variable of the environment says; nil where there is none of the name.
    package static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

extension Trait where Self == ConditionTrait {
    /// The suite or test works in network namespaces of its own.
    public static var needsKernel: Self {
        .enabled(if: KernelTools.arePresent, "\(KernelTools.missing ?? "")")
    }
}

extension Tag {
    /// Works in network namespaces of its own.
    @Tag public static var kernel: Self
}

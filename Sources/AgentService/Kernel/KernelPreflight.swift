internal import Glibc
internal import Netlink
internal import Nftables

/// Whether this kernel, and this process's rights, suffice: found out once, in a namespace made for it.
enum KernelPreflight {
    /// Tries what a router needs.
    ///
    /// - Throws: `notPrivileged`, `nftablesMissing`, `kernel`.
    static func check() throws(AgentError) {
        let socket: NftablesSocket
        do throws(NetlinkError) {
            let scratch = try NetworkNamespace.createUnnamed()
            socket = try scratch.perform { () throws(NetlinkError) in try NftablesSocket() }
        } catch {
            throw error.number == .notPermitted ? .notPrivileged : .kernel(error)
        }
        var table = TableSocket(socket)
        do throws(AgentError) {
            try table.commit(.table(TranslationPlan()))
        } catch {
            // Whatever is refused of this fixed ruleset, the kernel lacks.
            throw .nftablesMissing(error.description)
        }
    }
}

/// Allows as many open files as the system permits: each router takes up to six.
func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

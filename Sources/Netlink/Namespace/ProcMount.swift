internal import CLinux
internal import Synchronization

/// A mount of `/proc` at no place, of this process alone, for a few look-ups of parameters of network namespaces.
///
/// The kernel keeps what was ever looked up below one mount of `/proc` in one list for each name, whichever namespace it
/// is of, and goes through it (`proc_sys_compare`): 100 µs where 1000 namespaces had their parameter looked up. Below a
/// new mount the list is empty.
final class ProcMount: Sendable {
    private let descriptor: Descriptor

    /// For how many look-ups one serves; to make one takes as long as twenty of them.
    private static let lookupLimit = 64
    private static let state = Mutex(State())

    private struct State {
        var mount: ProcMount?
        var lookupsLeft = 0
        /// Whether the process may not mount, as without CAP_SYS_ADMIN.
        var isRefused = false
    }

    private init?() {
        let number = clinux_mount_proc()
        guard number >= 0 else { return nil }
        descriptor = Descriptor(owning: number)
    }

    /// Opens what stands in a place below `/proc`, in the calling thread's network namespace.
    ///
    /// - Throws: `system`.
    static func open(_ path: String, flags: Int32) throws(NetlinkError) -> Descriptor {
        guard let mount = next() else { return try Descriptor(opening: "/proc/\(path)", flags: flags) }
        return try Descriptor(opening: path, in: mount.descriptor, of: "/proc", flags: flags)
    }

    /// The mount for one look-up; nil where there can be none.
    private static func next() -> ProcMount? {
        state.withLock { state in
            if state.lookupsLeft == 0, !state.isRefused {
                state.mount = ProcMount()
                state.isRefused = state.mount == nil
                state.lookupsLeft = lookupLimit
            }
            state.lookupsLeft -= 1
            return state.mount
        }
    }
}

internal import Glibc
internal import Synchronization

extension NetworkNamespace {
    /// Makes the directory of names such that a name made in one mount namespace appears in all, as `ip netns` does.
    ///
    /// Without that, a name deleted here would stay busy in the mount namespaces of services that started earlier.
    ///
    /// Once is enough: the kernel walks all the names to share them anew.
    static func prepareDirectory() throws(NetlinkError) {
        guard !isPrepared.load(ordering: .relaxed) || access(directory, F_OK) != 0 else { return }
        try shareDirectory()
        isPrepared.store(true, ordering: .relaxed)
    }

    private static let isPrepared = Atomic(false)

    private static func shareDirectory() throws(NetlinkError) {
        guard mkdir(directory, 0o755) == 0 || ErrorNumber.current == .exists else {
            throw .system(call: "mkdir", subject: directory, .current)
        }
        let shared = UInt(MS_SHARED) | UInt(MS_REC)
        if mount("", directory, "none", shared, nil) == 0 { return }
        guard ErrorNumber.current == .invalid else {
            throw .system(call: "mount", subject: "\(directory) as shared", .current)
        }
        // Only a mount point can be shared: it becomes one by being bound on itself.
        guard mount(directory, directory, "none", UInt(MS_BIND) | UInt(MS_REC), nil) == 0,
            mount("", directory, "none", shared, nil) == 0
        else {
            throw .system(call: "mount", subject: "\(directory) on itself", .current)
        }
    }
}

internal import CLinux
internal import Glibc

/// A hold on a network namespace: it stays alive as long as this value, or any socket opened in it, does.
public struct NetworkNamespace: ~Copyable, Sendable {
    let descriptor: Descriptor

    /// The directory where `ip netns` and this room keep names.
    public static let directory = "/run/netns"

    private init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// The namespace of the calling thread.
    ///
    /// - Throws: `system`.
    public static func current() throws(NetlinkError) -> NetworkNamespace {
        NetworkNamespace(try Descriptor(opening: "/proc/thread-self/ns/net", flags: O_RDONLY))
    }

    /// The namespace of this name.
    ///
    /// - Throws: `system` with `notFound` when there is none, and with `invalid` when the name stands for something
    ///   that is not a network namespace, as what is left of one whose making was cut short.
    public static func open(named name: String) throws(NetlinkError) -> NetworkNamespace {
        let path = path(of: name)
        let descriptor = try Descriptor(opening: path, flags: O_RDONLY)
        guard isNamespace(descriptor) else {
            throw .system(call: "open", subject: path, .invalid)
        }
        return NetworkNamespace(descriptor)
    }

    /// Makes a namespace with a name, as `ip netns add` does, or opens the one that has it.
    ///
    /// A file of that name which is no namespace, left by a crash between its making and its mount, is put to use.
    ///
    /// - Throws: `system`; with `notPermitted` without CAP_SYS_ADMIN.
    public static func create(named name: String) throws(NetlinkError) -> NetworkNamespace {
        try prepareDirectory()
        let path = path(of: name)
        do {
            _ = try Descriptor(opening: path, flags: O_RDONLY | O_CREAT | O_EXCL)
        } catch  where error.number == .exists {
            let descriptor = try Descriptor(opening: path, flags: O_RDONLY)
            if isNamespace(descriptor) { return NetworkNamespace(descriptor) }
        }
        return try onThread { () throws(NetlinkError) in try enterNew(name) }
    }

    /// Makes a namespace from a thread in this one, and runs `body` on that thread, which then stands in the new one.
    ///
    /// As ``create(named:)``, with all that is to be done in the namespace at once on one thread. Of the settings the new
    /// namespace inherits those that the kernel is set to let it inherit.
    ///
    /// - Throws: `system`, and what `body` throws; the namespace stays.
    public borrowing func makeNamespace<Result: ~Copyable>(
        named name: String,
        _ body: (consuming NetworkNamespace) throws(NetlinkError) -> Result
    ) throws(NetlinkError) -> Result {
        try Self.prepareDirectory()
        let path = Self.path(of: name)
        do {
            _ = try Descriptor(opening: path, flags: O_RDONLY | O_CREAT | O_EXCL)
        } catch  where error.number == .exists {
            let file = try Descriptor(opening: path, flags: O_RDONLY)
            if Self.isNamespace(file) {
                let present = try Self.open(named: name)
                return try present.perform { () throws(NetlinkError) in try body(try Self.current()) }
            }
        }
        return try perform { () throws(NetlinkError) in try body(try Self.enterNew(name)) }
    }

    /// Moves the calling thread into a new namespace, and mounts that on a file that is there.
    private static func enterNew(_ name: String) throws(NetlinkError) -> NetworkNamespace {
        let path = path(of: name)
        guard clinux_unshare_network() == 0 else {
            throw .system(call: "unshare", subject: "network namespace \(name)", .current)
        }
        guard mount("/proc/thread-self/ns/net", path, "none", UInt(MS_BIND), nil) == 0 else {
            throw .system(call: "mount", subject: path, .current)
        }
        return NetworkNamespace(try Descriptor(opening: path, flags: O_RDONLY))
    }

    /// Gives this namespace a name, as `ip netns attach` does: one that lost its own lives on while someone holds it.
    ///
    /// - Throws: `system`; with `exists` when something bears the name.
    public borrowing func attach(name: String) throws(NetlinkError) {
        try Self.prepareDirectory()
        let path = Self.path(of: name)
        _ = try Descriptor(opening: path, flags: O_RDONLY | O_CREAT | O_EXCL)
        guard mount("/proc/self/fd/\(descriptor.rawValue)", path, "none", UInt(MS_BIND), nil) == 0 else {
            let error = ErrorNumber.current
            unlink(path)
            throw .system(call: "mount", subject: path, error)
        }
    }

    /// A namespace without a name, which ends with the last hold on it.
    ///
    /// - Throws: `system`; with `notPermitted` without CAP_SYS_ADMIN.
    public static func createUnnamed() throws(NetlinkError) -> NetworkNamespace {
        try onThread { () throws(NetlinkError) in
            guard clinux_unshare_network() == 0 else {
                throw .system(call: "unshare", subject: "network namespace", .current)
            }
            return try current()
        }
    }

    /// Takes a name away; the namespace ends, with all its interfaces, once no socket and no process holds it.
    ///
    /// Does nothing when there is no such name. The end itself comes later: the kernel takes about 2 ms for a router,
    /// in the background, and the call waits for up to 2 ms on a busy machine.
    ///
    /// - Throws: `system`.
    public static func delete(named name: String) throws(NetlinkError) {
        let path = path(of: name)
        while umount2(path, Int32(MNT_DETACH)) == 0 {
            // More than one mount may lie on the name: adopting processes of other mount namespaces make them.
        }
        let error = ErrorNumber.current
        guard error == .invalid || error == .notFound else {
            throw .system(call: "umount", subject: path, error)
        }
        guard unlink(path) == 0 || ErrorNumber.current == .notFound else {
            throw .system(call: "unlink", subject: path, .current)
        }
    }

    /// The names of all namespaces, in no order.
    ///
    /// - Throws: `system`.
    public static func names() throws(NetlinkError) -> [String] {
        guard let stream = opendir(directory) else {
            if ErrorNumber.current == .notFound { return [] }
            throw .system(call: "opendir", subject: directory, .current)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Which namespace this is, for comparison; the kernel may give the number again once the namespace has ended.
    ///
    /// - Throws: `system`.
    public borrowing func identity() throws(NetlinkError) -> Identity {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else {
            throw .system(call: "fstat", subject: "network namespace", .current)
        }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// A namespace's number in the kernel.
    public struct Identity: Hashable, Sendable {
        /// The device number of the kernel's file system of namespaces.
        public let device: UInt64
        /// The namespace's number on it.
        public let inode: UInt64
    }

    private static func path(of name: String) -> String { "\(directory)/\(name)" }

    /// Whether a descriptor is of the kernel's file system of namespaces, not of a plain file.
    private static func isNamespace(_ descriptor: borrowing Descriptor) -> Bool {
        clinux_is_namespace(descriptor.rawValue)
    }
}

internal import CLinux
internal import Glibc

/// An error number of the kernel, positive, as in errno.h.
public struct ErrorNumber: RawRepresentable, Hashable, Sendable {
    /// The number.
    public let rawValue: Int32

    /// The error with this number.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The error of the last call that failed on this thread.
    package static var current: ErrorNumber { ErrorNumber(rawValue: errno) }

    /// EPERM: the caller lacks a capability.
    public static let notPermitted = ErrorNumber(rawValue: EPERM)
    /// ENOENT: there is no such object.
    public static let notFound = ErrorNumber(rawValue: ENOENT)
    /// EEXIST: an object of that name or address is there already.
    public static let exists = ErrorNumber(rawValue: EEXIST)
    /// ENODEV: there is no such interface.
    public static let noDevice = ErrorNumber(rawValue: ENODEV)
    /// ESRCH: there is no such route.
    public static let noRoute = ErrorNumber(rawValue: ESRCH)
    /// EADDRNOTAVAIL: the interface has no such address.
    public static let addressNotAvailable = ErrorNumber(rawValue: EADDRNOTAVAIL)
    /// EBUSY: the object is in use.
    public static let busy = ErrorNumber(rawValue: EBUSY)
    /// EINVAL: the kernel does not accept a value.
    public static let invalid = ErrorNumber(rawValue: EINVAL)
    /// EOPNOTSUPP: the kernel was built without it, or a module is missing.
    public static let notSupported = ErrorNumber(rawValue: EOPNOTSUPP)
    /// ERESTART: the kernel's state changed under a transaction.
    public static let restart = ErrorNumber(rawValue: ERESTART)
}

extension ErrorNumber: CustomStringConvertible {
    /// The error's name, or its number where it has none.
    public var description: String {
        guard let name = clinux_error_name(rawValue) else { return "error \(rawValue)" }
        return String(cString: name)
    }

    /// The error's name with what to do about it, where that is known.
    package var advice: String {
        switch self {
        case .notPermitted: "\(self) (needs root, or CAP_NET_ADMIN in the namespace's user namespace)"
        case .notSupported: "\(self) (the kernel lacks the feature or its module)"
        default: "\(self) (\(String(cString: strerror(rawValue))))"
        }
    }
}

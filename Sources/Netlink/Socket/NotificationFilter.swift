internal import CLinux
internal import Glibc

/// A program that the kernel runs on each notification for a socket: what it does not pass takes no room there and wakes
/// nobody.
///
/// Source: linux/filter.h, classic BPF. Its loads read in network order, so numbers of the host's order are turned.
struct NotificationFilter {
    private var code: [sock_filter] = []
    private static let everything: UInt32 = .max

    /// Passes the changes of links, addresses, routes and rules that this process did not ask for.
    ///
    /// A notification bears the number of the socket that asked, which for the first socket of a process in a namespace
    /// is the process's own. Passed over are also routes of others' making, which are no concern of ours, and the view
    /// that a bridge has of its ports.
    static var ofOthersRouteChanges: NotificationFilter {
        let header = UInt32(MemoryLayout<nlmsghdr>.size)
        var filter = NotificationFilter()
        // Steps are counted from the instruction after a jump.
        filter.load(BPF_W, at: 12)
        filter.jump(ifEqual: UInt32(getpid()).bigEndian, then: 11, otherwise: 0)
        filter.load(BPF_H, at: 4)
        filter.jump(ifEqual: UInt32(UInt16(RTM_NEWROUTE).bigEndian), then: 4, otherwise: 0)
        filter.jump(ifEqual: UInt32(UInt16(RTM_DELROUTE).bigEndian), then: 3, otherwise: 0)
        filter.jump(ifEqual: UInt32(UInt16(RTM_NEWLINK).bigEndian), then: 4, otherwise: 0)
        filter.jump(ifEqual: UInt32(UInt16(RTM_DELLINK).bigEndian), then: 3, otherwise: 0)
        filter.answer(everything)
        // struct rtmsg: the protocol is its sixth byte.
        filter.load(BPF_B, at: header + 5)
        filter.jump(ifEqual: UInt32(Route.Origin.sluice.rawValue), then: 2, otherwise: 3)
        // struct ifinfomsg: the family is its first byte.
        filter.load(BPF_B, at: header)
        filter.jump(ifEqual: UInt32(AF_UNSPEC), then: 0, otherwise: 1)
        filter.answer(everything)
        filter.answer(0)
        return filter
    }

    private mutating func load(_ size: Int32, at offset: UInt32) {
        code.append(sock_filter(code: UInt16(BPF_LD | size | BPF_ABS), jt: 0, jf: 0, k: offset))
    }

    private mutating func jump(ifEqual value: UInt32, then yes: UInt8, otherwise no: UInt8) {
        code.append(sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: yes, jf: no, k: value))
    }

    private mutating func answer(_ byteCount: UInt32) {
        code.append(sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: byteCount))
    }

    /// Lends the program in the form that the socket option wants.
    func withProgram<Result>(_ body: (sock_fprog) throws(NetlinkError) -> Result) throws(NetlinkError) -> Result {
        var code = code
        let count = UInt16(code.count)
        var result: Swift.Result<Result, NetlinkError>?
        code.withUnsafeMutableBufferPointer { pointer in
            let program = sock_fprog(len: count, filter: pointer.baseAddress)
            do throws(NetlinkError) { result = .success(try body(program)) } catch { result = .failure(error) }
        }
        guard let result else { preconditionFailure("the program was not lent") }
        return try result.get()
    }
}

extension NetlinkSocket {
    /// Lets the kernel queue only what the filter passes, from now on.
    ///
    /// - Throws: `system`.
    func attach(_ filter: NotificationFilter) throws(NetlinkError) {
        try filter.withProgram { (program) throws(NetlinkError) in
            try descriptor.set(SOL_SOCKET, SO_ATTACH_FILTER, program)
        }
    }
}

import Netlink
import Testing

@Suite struct NetlinkErrorTests {
    @Test func `a lack of rights says what is needed`() {
        let error = NetlinkError.system(call: "unshare", subject: "network namespace x", .notPermitted)
        #expect(
            error.description
                == "unshare network namespace x: EPERM (needs root, or CAP_NET_ADMIN in the namespace's user namespace)"
        )
        #expect(error.number == .notPermitted)
    }

    @Test func `an error number has the name that errno.h gives it`() {
        #expect(ErrorNumber.notFound.description == "ENOENT")
        #expect(ErrorNumber.restart.description == "ERESTART")
        #expect(ErrorNumber(rawValue: 4000).description == "error 4000")
    }

    @Test(arguments: [NetlinkError.timedOut, .overrun, .interrupted, .truncated(byteCount: 70000), .malformed("x")])
    func `what the kernel gave no number for has none`(error: NetlinkError) {
        #expect(error.number == nil)
        #expect(!error.description.isEmpty)
    }
}

internal import CLinux

/// What the kernel says about one message: an error, or that it was carried out.
package struct Acknowledgement: Hashable, Sendable {
    /// The number of the message.
    package let sequence: UInt32
    /// Nil when it was carried out.
    package let error: ErrorNumber?
    /// The kernel's own words, where it has some.
    package let explanation: String?

    /// Reads the body of a message of type `NLMSG_ERROR`.
    ///
    /// Source: linux/netlink.h, `struct nlmsgerr`.
    package init(header: MessageHeader, body: RawSpan) throws(NetlinkError) {
        let fixed = try body.fixedPart(nlmsgerr.self)
        sequence = header.sequence
        error = fixed.error == 0 ? nil : ErrorNumber(rawValue: -fixed.error)
        explanation = try Self.explanation(flags: header.flags, original: fixed.msg, body: body)
    }

    private static func explanation(
        flags: Int32,
        original: nlmsghdr,
        body: RawSpan
    ) throws(NetlinkError) -> String? {
        guard flags & NLM_F_ACK_TLVS != 0 else { return nil }
        // Unless the answer is capped, the whole of the refused message stands before the attributes.
        let payload = flags & NLM_F_CAPPED != 0 ? 0 : Int(original.nlmsg_len) - MemoryLayout<nlmsghdr>.size
        let start = MemoryLayout<nlmsgerr>.size + ((payload + 3) & ~3)
        guard start <= body.byteCount else { throw .malformed("acknowledgement without its attributes") }
        var text: String?
        try forEachAttribute(in: body.extracting(start..<body.byteCount)) { type, value in
            if type == Int(NLMSGERR_ATTR_MSG.rawValue) { text = value.text }
        }
        return text
    }
}

extension NetlinkSocket {
    /// A buffer for requests, numbered on from the last one.
    package func makeWriter(capacity: Int = 2048) -> MessageWriter {
        MessageWriter(firstSequence: sequence, capacity: capacity)
    }

    /// Sends messages of which the last asks for an acknowledgement, waits for that, and returns what was refused.
    ///
    /// The kernel reports errors of earlier messages unasked, and before the answer to the last. Answers to requests
    /// that an earlier caller gave up on are passed over. With `last`, that message asks for it, and others may follow.
    /// With `batchEdge`, an error that bears this number ends the waiting too: the kernel blames the batch as a whole on
    /// its first message.
    ///
    /// - Throws: `system` when nothing was sent; `timedOut` and `overrun` when what was done is unknown.
    package mutating func exchange(
        _ messages: borrowing MessageWriter,
        firstSequence: UInt32,
        last: UInt32? = nil,
        batchEdge: UInt32? = nil
    ) throws(NetlinkError) -> [Acknowledgement] {
        let last = last ?? messages.lastSequence
        sequence = messages.sequence
        let fault = ExchangeFault.next?()
        if fault == .notSent { throw .system(call: "send", subject: "\(messages.count) bytes", .busy) }
        try send(messages)
        let buffer = ReceiveBuffer.forAcknowledgements
        var refusals: [Acknowledgement] = []
        var isDone = false
        while !isDone {
            let count = try receive(into: buffer)
            try buffer.withBytes(count) { (bytes) throws(NetlinkError) in
                try forEachMessage(in: bytes) { (header, body) throws(NetlinkError) in
                    guard header.type == Int(NLMSG_ERROR), header.sequence &- firstSequence <= last &- firstSequence
                    else { return }
                    let answer = try Acknowledgement(header: header, body: body)
                    if answer.error != nil { refusals.append(answer) }
                    if answer.sequence == last || answer.sequence == batchEdge { isDone = true }
                }
            }
        }
        if fault == .answerLost { throw .timedOut }
        return refusals
    }
}

/// What can go wrong between this process and the kernel with requests that change something.
///
/// Tests let it go wrong: a thread that has something here asks it before each exchange.
package enum ExchangeFault: Hashable, Sendable, CaseIterable {
    /// The kernel did not get the requests.
    case notSent
    /// The kernel got them and did as it would; this process does not learn what.
    case answerLost

    /// What happens to the next exchange; nil as a rule.
    @TaskLocal package static var next: (@Sendable () -> ExchangeFault?)?
}

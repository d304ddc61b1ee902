internal import CLinux

extension NetlinkSocket {
    /// How often a listing that changed while it was read is begun anew.
    private static var listingAttempts: Int { 16 }

    /// Lists objects: sends a request for a dump and collects what `parse` makes of each message.
    ///
    /// The listing is one consistent state: when the kernel says that it changed on the way, it is read again.
    ///
    /// - Throws: `refused`, `interrupted`, `timedOut`, `overrun`, `malformed`, `system`.
    package mutating func list<Item>(
        _ what: @autoclosure () -> String,
        type: some BinaryInteger,
        fixedPart: some BitwiseCopyable,
        attributes: (inout MessageWriter) -> Void = { _ in },
        parse: (MessageHeader, RawSpan, inout [Item]) throws(NetlinkError) -> Void
    ) throws(NetlinkError) -> [Item] {
        let buffer = ReceiveBuffer.forListings
        for _ in 0..<Self.listingAttempts {
            var writer = makeWriter(capacity: 512)
            writer.message(type: type, flags: NLM_F_DUMP, fixedPart: fixedPart, attributes: attributes)
            let request = sequence
            sequence = writer.sequence
            try send(writer)
            var items: [Item] = []
            var progress = ListingProgress()
            while !progress.isDone {
                try receivePart(into: buffer, request: request, what: what, progress: &progress) {
                    (header, body) throws(NetlinkError) in try parse(header, body, &items)
                }
            }
            if !progress.wasInterrupted { return items }
        }
        throw .interrupted
    }

    private struct ListingProgress {
        var isDone = false
        /// Whether the kernel says that objects came or went between two pieces of the listing.
        var wasInterrupted = false
    }

    private mutating func receivePart(
        into buffer: borrowing ReceiveBuffer,
        request: UInt32,
        what: () -> String,
        progress: inout ListingProgress,
        each: (MessageHeader, RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        let count = try receive(into: buffer)
        try buffer.withBytes(count) { (bytes) throws(NetlinkError) in
            try forEachMessage(in: bytes) { (header, body) throws(NetlinkError) in
                guard header.sequence == request else { return }
                if header.flags & NLM_F_DUMP_INTR != 0 { progress.wasInterrupted = true }
                switch header.type {
                case Int(NLMSG_DONE):
                    // The kernel ends a failed dump with its error instead of 0.
                    if let status = body.integer(as: Int32.self), status < 0 {
                        throw .refused([
                            .init(index: 0, request: what(), error: .init(rawValue: -status), explanation: nil)
                        ])
                    }
                    progress.isDone = true
                case Int(NLMSG_ERROR):
                    let answer = try Acknowledgement(header: header, body: body)
                    throw .refused([answer.refusal(index: 0, request: what())])
                default:
                    try each(header, body)
                }
            }
        }
    }

    /// Asks for one object and returns what `parse` makes of the answer.
    ///
    /// - Throws: `refused`, `timedOut`, `overrun`, `malformed`, `system`.
    package mutating func get<Item>(
        _ what: @autoclosure () -> String,
        type: some BinaryInteger,
        fixedPart: some BitwiseCopyable,
        attributes: (inout MessageWriter) -> Void = { _ in },
        parse: (MessageHeader, RawSpan) throws(NetlinkError) -> Item
    ) throws(NetlinkError) -> Item {
        var writer = makeWriter(capacity: 512)
        writer.message(type: type, flags: 0, fixedPart: fixedPart, attributes: attributes)
        let request = sequence
        sequence = writer.sequence
        try send(writer)
        let buffer = ReceiveBuffer.forListings
        var item: Item?
        while item == nil {
            let count = try receive(into: buffer)
            try buffer.withBytes(count) { (bytes) throws(NetlinkError) in
                try forEachMessage(in: bytes) { (header, body) throws(NetlinkError) in
                    guard header.sequence == request else { return }
                    if header.type == Int(NLMSG_ERROR) {
                        let answer = try Acknowledgement(header: header, body: body)
                        throw .refused([answer.refusal(index: 0, request: what())])
                    }
                    item = try parse(header, body)
                }
            }
        }
        guard let item else { throw .malformed("no answer") }
        return item
    }
}

extension Acknowledgement {
    /// The refusal of a request that this reports; an acknowledgement without error must not be asked.
    package func refusal(index: Int, request: String) -> NetlinkError.Refusal {
        .init(
            index: index,
            request: request,
            error: error ?? ErrorNumber(rawValue: 0),
            explanation: explanation
        )
    }
}

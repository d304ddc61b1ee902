import Testing

@testable import HTTP2Transport

@Suite struct MessageFramingTests {
    private let messages: [[UInt8]] = [[], [1], [2, 3, 4], Array(repeating: 9, count: 70_000), [], [5]]

    private func framed(_ messages: [[UInt8]]) -> [UInt8] {
        messages.flatMap { (message: [UInt8]) -> [UInt8] in
            let length = withUnsafeBytes(of: UInt32(message.count).bigEndian) { [UInt8]($0) }
            return [0] + length + message
        }
    }

    @Test(arguments: [1, 2, 4, 5, 6, 7, 1000, 1_000_000]) func `messages survive any cut of their octets`(
        size: Int
    ) throws {
        var deframer = MessageDeframer(limit: 100_000)
        var taken: [[UInt8]] = []
        let octets = framed(messages)
        for start in stride(from: 0, to: octets.count, by: size) {
            let chunk = Array(octets[start..<min(start + size, octets.count)])
            try deframer.take(chunk.span.bytes) { taken.append($0) }
        }
        #expect(taken == messages)
        #expect(deframer.heldBytes == 0)
    }

    @Test(arguments: [1, 4, 5, 6, 100, 16_384]) func `a queue is read as framed messages`(size: Int) {
        var queue = MessageQueue()
        for message in messages { queue.append(message) }
        #expect(queue.pendingBytes == framed(messages).count)
        var read: [UInt8] = []
        var room = [UInt8](repeating: 0, count: size)
        while !queue.isEmpty {
            let count = room.withUnsafeMutableBytes { queue.read(into: $0) }
            #expect(count > 0)
            read += room[..<count]
        }
        #expect(read == framed(messages))
    }

    @Test func `a queue keeps its order while it is filled and read`() {
        var queue = MessageQueue()
        var read: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 7)
        for number in 0..<1000 {
            queue.append([UInt8(truncatingIfNeeded: number)])
            if number > 200 { read += room[..<room.withUnsafeMutableBytes { queue.read(into: $0) }] }
        }
        while !queue.isEmpty { read += room[..<room.withUnsafeMutableBytes { queue.read(into: $0) }] }
        #expect(read == framed((0..<1000).map { [UInt8(truncatingIfNeeded: $0)] }))
    }

    @Test func `a message over the limit is a fault before it arrives`() {
        var deframer = MessageDeframer(limit: 10)
        #expect(throws: MessageDeframer.Fault.tooLong(length: 11, limit: 10)) {
            try deframer.take([UInt8]([0, 0, 0, 0, 11]).span.bytes) { _ in }
        }
    }

    @Test func `a compressed message is a fault`() {
        var deframer = MessageDeframer(limit: 10)
        #expect(throws: MessageDeframer.Fault.compressed) {
            try deframer.take([UInt8]([1, 0, 0, 0, 1, 7]).span.bytes) { _ in }
        }
    }

    @Test func `a message with an unknown flag is a fault`() {
        var deframer = MessageDeframer(limit: 10)
        #expect(throws: MessageDeframer.Fault.badFlag(2)) {
            try deframer.take([UInt8]([2, 0, 0, 0, 1, 7]).span.bytes) { _ in }
        }
    }

    @Test func `an unfinished message is counted`() throws {
        var deframer = MessageDeframer(limit: 10)
        try deframer.take([UInt8]([0, 0, 0, 0, 4, 7, 8]).span.bytes) { _ in Issue.record("not whole") }
        #expect(deframer.heldBytes == 7)
    }
}

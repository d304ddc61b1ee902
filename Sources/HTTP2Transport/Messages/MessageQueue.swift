/// Messages waiting to be written to a stream, framed as they are read.
///
/// A message is kept as it came; its prefix of five octets is made while it is copied into a DATA frame.
struct MessageQueue {
    private var messages: [[UInt8]] = []
    private var first = 0
    /// Octets of the first message already read, its prefix included.
    private var readOfFirst = 0

    /// Octets left to read, prefixes included.
    private(set) var pendingBytes = 0

    var isEmpty: Bool { pendingBytes == 0 }

    mutating func append(_ message: [UInt8]) {
        messages.append(message)
        pendingBytes += MessageDeframer.prefixLength + message.count
    }

    /// Copies as much as fits into `target`; gives the number of octets copied.
    mutating func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        var written = 0
        while written < target.count, first < messages.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[written...])
            written += readFirst(into: rest)
        }
        pendingBytes -= written
        return written
    }

    private mutating func readFirst(into target: UnsafeMutableRawBufferPointer) -> Int {
        let length = messages[first].count
        var written = 0
        while readOfFirst < MessageDeframer.prefixLength, written < target.count {
            target[written] = Self.prefixOctet(readOfFirst, length: length)
            readOfFirst += 1
            written += 1
        }
        guard readOfFirst >= MessageDeframer.prefixLength else { return written }
        let start = readOfFirst - MessageDeframer.prefixLength
        let count = min(length - start, target.count - written)
        if count > 0 {
            messages[first].withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(rebasing: target[written..<written + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<start + count]))
            }
        }
        readOfFirst += count
        if readOfFirst == MessageDeframer.prefixLength + length { dropFirst() }
        return written + count
    }

    private mutating func dropFirst() {
        messages[first] = []
        first += 1
        readOfFirst = 0
        if first == messages.count {
            messages.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 64, first * 2 >= messages.count {
            messages.removeFirst(first)
            first = 0
        }
    }

    private static func prefixOctet(_ index: Int, length: Int) -> UInt8 {
        index == 0 ? 0 : UInt8(truncatingIfNeeded: length >> (8 * (4 - index)))
    }
}

internal import CLinux

/// A buffer of netlink messages that grows as they are written, laid out as one `send` wants them.
///
/// Messages and attributes are padded to four bytes, and the padding is zero. Their lengths are filled in when their
/// closures return. Source: linux/netlink.h.
package struct MessageWriter: ~Copyable, @unchecked Sendable {
    // Sendable: the memory belongs to this value alone, which cannot be copied.
    private var memory: UnsafeMutableRawBufferPointer
    /// The number of bytes written.
    package private(set) var count = 0
    /// The sequence number of the next message.
    package private(set) var sequence: UInt32
    /// Where the last message begins, for flags that are known only afterwards.
    private var lastMessage = 0

    /// An empty buffer whose first message will have this sequence number.
    package init(firstSequence: UInt32, capacity: Int = 2048) {
        memory = .allocate(byteCount: max(capacity, 64), alignment: 16)
        sequence = firstSequence
    }

    deinit { memory.deallocate() }

    /// Whether nothing was written.
    package var isEmpty: Bool { count == 0 }

    /// The sequence number of the last message, which must exist.
    package var lastSequence: UInt32 {
        precondition(count > 0, "no message")
        return memory.load(fromByteOffset: lastMessage + 8, as: UInt32.self)
    }

    /// Writes a message: its header, the fixed part of its kind, and attributes.
    package mutating func message(
        type: some BinaryInteger,
        flags: Int32,
        fixedPart: some BitwiseCopyable,
        attributes: (inout MessageWriter) -> Void = { _ in }
    ) {
        let start = beginMessage(type: UInt16(type), flags: flags)
        append(fixedPart)
        attributes(&self)
        endMessage(from: start)
    }

    /// Begins a message and returns where, for `endMessage`.
    package mutating func beginMessage(type: UInt16, flags: Int32) -> Int {
        lastMessage = count
        append(
            nlmsghdr(
                nlmsg_len: 0,
                nlmsg_type: type,
                nlmsg_flags: UInt16(NLM_F_REQUEST | flags),
                nlmsg_seq: sequence,
                nlmsg_pid: 0
            )
        )
        sequence &+= 1
        return lastMessage
    }

    /// Fills in the length of the message that began there.
    package mutating func endMessage(from start: Int) {
        memory.storeBytes(of: UInt32(count - start), toByteOffset: start, as: UInt32.self)
    }

    /// Asks for an acknowledgement of the last message.
    package mutating func acknowledgeLast() {
        precondition(count > 0, "no message")
        let flags = memory.load(fromByteOffset: lastMessage + 6, as: UInt16.self)
        memory.storeBytes(of: flags | UInt16(NLM_F_ACK), toByteOffset: lastMessage + 6, as: UInt16.self)
    }

    /// Writes an attribute that holds others.
    package mutating func nest(_ type: some BinaryInteger, _ attributes: (inout MessageWriter) -> Void) {
        let start = beginAttribute(UInt16(type))
        attributes(&self)
        endAttribute(from: start)
    }

    /// Begins an attribute that holds others, and returns where, for `endAttribute`.
    package mutating func beginAttribute(_ type: UInt16) -> Int {
        let start = count
        append(nlattr(nla_len: 0, nla_type: type))
        return start
    }

    /// Fills in the length of the attribute that began there.
    package mutating func endAttribute(from start: Int) {
        let length = count - start
        precondition(length <= UInt16.max, "nested attribute too long")
        memory.storeBytes(of: UInt16(length), toByteOffset: start, as: UInt16.self)
    }

    /// Writes an attribute with a value in the byte order it has.
    package mutating func put(_ type: some BinaryInteger, _ value: some BitwiseCopyable & FixedWidthInteger) {
        withUnsafeBytes(of: value) { putOctets(UInt16(type), $0) }
    }

    /// Writes an attribute of octets.
    package mutating func put(_ type: some BinaryInteger, bytes: some Collection<UInt8>) {
        let type = UInt16(type)
        if bytes.withContiguousStorageIfAvailable({ putOctets(type, UnsafeRawBufferPointer($0)) }) != nil { return }
        [UInt8](bytes).withUnsafeBytes { putOctets(type, $0) }
    }

    /// Writes an attribute of text with a final NUL.
    package mutating func put(_ type: some BinaryInteger, text: String) {
        var text = text
        let type = UInt16(type)
        text.withUTF8 { putOctets(type, UnsafeRawBufferPointer($0), andZeros: 1) }
    }

    /// Writes an attribute without a value: its presence is the value.
    package mutating func putFlag(_ type: some BinaryInteger) {
        putOctets(UInt16(type), UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// Writes an attribute of octets and zeros after them.
    package mutating func putOctets(_ type: UInt16, _ octets: UnsafeRawBufferPointer, andZeros zeros: Int = 0) {
        let payload = octets.count + zeros
        precondition(payload <= Int(UInt16.max) - 4, "attribute too long")
        append(nlattr(nla_len: UInt16(4 + payload), nla_type: type))
        appendOctets(octets, andZeros: zeros)
    }

    /// Writes a value and pads it.
    package mutating func append<Value: BitwiseCopyable>(_ value: Value) {
        withUnsafeBytes(of: value) { appendOctets($0) }
    }

    /// Writes octets and zeros after them, and pads.
    package mutating func appendOctets(_ octets: UnsafeRawBufferPointer, andZeros zeros: Int = 0) {
        reserve(octets.count + zeros + 3)
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: octets)
        count += octets.count
        for _ in 0..<zeros {
            memory[count] = 0
            count += 1
        }
        pad()
    }

    private mutating func pad() {
        while count & 3 != 0 {
            memory[count] = 0
            count += 1
        }
    }

    /// Lends at least `capacity` free bytes to a writer that cannot count them itself, and adds as many as it used.
    ///
    /// `startsMessage` is true when it writes whole messages; their sequence numbers are then the caller's business.
    package mutating func appendUninitialized(
        capacity: Int,
        startsMessage: Bool = false,
        _ write: (UnsafeMutableRawBufferPointer) -> Int
    ) {
        reserve(capacity + 3)
        let start = count
        let written = write(UnsafeMutableRawBufferPointer(rebasing: memory[count...]))
        precondition(written >= 0 && written <= memory.count - count, "wrote past the end")
        count += written
        pad()
        if startsMessage {
            lastMessage = start
            sequence &+= 1
        }
    }

    /// Writes the messages of another buffer from a byte on, at which one begins; their sequence numbers are the
    /// caller's business.
    package mutating func append(_ other: borrowing MessageWriter, from start: Int) {
        precondition(start <= other.lastMessage, "no message begins there")
        reserve(other.count - start)
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: other.memory[start..<other.count])
        )
        lastMessage = count + other.lastMessage - start
        count += other.count - start
    }

    /// Numbers the messages anew, beginning with this sequence number.
    package mutating func renumber(from first: UInt32) {
        sequence = first
        var offset = 0
        while offset < count {
            memory.storeBytes(of: sequence, toByteOffset: offset + 8, as: UInt32.self)
            sequence &+= 1
            offset += (Int(memory.load(fromByteOffset: offset, as: UInt32.self)) + 3) & ~3
        }
    }

    private mutating func reserve(_ size: Int) {
        guard count + size > memory.count else { return }
        let grown = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(memory.count * 2, count + size),
            alignment: 16
        )
        grown.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = grown
    }

    /// Lends what was written.
    package borrowing func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
    }
}

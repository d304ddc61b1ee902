/// Turns messages into JSON objects, straight from their bytes into the output: nothing is decoded in between.
struct ObjectRenderer: ~Copyable {
    /// Where a scan found the fields of the messages that are being rendered, innermost last.
    private var slots: [Slot] = []

    private struct Slot {
        /// The bytes of the value of the last occurrence.
        var start = 0
        var end = 0
        /// Its number, where it has one.
        var value: UInt64 = 0
        /// Where the first occurrence starts, -1 for none, and where the last one ends.
        var firstStart = -1
        var lastEnd = 0

        var isPresent: Bool { firstStart >= 0 }
        /// Whether the field is absent, or holds its type's empty value.
        func isEmpty(_ form: RenderingPlan.Form) -> Bool {
            switch form {
            case .object, .moment: !isPresent
            case .integer, .boolean: !isPresent
            default: start == end
            }
        }
    }

    /// Renders the message in `range` of `bytes`.
    ///
    /// - Throws: `WireError` when the bytes are not a message; the output then holds a part.
    mutating func render(
        _ bytes: Span<UInt8>,
        in range: Range<Int>,
        by plan: RenderingPlan,
        to output: inout JSONOutput
    ) throws(WireError) {
        let base = slots.count
        let keys = plan.keys
        slots.append(contentsOf: repeatElement(Slot(), count: plan.slotCount))
        try scan(bytes, in: range, by: plan, base: base)
        output.byte(UInt8(ascii: "{"))
        var isFirst = true
        for index in plan.members.indices {
            let member = plan.members[index]
            let slot = member.slot < 0 ? Slot() : slots[base + member.slot]
            if member.emptyForm == .omitted, slot.isEmpty(member.form) { continue }
            let key = keys.span.extracting(member.keyStart + (isFirst ? 1 : 0)..<member.keyEnd)
            isFirst = false
            if member.isText, !slot.isEmpty(.string) {
                output.member(key, utf8: bytes.extracting(slot.start..<slot.end))
                continue
            }
            output.raw(key)
            if member.isRepeated {
                try list(bytes, slot, member, of: plan, to: &output)
            } else if member.emptyForm == .null, slot.isEmpty(member.form) {
                output.raw("null")
            } else {
                try value(bytes, slot, member.form, of: plan, to: &output)
            }
        }
        output.byte(UInt8(ascii: "}"))
        slots.removeLast(plan.slotCount)
    }

    private mutating func scan(
        _ bytes: Span<UInt8>,
        in range: Range<Int>,
        by plan: RenderingPlan,
        base: Int
    ) throws(WireError) {
        var reader = WireReader(in: range)
        while let field = try reader.next(bytes) {
            guard field.number < plan.slots.count, field.number > 0 else { continue }
            let slot = Int(plan.slots[field.number])
            guard slot >= 0 else { continue }
            var found = slots[base + slot]
            if !found.isPresent { found.firstStart = field.start }
            found.lastEnd = reader.position
            found.start = field.range.lowerBound
            found.end = field.range.upperBound
            found.value = field.value
            slots[base + slot] = found
        }
    }

    private mutating func list(
        _ bytes: Span<UInt8>,
        _ slot: Slot,
        _ member: RenderingPlan.Member,
        of plan: RenderingPlan,
        to output: inout JSONOutput
    ) throws(WireError) {
        output.byte(UInt8(ascii: "["))
        if slot.isPresent {
            var reader = WireReader(in: slot.firstStart..<slot.lastEnd)
            var isFirst = true
            while let field = try reader.next(bytes) {
                guard field.number == member.number else { continue }
                if !isFirst { output.byte(UInt8(ascii: ",")) }
                isFirst = false
                let element = Slot(
                    start: field.range.lowerBound,
                    end: field.range.upperBound,
                    value: field.value,
                    firstStart: field.start,
                    lastEnd: reader.position
                )
                try value(bytes, element, member.form, of: plan, to: &output)
            }
        }
        output.byte(UInt8(ascii: "]"))
    }

    private mutating func value(
        _ bytes: Span<UInt8>,
        _ slot: Slot,
        _ form: RenderingPlan.Form,
        of plan: RenderingPlan,
        to output: inout JSONOutput
    ) throws(WireError) {
        let isPresent = slot.isPresent
        let range = isPresent ? slot.start..<slot.end : 0..<0
        switch form {
        case .string: output.string(utf8: bytes.extracting(range))
        case .boolean: output.bool(slot.value != 0)
        case .integer: output.integer(Int64(bitPattern: slot.value))
        case .moment(let form):
            if isPresent { output.moment(try seconds(bytes, range), form) } else { output.raw("null") }
        case .object(let index):
            if isPresent {
                try render(bytes, in: range, by: plan.objects[index], to: &output)
            } else {
                output.raw("null")
            }
        case .embedded:
            if range.isEmpty { output.raw("{}") } else { output.raw(bytes.extracting(range)) }
        case .constant(let index): output.raw(plan.constants[index])
        }
    }

    /// The seconds of a `google.protobuf.Timestamp`.
    private func seconds(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(WireError) -> Int64 {
        var reader = WireReader(in: range)
        var seconds: Int64 = 0
        while let field = try reader.next(bytes) {
            if field.number == 1 { seconds = Int64(bitPattern: field.value) }
        }
        return seconds
    }
}

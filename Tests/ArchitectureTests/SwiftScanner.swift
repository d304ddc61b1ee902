/// Tells a Swift text's code, comments and string literals apart, so that a rule about one is not fooled by another.
///
/// It knows nested comments, raw and multi-line strings and interpolation; it does not know regex literals. It works on
/// bytes, because it reads the whole tree in a debug build.
struct SwiftScanner {
    /// One line of the text.
    struct Line {
        /// The code, with `""` in place of each literal.
        var code = ""
        /// What stands in comments.
        var comment = ""
    }

    /// A string literal, with `_` in place of each interpolation.
    struct Literal {
        /// The line on which it starts, from 1.
        let line: Int
        let text: String
    }

    private(set) var lines: [Line] = []
    private(set) var literals: [Literal] = []
    private let bytes: [UInt8]
    private var position = 0
    /// What the current line holds so far.
    private var code: [UInt8] = []
    private var comment: [UInt8] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        scanCode(insideInterpolation: false)
        endLine()
    }

    private mutating func scanCode(insideInterpolation: Bool) {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "/") where stands("//"):
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { comment.append(take()) }
            case UInt8(ascii: "/") where stands("/*"): scanBlockComment()
            case UInt8(ascii: "\""), UInt8(ascii: "#"): scanLiteralOrHash()
            case UInt8(ascii: "\n"): _ = take()
            case let byte:
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                if depth < 0, insideInterpolation { return position += 1 }
                code.append(take())
            }
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if stands("/*") || stands("*/") {
                depth += bytes[position] == UInt8(ascii: "/") ? 1 : -1
                comment.append(take())
            }
            let byte = take()
            if byte != UInt8(ascii: "\n") { comment.append(byte) }
        } while depth > 0 && position < bytes.count
    }

    private mutating func scanLiteralOrHash() {
        let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        let quotes = bytes[(position + hashes)...].prefix(3).prefix { $0 == UInt8(ascii: "\"") }.count
        guard quotes > 0 else { return code.append(take()) }
        position += hashes + (quotes == 3 ? 3 : 1)
        code += Array("\"\"".utf8)
        let mark = String(repeating: "#", count: hashes)
        scanLiteral(end: (quotes == 3 ? "\"\"\"" : "\"") + mark, escape: "\\" + mark, isMultiLine: quotes == 3)
    }

    private mutating func scanLiteral(end: String, escape: String, isMultiLine: Bool) {
        let line = lines.count + 1
        var text: [UInt8] = []
        while position < bytes.count, !stands(end) {
            if stands(escape + "(") {
                position += escape.utf8.count + 1
                text.append(UInt8(ascii: "_"))
                scanCode(insideInterpolation: true)
            } else if stands(escape) {
                position += escape.utf8.count
                text.append(take())
            } else if bytes[position] == UInt8(ascii: "\n"), !isMultiLine {
                break
            } else {
                text.append(take())
            }
        }
        if stands(end) { position += end.utf8.count }
        literals.append(Literal(line: line, text: String(decoding: text, as: UTF8.self)))
    }

    private func stands(_ text: String) -> Bool {
        guard position < bytes.count, bytes[position] == text.utf8.first else { return false }
        return bytes[position...].starts(with: text.utf8)
    }

    /// The byte here, or a space at the end of the text; moves on, also to the next line.
    private mutating func take() -> UInt8 {
        guard position < bytes.count else { return UInt8(ascii: " ") }
        defer { position += 1 }
        if bytes[position] == UInt8(ascii: "\n") { endLine() }
        return bytes[position]
    }

    private mutating func endLine() {
        lines.append(
            Line(code: String(decoding: code, as: UTF8.self), comment: String(decoding: comment, as: UTF8.self))
        )
        code = []
        comment = []
    }
}

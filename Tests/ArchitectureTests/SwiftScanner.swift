/// Tells a Swift text's code, comments and string literals apart, so that a rule about one is not fooled by another.
///
/// It knows nested comments, raw and multi-line strings and interpolation; it does not know regex literals.
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
        var text = ""
    }

    private(set) var lines = [Line()]
    private(set) var literals: [Literal] = []
    private let characters: [Character]
    private var position = 0

    init(_ text: String) {
        characters = Array(text)
        scanCode(insideInterpolation: false)
    }

    private mutating func scanCode(insideInterpolation: Bool) {
        var depth = 0
        while position < characters.count {
            if stands("//") {
                while position < characters.count, !characters[position].isNewline { takeComment() }
            } else if stands("/*") {
                scanBlockComment()
            } else if let delimiter = openingDelimiter() {
                scanLiteral(delimiter)
            } else {
                if stands("(") { depth += 1 }
                if stands(")") { depth -= 1 }
                if depth < 0, insideInterpolation { return position += 1 }
                takeCode()
            }
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if stands("/*") { depth += 1 } else if stands("*/") { depth -= 1 } else { takeComment(); continue }
            takeComment()
            takeComment()
        } while depth > 0 && position < characters.count
    }

    private mutating func scanLiteral(_ delimiter: (hashes: String, quotes: String)) {
        position += delimiter.hashes.count + delimiter.quotes.count
        lines[lines.count - 1].code += "\"\""
        var literal = Literal(line: lines.count)
        let (end, escape) = (delimiter.quotes + delimiter.hashes, "\\" + delimiter.hashes)
        while position < characters.count, !stands(end) {
            if stands(escape + "(") {
                position += escape.count + 1
                literal.text += "_"
                scanCode(insideInterpolation: true)
            } else if stands(escape) {
                position += escape.count
                literal.text.append(take())
            } else if characters[position].isNewline, delimiter.quotes.count == 1 {
                break
            } else {
                literal.text.append(take())
            }
        }
        if stands(end) { position += end.count }
        literals.append(literal)
    }

    /// The hashes and quotes that open a literal here.
    private func openingDelimiter() -> (hashes: String, quotes: String)? {
        let hashes = characters[position...].prefix { $0 == "#" }.count
        let start = position + hashes
        let quotes = characters[start...].prefix(3).prefix { $0 == "\"" }.count
        guard quotes > 0 else { return nil }
        return (String(repeating: "#", count: hashes), quotes == 3 ? "\"\"\"" : "\"")
    }

    private func stands(_ text: String) -> Bool {
        characters[position...].starts(with: text)
    }

    private mutating func take() -> Character {
        guard position < characters.count else { return " " }
        defer { position += 1 }
        if characters[position].isNewline { lines.append(Line()) }
        return characters[position]
    }

    private mutating func takeCode() {
        let character = take()
        if !character.isNewline { lines[lines.count - 1].code.append(character) }
    }

    private mutating func takeComment() {
        let character = take()
        if !character.isNewline { lines[lines.count - 1].comment.append(character) }
    }
}

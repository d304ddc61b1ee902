/// SQL stands in `Storage/` and in the rooms that are about PostgreSQL.
func straySQL(in file: SourceFile) -> [Violation] {
    guard !file.stands(in: ["Storage"]), !["Postgres", "ChangeFeed", "Listing"].contains(file.room) else { return [] }
    let statement =
        /^\s*(select\s+(.*\sfrom\s|\d|\w+\()|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\(|(create|alter|drop)\s+(table|index|database|role|schema|type)\s|truncate\s+\w|listen\s+\w+$|notify\s+\w+)/
        .ignoresCase().dotMatchesNewlines()
    return file.parts.literals.filter { $0.text.contains(statement) }.map {
        Violation(file, line: $0.line, "SQL outside Storage/")
    }
}

/// Work belongs to a scope that waits for it; only programs and the rooms that drive sockets and threads start tasks.
func unstructuredTasks(in file: SourceFile) -> [Violation] {
    guard !["HTTP2Transport", "Postgres", "ServiceRuntime", "Sluice"].contains(file.room),
        !file.stem.hasSuffix("Program")
    else { return [] }
    return codeLines(of: file, with: /\bTask\s*(<[^>]*>\s*)?(\{|\(|\.(detached|immediate)\b)/).map {
        Violation(file, line: $0, "an unstructured task")
    }
}

/// Libraries log; only what talks to a person at a terminal prints.
func strayPrints(in file: SourceFile) -> [Violation] {
    guard !["Sluice", "ServiceRuntime"].contains(file.room) else { return [] }
    return codeLines(of: file, with: /(^|[^.\w])(print|debugPrint|dump)\(/).map {
        Violation(file, line: $0, "prints instead of logging")
    }
}

/// Whoever switches the compiler's check off says in a comment, on the line or right above it, why that is safe.
func unprovenSendability(in file: SourceFile) -> [Violation] {
    let lines = file.parts.lines
    return codeLines(of: file, with: /@unchecked\s+Sendable/).filter { number in
        let above = number > 1 ? lines[number - 2] : SwiftScanner.Line()
        return lines[number - 1].comment.isEmpty && !(above.code.allSatisfy(\.isWhitespace) && !above.comment.isEmpty)
    }.map { Violation(file, line: $0, "@unchecked Sendable without a word of proof") }
}

/// What is merged is finished.
func unfinished(in file: SourceFile) -> [Violation] {
    let mark = /\b(TODO|FIXME|XXX)\b/
    return file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .filter { $0.element.contains(mark) }
        .map { Violation(file, line: $0.offset + 1, "left unfinished") }
}

/// The numbers of the lines whose code, without comments and literals, matches.
private func codeLines(of file: SourceFile, with pattern: Regex<some Any>) -> [Int] {
    file.parts.lines.enumerated().filter { $0.element.code.contains(pattern) }.map { $0.offset + 1 }
}

/// A type with its module's name makes every other type of the module unreachable by its full name.
func typesNamedAsTheirRoom(in file: SourceFile) -> [Violation] {
    let declaration = /\b(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)/
    return file.parts.lines.enumerated().compactMap { index, line in
        guard let match = line.code.firstMatch(of: declaration), match.1 == file.room else { return nil }
        return Violation(file, line: index + 1, "\(file.room) is the name of its module")
    }
}

/// A file is named for what it holds, not for a drawer.
func drawers(in file: SourceFile) -> [Violation] {
    let words = ["Utils", "Utilities", "Helper", "Helpers", "Extensions", "Common", "Misc", "Manager", "Impl"]
    // A conntrack helper is a thing of the trade.
    let name = file.stem.replacing("ConntrackHelper", with: "Conntrack")
    guard let word = words.first(where: { name.hasSuffix($0) }) else { return [] }
    return [Violation(file, "a file named …\(word) holds anything")]
}

/// A file can be read at a sitting.
func overlongFiles(in file: SourceFile) -> [Violation] {
    let count = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
    return count > 400 ? [Violation(file, line: count, "\(count) lines, at most 400")] : []
}

/// Migrations are named `NNNN_verb_noun`, and each is listed in its room's `Migrations.swift`, without gaps, in order.
func migrationsOutOfOrder(in files: [SourceFile]) -> [Violation] {
    let name = /^\d{4}(_[a-z0-9]+){2,}$/
    let listings = files.filter { $0.stem == "Migrations" && $0.isSwift }
    let misplaced = listings.flatMap { listing in
        listing.parts.literals.filter { $0.text.contains(name) }.enumerated()
            .filter { Int($0.element.text.prefix(4)) != $0.offset + 1 }
            .map { Violation(listing, line: $0.element.line, "\($0.element.text) stands at place \($0.offset + 1)") }
    }
    let unlisted = files.filter { $0.path.hasSuffix(".sql") }.flatMap { file -> [Violation] in
        guard file.stem.contains(name) else { return [Violation(file, "not named NNNN_verb_noun.sql")] }
        let isListed = listings.contains { listing in
            listing.room == file.room && listing.parts.literals.contains { $0.text == file.stem }
        }
        return isListed ? [] : [Violation(file, "not listed in Migrations.swift")]
    }
    return misplaced + unlisted
}

/// A newcomer's two commands stand in the README, and the Makefile knows them.
func missingCommands(readme: SourceFile, makefile: SourceFile) -> [Violation] {
    ["demo", "test"].flatMap { command in
        let isKnown = makefile.text.split(separator: "\n").contains { $0.hasPrefix("\(command):") }
        return (readme.text.contains("make \(command)") ? [] : [Violation(readme, "does not mention make \(command)")])
            + (isKnown ? [] : [Violation(makefile, "has no target \(command)")])
    }
}

/// One text of the project.
struct SourceFile: Sendable {
    /// The way from the project's root: `Sources/Gateway/Routes/RouterRoutes.swift`.
    let path: String
    let text: String
    /// The text's code, comments and literals; empty unless it is Swift.
    let parts: SwiftScanner

    init(path: String, text: String) {
        self.path = path
        self.text = text
        parts = SwiftScanner(path.hasSuffix(".swift") ? text : "")
    }

    /// The folders and the file's name.
    var components: [String] { path.split(separator: "/").map(String.init) }

    /// The module that the file belongs to: its folder under `Sources` or `Tests`, or the program's.
    var room: String {
        let components = components
        let index = components.count > 1 && components[1] == "Executables" ? 2 : 1
        return components.count > index + 1 ? components[index] : ""
    }

    /// The file's name without its ending.
    var stem: String {
        let name = components.last ?? ""
        return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }

    var isSwift: Bool { path.hasSuffix(".swift") }

    /// Whether one of the file's folders has one of these names.
    func stands(in folders: Set<String>) -> Bool {
        !folders.isDisjoint(with: components.dropLast())
    }
}

/// A place where a rule is broken.
struct Violation: CustomStringConvertible, Equatable {
    let path: String
    /// From 1; 0 when the whole file is meant.
    let line: Int
    let fact: String

    init(_ file: SourceFile, line: Int = 0, _ fact: String) {
        path = file.path
        self.line = line
        self.fact = fact
    }

    var description: String { line == 0 ? "\(path): \(fact)" : "\(path):\(line): \(fact)" }
}

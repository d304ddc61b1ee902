internal import Glibc

/// Where the programs' lines go: standard error, each with the program's name in front.
struct LinePrinter: Sendable {
    /// Nothing is printed.
    var isQuiet = false
    /// Who else gets each line, with the program's name.
    var reader: (@Sendable (_ line: String, _ program: String) -> Void)?

    func print(_ line: some StringProtocol, from program: String) {
        reader?(String(line), program)
        guard !isQuiet else { return }
        let padding = String(repeating: " ", count: max(0, 10 - program.count))
        var text = "\(program)\(padding) | \(line)\n"
        _ = text.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// What a program's command line asks for.
enum CommandLineRequest: Hashable {
    case serve
    /// One of the program's own commands, by its name.
    case command(String)
    case probe(String)
    case help
    case version

    /// Reads the arguments after the program's name.
    ///
    /// - Throws: A word that no program understands; settings are checked by those who read them.
    init(arguments: [String], of program: ProgramDescription) throws(CommandLineProblem) {
        if arguments.contains("--help") || arguments.contains("-h") || arguments.first == "help" {
            self = .help
        } else if arguments.contains("--version") {
            self = .version
        } else if arguments.first == "probe" {
            guard arguments.count == 2 else {
                throw CommandLineProblem("usage: probe HOST:PORT | unix:PATH | http://HOST:PORT")
            }
            self = .probe(arguments[1])
        } else if let command = program.commands.first(where: { $0.name == arguments.first }) {
            try Self.check(arguments.dropFirst(), against: program)
            self = .command(command.name)
        } else {
            let options = arguments.first == "serve" ? arguments.dropFirst() : arguments[...]
            try Self.check(options, against: program)
            self = .serve
        }
    }

    private static func check(_ options: ArraySlice<String>, against program: ProgramDescription)
        throws(CommandLineProblem)
    {
        let known = Set(program.settings.map(\.option))
        var position = options.startIndex
        while position < options.endIndex {
            let name = String(options[position].prefix { $0 != "=" })
            guard known.contains(name) else {
                throw CommandLineProblem("unknown option \(options[position]); --help lists them all")
            }
            let hasValue = options[position].contains("=")
            guard hasValue || position + 1 < options.endIndex else {
                throw CommandLineProblem("\(name) needs a value")
            }
            position += hasValue ? 1 : 2
        }
    }
}

/// Why a command line cannot be understood.
struct CommandLineProblem: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The text of `--help`.
struct HelpText {
    var text: String

    init(of program: ProgramDescription) {
        let width = program.settings.map { "\($0.option) <\($0.type)>".count }.max() ?? 0
        let lines = program.settings.map { setting in
            let option = "\(setting.option) <\(setting.type)>"
            let padding = String(repeating: " ", count: width - option.count)
            let fallback = setting.fallback.map { "Default: \($0.isEmpty ? "none" : $0)." } ?? "Must be set."
            let indent = String(repeating: " ", count: width + 4)
            return "  \(option)\(padding)  \(setting.help) \(fallback)\n\(indent)Variable: \(setting.variable)"
        }
        let commands = program.commands.map { command in
            let usage = "\(command.name) [options]"
            return "       \(usage)\(String(repeating: " ", count: max(1, 23 - usage.count)))\(command.help)\n"
        }
        text = """
            \(program.abstract)

            Usage: [serve] [options]      runs until SIGTERM or SIGINT
            \(commands.joined())       probe ADDRESS          exit status 0 when the program there is ready
                   --help | --version

            \(lines.joined(separator: "\n"))
            """
    }
}

import Testing

@Suite struct SwiftScannerTests {
    @Test(
        arguments: [
            ("let a = 1 // one", "let a = 1 ", []), ("let a = \"// two\"", "let a = \"\"", ["// two"]),
            ("a /* b /* c */ \"d\" */ e", "a  e", []),
            ("let a = \"say \\\"b\\\"\" + c", "let a = \"\" + c", ["say \"b\""]),
            ("#\"a \"b\" \\(c)\"# + d", "\"\" + d", ["a \"b\" \\(c)"]), ("\"\" + \"a\"", "\"\" + \"\"", ["", "a"]),
            ("f(\"a \\(g(\"b\", (c))) d\") e", "f(\"\"g(\"\", (c))) e", ["b", "a _ d"]),
            ("##\"\\##(a) \"# b\"##.c", "\"\"a.c", ["_ \"# b"]), ("#if DEBUG", "#if DEBUG", []),
            ("a(\"", "a(\"\"", [""]),
        ] as [(String, String, [String])]
    )
    func `code, comments and literals of a line are told apart`(text: String, code: String, literals: [String]) {
        let scanner = SwiftScanner(text)
        #expect(scanner.lines.map(\.code) == [code])
        #expect(scanner.literals.map(\.text) == literals)
    }

    @Test func `lines keep their numbers through comments and long literals`() {
        let scanner = SwiftScanner("a\n/* b\nc */ d\n\"\"\"\n  e \"f\"\n  \\(g)\n\"\"\"\nh // i\n\"j\"")
        #expect(scanner.lines.map(\.code) == ["a", "", " d", "\"\"", "", "g", "", "h ", "\"\""])
        #expect(scanner.lines.map(\.comment) == ["", "/* b", "c */", "", "", "", "", "// i", ""])
        #expect(scanner.literals.map(\.line) == [4, 9])
        #expect(scanner.literals.first?.text == "\n  e \"f\"\n  _\n")
    }
}

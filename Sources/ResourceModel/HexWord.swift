/// Eight hexadecimal digits in one word, all read or written at once: each row and each message carries several ids.
enum HexWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let nibbles: UInt64 = 0x0f0f_0f0f_0f0f_0f0f

    /// The number, up to 32 bits, that eight digits are, of either case; nil when one is no digit.
    ///
    /// - Parameter text: The characters, the first in the highest octet.
    /// - Returns: The number, or nil.
    @inline(__always) static func number(_ text: UInt64) -> UInt64? {
        let letters = (text >> 6) & ones
        let digits = (text & nibbles) &+ (letters &* 9)
        // What is no digit makes more than 15, or is not what that number is written as.
        guard digits & ~nibbles == 0, written(digits) == text | (letters &* 0x20) else { return nil }
        var packed = digits
        packed = (packed | packed >> 4) & 0x00ff_00ff_00ff_00ff
        packed = (packed | packed >> 8) & 0x0000_ffff_0000_ffff
        return (packed | packed >> 16) & 0xffff_ffff
    }

    /// The eight lower-case digits of the number's lower half, the first in the highest octet.
    @inline(__always) static func text(_ number: UInt64) -> UInt64 {
        var spread = number & 0xffff_ffff
        spread = (spread | spread << 16) & 0x0000_ffff_0000_ffff
        spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ff
        spread = (spread | spread << 4) & nibbles
        return written(spread)
    }

    /// The characters of eight numbers up to 15, one in each octet.
    @inline(__always) private static func written(_ digits: UInt64) -> UInt64 {
        let letters = ((digits &+ (ones &* 6)) >> 4) & ones
        return digits &+ (ones &* 0x30) &+ (letters &* 0x27)
    }
}

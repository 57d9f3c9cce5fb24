import Testing

@testable import MillraceCLI

struct AmountsTests {
  @Test(arguments: [
    (Duration.zero, "0.000 s"), (.microseconds(499), "0.000 s"), (.microseconds(500), "0.001 s"),
    (.milliseconds(99), "0.099 s"), (.microseconds(99_600), "0.10 s"),

    (.milliseconds(210), "0.21 s"),
    (.milliseconds(1996), "2.00 s"), (.milliseconds(59_994), "59.99 s"),
    (.milliseconds(59_996), "1 min 00 s"), (.seconds(125), "2 min 05 s"),
    (.milliseconds(3_599_600), "1 h 00 min"), (.seconds(11_220), "3 h 07 min"),
    (.seconds(-1), "0.000 s"),
  ])
  func `a duration is as exact as it matters`(duration: Duration, text: String) {
    #expect(Amounts.duration(duration) == text)
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (4199, "4.1 KiB"), (10_188, "9.9 KiB"),
    (10_189, "10 KiB"), (1_048_063, "1023 KiB"), (1_048_064, "1.0 MiB"), (125_829_120, "120 MiB"),
    (1 << 30, "1.0 GiB"), (1 << 41, "2.0 TiB"),
  ])
  func `a size has two or three digits`(bytes: Int, text: String) {
    #expect(Amounts.size(bytes) == text)
  }

  @Test func `one thing is no plural`() {
    #expect([0, 1, 2].map { Amounts.count($0, "hit") } == ["0 hits", "1 hit", "2 hits"])
  }
}

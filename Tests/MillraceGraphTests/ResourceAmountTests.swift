import Millrace
import Testing

struct ResourceAmountTests {
  @Test(arguments: [
    ("0", 0), ("2", 2), ("1kib", 1 << 10), ("512mib", 512 << 20), ("16GiB", 16 << 30),
    ("007", 7), ("9223372036854775807", Int.max), ("8589934591gib", 8_589_934_591 << 30),
  ])
  func `an amount is read as it is written`(text: String, value: Int) {
    #expect(ResourceAmount(text)?.value == value)
  }

  @Test(arguments: [
    "", "gib", "-1", "+1", "1.5gib", "1 gib", "1gb", "1kibmib", "٣", "9223372036854775808",
    "8589934592gib",
  ])
  func `anything else is no amount`(text: String) {
    #expect(ResourceAmount(text) == nil)
  }

  @Test(arguments: [
    (0 as ResourceAmount, "0"), (1023, "1023"), (.kib(1), "1kib"), (.mib(1), "1mib"),
    (.gib(4), "4gib"), (.mib(1536), "1536mib"), (-1024, "-1024"), (.gib(.max), "\(Int.max)"),
  ])
  func `an amount is written in its largest unit`(amount: ResourceAmount, text: String) {
    #expect(amount.description == text)
    #expect(amount < 0 || ResourceAmount(text) == amount)
  }
}

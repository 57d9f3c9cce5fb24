import MillraceCLI
import WordCount

/// The command around the pipeline, which is a library so that tests can import it.
@main
enum Command {
  static func main() async { await WordCount.main() }
}

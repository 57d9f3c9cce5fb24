import MillraceCLI
import Hyperparameters

/// The command around the pipeline, which is a library so that tests can import it.
@main
enum Command {
  static func main() async { await Hyperparameters.main() }
}

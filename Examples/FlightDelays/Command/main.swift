import FlightDelays
import MillraceCLI

// The pipeline is a library beside its command, so that tests can import it.
await FlightDelays.main()

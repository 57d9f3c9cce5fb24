// `import MillraceCLI` is all that a pipeline with a command line needs.
@_exported public import ArgumentParser
@_exported public import Millrace

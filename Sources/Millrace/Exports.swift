// `import Millrace` is all that a pipeline needs.
@_exported public import MillraceCoding
@_exported public import MillraceEngine
@_exported public import MillraceGraph
@_exported public import MillraceStore

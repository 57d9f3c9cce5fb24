/// What a task's body is handed: its input values, read by position, and its context.
///
/// Only expanded macro code and definitions written by hand read it. The values stay in place until
/// the body has returned.
@frozen public struct TaskInputs: @unchecked Sendable {
  // The cells are written before a body starts and not changed or freed before it has ended, which
  // the engine sees to.
  @usableFromInline let cells: UnsafePointer<UnsafeRawPointer>
  // The run, which outlives its bodies; counting a reference would cost as much as a small task.
  @usableFromInline unowned(unsafe) let source: any TaskContextSource
  @usableFromInline let node: Int
  @usableFromInline package let attempt: Int

  @inlinable @inline(__always)
  package init(
    cells: UnsafePointer<UnsafeRawPointer>, source: any TaskContextSource, node: Int, attempt: Int
  ) {
    self.cells = cells
    self.source = source
    self.node = node
    self.attempt = attempt
  }

  /// The value of the parameter at a position, from 0, in the order of the definition.
  @inlinable @inline(__always)
  public subscript<Value>(_ index: Int, as type: Value.Type) -> Value {
    Cell.read(cells[index], as: Value.self)
  }

  /// The context, made when it is asked for.
  public var context: TaskContext { source.context(ofNode: node, attempt: attempt) }
}

/// Makes contexts for the bodies of one run. Not for users: the engine conforms.
public protocol TaskContextSource: AnyObject, Sendable {
  func context(ofNode node: Int, attempt: Int) -> TaskContext
}

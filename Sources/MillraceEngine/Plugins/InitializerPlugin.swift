public import MillraceGraph

/// A plug-in made of closures.
///
/// ```swift
/// options.plugins = [
///   InitializerPlugin(remote: { node, context in context.environment["THREADS"] = "1" })
/// ]
/// ```
public struct InitializerPlugin: RunPlugin {
  private let local: @Sendable (PluginNode) throws -> Void
  private let remote: @Sendable (PluginNode, inout TaskContext) throws -> Void

  /// - Parameters:
  ///   - local: See ``RunPlugin/localInitialize(_:)``.
  ///   - remote: See ``RunPlugin/remoteInitialize(_:_:)``.
  public init(
    local: @escaping @Sendable (PluginNode) throws -> Void = { _ in },
    remote: @escaping @Sendable (PluginNode, inout TaskContext) throws -> Void = { _, _ in }
  ) {
    self.local = local
    self.remote = remote
  }

  public func localInitialize(_ node: PluginNode) throws { try local(node) }

  public func remoteInitialize(_ node: PluginNode, _ context: inout TaskContext) throws {
    try remote(node, &context)
  }
}

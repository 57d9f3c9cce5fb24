public import MillraceGraph

/// Several plug-ins as one: each hook is called in the order of the list.
///
/// The first that throws keeps the later ones from being called.
public struct PluginCollection: RunPlugin {
  public let plugins: [any RunPlugin]

  public init(_ plugins: [any RunPlugin]) { self.plugins = plugins }

  public func localInitialize(_ node: PluginNode) throws {
    for plugin in plugins { try plugin.localInitialize(node) }
  }

  public func remoteInitialize(_ node: PluginNode, _ context: inout TaskContext) throws {
    for plugin in plugins { try plugin.remoteInitialize(node, &context) }
  }

  /// That of the last plug-in that has one.
  public var seed: UInt64? { plugins.lazy.compactMap(\.seed).last }

  /// Nil where there is nothing to call.
  static func joining(_ plugins: [any RunPlugin]) -> (any RunPlugin)? {
    plugins.count < 2 ? plugins.first : PluginCollection(plugins)
  }
}

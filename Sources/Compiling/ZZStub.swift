import Diagnostics
import FleetModel
import GitObjects
import Rendering
import SliceFormat
import Targeting

enum Kustomization {
  static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]
}
struct KustomizeRequest {
  var job: RenderJob
  static func make(
    bundle: String, directory: String, files: [RenderFile], manifests: [UInt8]?,
    load: @escaping @Sendable (ObjectID) throws(ObjectAccessError) -> [UInt8],
    findings: inout Findings
  ) throws(ObjectAccessError) -> KustomizeRequest? { nil }
  func finding(_ error: [UInt8]) -> Finding { Finding(.error, "x", "y", path: "z") }
}
enum DependencyCheck {
  static func resolve(_ b: [TargetedBundle], inventory: Inventory, findings: inout Findings)
    -> [[BundleDescriptor.Dependency]]
  { b.map { _ in [] } }
}

// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import Rendering
import SliceFormat

/// A bundle deployment that was made before, with what is asked about it.
struct RememberedDeployment {
  /// Its tree.
  let tree: ObjectID
  /// What is in it; deployments with the same objects share it.
  let content: DeploymentContent
}

/// What is asked about a deployment besides its tree; nothing in it has a place in a file, because it was
/// made of what a program has made.
final class DeploymentContent {
  /// The objects, in the order of the deployment.
  let objects: [ObjectIdentity]
  /// What they were made of.
  let places: [ManifestPlace]
  /// The APIs that they want.
  let apis: [ObjectAPI]
  /// The hooks.
  let hooks: [ObjectIdentity]
  /// The scopes that the kinds of objects and hooks had: another one shapes them in another way.
  let scopes: [ScopeCatalog.Scope?]
  /// What was found; no errors.
  let findings: [Finding]
  /// All of this as it is kept.
  let bytes: [UInt8]

  /// Takes note of a deployment; nil when something about it cannot be kept.
  init?(
    _ objects: [RenderedObject], hooks: [ObjectIdentity], findings: [Finding],
    scopes catalog: ScopeCatalog
  ) {
    self.objects = objects.map(\.identity)
    places = objects.map(\.place)
    apis = objects.compactMap(\.api)
    self.hooks = hooks
    scopes = (self.objects + hooks).map { catalog.scope(group: $0.group, kind: $0.kind) }
    self.findings = findings
    var output = ByteOutput()
    output.add(objects.count)
    for (object, scope) in zip(objects, scopes) {
      guard let api = object.api else { return nil }
      output.add(object.identity)
      output.add(scope)
      output.add(object.place.path)
      output.add(api.apiVersion)
    }
    output.add(hooks.count)
    for (hook, scope) in zip(hooks, scopes.dropFirst(objects.count)) {
      output.add(hook)
      output.add(scope)
    }
    output.add(findings.count)
    for finding in findings {
      output.add(finding.code)
      output.add(finding.message)
      output.add(finding.path ?? "")
      output.add(finding.notes.count)
      for note in finding.notes { output.add(note.message) }
      output.add(finding.hints.count)
      for hint in finding.hints { output.add(hint) }
    }
    bytes = output.bytes
    // What does not come back as it was is not kept: places in files, findings of other shapes.
    guard let copy = DeploymentContent(bytes), copy.places == places, copy.apis == apis,
      copy.findings == findings
    else { return nil }
  }

  /// Reads what is kept; nil when the bytes make no sense.
  init?(_ bytes: [UInt8]) {
    var input = ByteInput(bytes)
    var objects: [ObjectIdentity] = []
    var places: [ManifestPlace] = []
    var apis: [ObjectAPI] = []
    var hooks: [ObjectIdentity] = []
    var scopes: [ScopeCatalog.Scope?] = []
    var findings: [Finding] = []
    for _ in 0..<input.count() {
      let identity = input.identity()
      scopes.append(input.scope())
      let path = input.text()
      var api = ObjectAPI(
        apiVersion: input.text(), kind: identity.kind, apiVersionSpan: nil, kindSpan: nil)
      api.madeOf = path
      objects.append(identity)
      places.append(ManifestPlace(madeOf: path))
      apis.append(api)
    }
    for _ in 0..<input.count() {
      hooks.append(input.identity())
      scopes.append(input.scope())
    }
    for _ in 0..<input.count() {
      let (code, message, path) = (input.text(), input.text(), input.text())
      let notes = (0..<input.count()).map { _ in Finding.Note(input.text()) }
      let hints = (0..<input.count()).map { _ in input.text() }
      findings.append(Finding(.warning, code, message, path: path, notes: notes, hints: hints))
    }
    guard input.isAtEnd else { return nil }
    self.objects = objects
    self.places = places
    self.apis = apis
    self.hooks = hooks
    self.scopes = scopes
    self.findings = findings
    self.bytes = bytes
  }

  /// Whether all kinds have the scopes that they had.
  func agrees(with catalog: ScopeCatalog) -> Bool {
    zip(objects + hooks, scopes).allSatisfy { identity, scope in
      catalog.scope(group: identity.group, kind: identity.kind) == scope
    }
  }
}

extension ByteOutput {
  fileprivate mutating func add(_ identity: ObjectIdentity) {
    add(identity.group)
    add(identity.kind)
    add(identity.namespace)
    add(identity.name)
  }

  fileprivate mutating func add(_ scope: ScopeCatalog.Scope?) {
    switch scope {
    case nil: add(0)
    case .namespaced: add(1)
    case .cluster: add(2)
    }
  }
}

extension ByteInput {
  fileprivate mutating func identity() -> ObjectIdentity {
    let (group, kind, namespace) = (text(), text(), text())
    return ObjectIdentity(group: group, kind: kind, namespace: namespace, name: text())
  }

  fileprivate mutating func scope() -> ScopeCatalog.Scope? {
    switch number(limit: 2) {
    case 1: .namespaced
    case 2: .cluster
    default: nil
    }
  }
}

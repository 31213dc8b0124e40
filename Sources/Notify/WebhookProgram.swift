// SPDX-License-Identifier: Apache-2.0

import JSONTree
package import NotifyFormat

/// `fleet-notify-webhook`: posts the message as it is, signed when there is a secret.
package enum WebhookProgram {
  /// Delivers the message on standard input.
  package static func main() -> Int32 { NotifyFrame.main("webhook", deliver) }

  /// Delivers a message.
  package static func deliver(_ message: NotifyMessage, _ context: NotifyContext) -> NotifyVerdict {
    if let refusal = NotifyFrame.refusal("webhook", message) { return refusal }
    let body = JSONWriter.compact(message.body)
    var secrets: [String] = []
    let url: String
    var headers = ["X-Fleet-Event: \(message.kind)", "X-Fleet-Event-Id: \(message.id)"]
    do throws(NotifyContext.Problem) {
      if message.settings["urlFile"] == nil, let plain = message.settings["url"]?.string {
        url = plain
      } else if let secret = try context.secret(
        message, "urlFile", variable: "FLEET_NOTIFY_WEBHOOK_URL")
      {
        url = secret
        secrets.append(secret)
      } else {
        return .refused(
          reason: "no setting 'url' or 'urlFile', and no FLEET_NOTIFY_WEBHOOK_URL on the hub")
      }
      if let secret = try context.secret(
        message, "secretFile", variable: "FLEET_NOTIFY_WEBHOOK_SECRET")
      {
        headers.append("X-Fleet-Signature: sha256=\(HMAC.sha256(body, key: Array(secret.utf8)))")
        secrets.append(secret)
      }
    } catch {
      return .again(reason: error.reason, retryAfter: nil)
    }
    guard NotifySettings.isURL(url) else {
      return .again(reason: "the URL must begin with https:// or http://", retryAfter: nil)
    }
    let post = Curl(
      url: url, headers: headers, body: body, caFile: message.settings["caFile"]?.string,
      timeoutSeconds: context.timeoutSeconds)
    return post.post(variables: context.variables).verdict("the webhook", hiding: secrets)
  }
}

extension NotifyFrame {
  /// Whether a secret may be sent to a URL: over TLS, or to this machine itself.
  static func isSafe(_ url: String) -> Bool {
    guard NotifySettings.isURL(url) else { return false }
    if url.hasPrefix("https://") { return true }
    // A name with '@' in it would be a password, and another host behind it.
    let host = url.dropFirst("http://".count).prefix { !"/?#".contains($0) }
    guard !host.contains("@") else { return false }
    return ["127.0.0.1", "localhost", "[::1]"].contains { own in
      host == own || host.hasPrefix(own + ":")
    }
  }
}

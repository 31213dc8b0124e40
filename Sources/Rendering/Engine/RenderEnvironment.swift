// SPDX-License-Identifier: Apache-2.0

/// The variables of a child: the same for everybody, everywhere, at any time.
enum RenderEnvironment {
  /// All variables.
  ///
  /// - Parameter scratch: the folder that all folders of the child are in; it has an empty `bin`.
  static func variables(for program: RenderProgram, scratch: String) -> [String: String] {
    // Nobody listens there. Go ignores this for loopback addresses.
    let proxy = "http://127.0.0.1:9"
    let home = "\(scratch)/home"
    let plugins = "\(scratch)/plugins"
    var variables = [
      // A renderer needs no other program; kustomize would start git.
      "PATH": program.isScript ? "/usr/bin:/bin" : "\(scratch)/bin",
      "HOME": home, "TMPDIR": "\(scratch)/tmp", "TZ": "UTC", "LC_ALL": "C",
      "XDG_CACHE_HOME": "\(home)/cache", "XDG_CONFIG_HOME": "\(home)/config",
      "XDG_DATA_HOME": "\(home)/data", "XDG_STATE_HOME": "\(home)/state",
      "XDG_RUNTIME_DIR": "\(home)/run",
      "KUBECONFIG": "/dev/null", "NO_PROXY": "", "no_proxy": "",
      "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0",
      // Measured: a renderer lives 60 ms, and a sixth less without collecting garbage and with one
      // thread of work. Near the limit it collects after all, so that a huge chart does not eat the hub.
      "GOGC": "off", "GOMEMLIMIT": "256MiB", "GOMAXPROCS": "1",
    ]
    for name in [
      "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
    ] {
      variables[name] = proxy
    }
    switch program.renderer {
    case .helm:
      variables["HELM_CACHE_HOME"] = "\(home)/cache/helm"
      variables["HELM_CONFIG_HOME"] = "\(home)/config/helm"
      variables["HELM_DATA_HOME"] = "\(home)/data/helm"
      variables["HELM_REGISTRY_CONFIG"] = "\(home)/config/helm/registry.json"
      variables["HELM_REPOSITORY_CONFIG"] = "\(home)/config/helm/repositories.yaml"
      variables["HELM_REPOSITORY_CACHE"] = "\(home)/cache/helm/repository"
      variables["HELM_PLUGINS"] = plugins
      variables["HELM_NO_PLUGINS"] = "1"
    case .kustomize:
      variables["KUSTOMIZE_PLUGIN_HOME"] = plugins
      variables["KUBECTL_KUBERC"] = "false"
    }
    return variables
  }
}

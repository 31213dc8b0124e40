// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("what is wrong with an overlay is told")
struct OverlayProblemTests {
  private static let map = OverlayTests.map
  private static let other = OverlayTests.other

  @Test(
    "what is wrong is told at its place",
    arguments: [
      OverlayTests.Case(
        "unknown", ["prdo"], ["overlays/prod/a.yaml": map, "overlays/test/a.yaml": map],
        """
        error: apps/web/fleet.yaml:1:12: the bundle has no overlay 'prdo'
        hint: did you mean 'prod'?

        """),
      OverlayTests.Case(
        "unknown-without-likeness", ["live"],
        ["overlays/prod/a.yaml": map, "overlays/test/a.yaml": map],
        """
        error: apps/web/fleet.yaml:1:12: the bundle has no overlay 'live'
        hint: there is 'prod' and 'test'

        """),
      OverlayTests.Case(
        "no-overlays", ["prod"], ["a.yaml": map],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/fleet.yaml:1:12: the bundle has no overlay 'prod'
        hint: put its files into 'apps/web/overlays/prod/'

        """),
      OverlayTests.Case(
        "slash-at-the-end", ["prod/"], ["overlays/prod/a.yaml": map],
        """
        error: apps/web/fleet.yaml:1:12: 'prod/' is no name of a folder in
               'overlays/'
        hint: write 'prod'

        """),
      OverlayTests.Case(
        "dots", [".."], ["overlays/prod/a.yaml": map],
        """
        error: apps/web/fleet.yaml:1:12: '..' is no name of a folder in
               'overlays/'

        """),
      OverlayTests.Case(
        "nested", ["eu/prod"], ["overlays/eu/prod/a.yaml": map],
        """
        error: apps/web/fleet.yaml:1:12: 'eu/prod' is no name of a folder in
               'overlays/'

        """),
      OverlayTests.Case(
        "no-base", ["p"], ["app.yaml": map, "overlays/p/ap_patch.yaml": "data: {}\n"],
        """
        === apps/web/app.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/ap_patch.yaml: there is no file
               'apps/web/ap.yaml', which this one patches
        hint: did you mean to patch 'apps/web/app.yaml'?

        """),
      OverlayTests.Case(
        "other-extension", ["p"], ["a.yaml": map, "overlays/p/a_patch.json": "{}"],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.json: there is no file
               'apps/web/a.json', which this one patches
        hint: git mv apps/web/overlays/p/a_patch.json
              apps/web/overlays/p/a_patch.yaml

        """),
      OverlayTests.Case(
        "bad-patch", ["p"], ["a.yaml": map, "overlays/p/a_patch.yaml": "data: {\n"],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.yaml:1:7: expected a value before the
               end of the file
           1 | data: {
             |       ^

        """),
      OverlayTests.Case(
        "several-documents", ["p"],
        ["a.yaml": map + "---\n" + other, "overlays/p/a_patch.yaml": "data: {x: '9'}\n"],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: b
        data:
          x: '2'
        error: apps/web/overlays/p/a_patch.yaml:1:1: 'apps/web/a.yaml' has 2
               documents, and the patch does not say which one it is for
           1 | data: {x: '9'}
             | ^^^^^^^^^^^^^^
        hint: add 'kind' and 'metadata.name' of the object to the patch

        """),
      OverlayTests.Case(
        "several-documents-json-patch", ["p"],
        [
          "a.yaml": map + "---\n" + other,
          "overlays/p/a_patch.yaml": "- {op: remove, path: /data}\n",
        ],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: b
        data:
          x: '2'
        error: apps/web/overlays/p/a_patch.yaml:1:1: 'apps/web/a.yaml' has 2
               documents; a JSON Patch cannot say which one it is for
           1 | - {op: remove, path: /data}
             | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: split the file, or write a patch with 'kind' and 'metadata.name'

        """),
      OverlayTests.Case(
        "no-such-document", ["p"],
        [
          "a.yaml": map + "---\n" + other,
          "overlays/p/a_patch.yaml": "kind: ConfigMap\nmetadata: {name: c}\n",
        ],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: b
        data:
          x: '2'
        error: apps/web/overlays/p/a_patch.yaml:2:18: 'apps/web/a.yaml' has no
               ConfigMap 'c' to patch
           2 | metadata: {name: c}
             |                  ^

        """),
      OverlayTests.Case(
        "test-failed", ["p"],
        ["a.yaml": map, "overlays/p/a_patch.yaml": "- op: test\n  path: /data/x\n  value: '2'\n"],

        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.yaml:2:9: the test of '/data/x'
               failed: it is '1', not '2'
           2 |   path: /data/x
             |         ^^^^^^^
        note: apps/web/a.yaml:6:6: the value is here

        """),
      OverlayTests.Case(
        "test-of-a-secret", ["p"],
        [
          "a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {x: hunter2}\n",
          "overlays/p/a_patch.yaml": "- op: test\n  path: /stringData/x\n  value: other\n",
        ],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: Secret
        metadata: {name: s}
        stringData: {x: hunter2}
        error: apps/web/overlays/p/a_patch.yaml:2:9: the test of '/stringData/x'
               failed: the value is another
        note: apps/web/a.yaml:4:17: the value is here

        """),
      OverlayTests.Case(
        "nothing-to-remove", ["p"],
        ["a.yaml": map, "overlays/p/a_patch.yaml": "- op: remove\n  path: /data/z\n"],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.yaml:2:9: there is no '/data/z'
           2 |   path: /data/z
             |         ^^^^^^^

        """),
      OverlayTests.Case(
        "no-way", ["p"],
        ["a.yaml": map, "overlays/p/a_patch.yaml": "- op: add\n  path: /spec/x\n  value: 1\n"],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.yaml:2:9: there is no '/spec' for
               '/spec/x'
           2 |   path: /spec/x
             |         ^^^^^^^

        """),
      OverlayTests.Case(
        "through-a-value", ["p"],
        ["a.yaml": map, "overlays/p/a_patch.yaml": "- op: add\n  path: /kind/x\n  value: 1\n"],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.yaml:2:9: '/kind' is no mapping and
               no list
           2 |   path: /kind/x
             |         ^^^^^^^
        note: apps/web/a.yaml:2:7: it is here

        """),
      OverlayTests.Case(
        "index", ["p"],
        [
          "a.yaml": "apiVersion: e/v1\nkind: T\nmetadata: {name: t}\nspec: [1]\n",
          "overlays/p/a_patch.yaml": "- op: replace\n  path: /spec/1\n  value: 1\n",
        ],
        """
        === apps/web/a.yaml
        apiVersion: e/v1
        kind: T
        metadata: {name: t}
        spec: [1]
        error: apps/web/overlays/p/a_patch.yaml:2:9: the list '/spec' has 1 item
               and no index 1
           2 |   path: /spec/1
             |         ^^^^^^^

        """),
      OverlayTests.Case(
        "no-index", ["p"],
        [
          "a.yaml": "apiVersion: e/v1\nkind: T\nmetadata: {name: t}\nspec: [1]\n",
          "overlays/p/a_patch.yaml": "- op: replace\n  path: /spec/-\n  value: 1\n",
        ],
        """
        === apps/web/a.yaml
        apiVersion: e/v1
        kind: T
        metadata: {name: t}
        spec: [1]
        error: apps/web/overlays/p/a_patch.yaml:2:9: '-' is no index of the list
               '/spec'
           2 |   path: /spec/-
             |         ^^^^^^^
        hint: '-' is behind the last item; only 'add' can name it

        """),
      OverlayTests.Case(
        "operation", ["p"], ["a.yaml": map, "overlays/p/a_patch.yaml": "- op: ad\n  path: /x\n"],

        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.yaml:1:7: there is no operation 'ad'
           1 | - op: ad
             |       ^^
        hint: did you mean 'add'?

        """),
      OverlayTests.Case(
        "no-operation", ["p"], ["a.yaml": map, "overlays/p/a_patch.yaml": "- name: x\n"],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.yaml:1:3: the operation has no 'op'
           1 | - name: x
             |   ^^^^^^^

        """),
      OverlayTests.Case(
        "pointer", ["p"],
        ["a.yaml": map, "overlays/p/a_patch.yaml": "- op: remove\n  path: data/x\n"],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.yaml:2:9: the pointer 'data/x' does
               not begin with '/'
           2 |   path: data/x
             |         ^^^^^^
        hint: write '/data/x'

        """),
      OverlayTests.Case(
        "no-value", ["p"],
        ["a.yaml": map, "overlays/p/a_patch.yaml": "- op: add\n  path: /data/x\n"],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.yaml:1:3: the operation has no
               'value'
           1 | - op: add
             |   ^^^^^^^

        """),
      OverlayTests.Case(
        "no-merge-key", ["p"],
        [
          "a.yaml":
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: a}]\n",
          "overlays/p/a_patch.yaml": "spec:\n  containers:\n  - image: x\n",
        ],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec:
          containers: [{name: a}]
        error: apps/web/overlays/p/a_patch.yaml:3:5: the item of 'containers'
               has no 'name', which tells it from the others
           3 |   - image: x
             |     ^^^^^^^^

        """),
      OverlayTests.Case(
        "directive", ["p"],
        [
          "a.yaml":
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: a}]\n",
          "overlays/p/a_patch.yaml": "spec:\n  containers:\n  - name: a\n    $patch: drop\n",
        ],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec:
          containers: [{name: a}]
        error: apps/web/overlays/p/a_patch.yaml:4:13: '$patch' of an item is
               'replace' or 'delete', not 'drop'
           4 |     $patch: drop
             |             ^^^^

        """),
      OverlayTests.Case(
        "types", ["p"],
        [
          "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p, finalizers: [a]}\n",
          "overlays/p/a_patch.yaml": "metadata:\n  finalizers: [{a: b}]\n",
        ],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: p, finalizers: [a]}
        error: apps/web/overlays/p/a_patch.yaml:2:16: the items of 'finalizers'
               are of several types
           2 |   finalizers: [{a: b}]
             |                ^^^^^^
        note: apps/web/a.yaml:3:34: the first one is a string

        """),
      OverlayTests.Case(
        "text", ["p"], ["a.yaml": map, "overlays/p/a_patch.yaml": "hello\n"],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'
        error: apps/web/overlays/p/a_patch.yaml:1:1: a patch is a mapping, or a
               list of JSON Patch operations
           1 | hello
             | ^^^^^

        """),
    ])
  func problems(_ entry: OverlayTests.Case) {
    #expect(OverlayTests.apply(entry.overlays, entry.files) == entry.told)
  }
}

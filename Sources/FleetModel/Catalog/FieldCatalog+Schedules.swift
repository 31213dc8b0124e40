// SPDX-License-Identifier: Apache-2.0

extension FieldCatalog {
  /// The fields of a `Schedule`.
  package static let schedule = document(
    "Schedule",
    spec: FieldSchema(
      "Schedule spec",
      [
        Field(
          "schedule", .string,
          "when a window opens: a cron expression with seconds, such as `0 0 22 * * MON-FRI`"),
        Field(
          "duration", .duration, "how long it stays open; shorter than the way to the next one"),
        location,
        targets("whose windows they are; without targets nobody's, as in Fleet"),
      ]))

  /// The fields of a `Freeze`.
  package static let freeze = document(
    "Freeze",
    spec: FieldSchema(
      "Freeze spec",
      [
        Field(
          "from", .string,
          "when it begins: `2026-12-20`, `2026-12-20T22:00:00`, or with an offset `…+01:00`"),
        Field("until", .string, "when it ends, written alike; that moment is no part of it"),
        location,
        targets("which clusters are not released meanwhile; without targets all of the workspace"),
      ]))

  /// The fields of a `Notification`.
  package static let notification = document(
    "Notification",
    spec: FieldSchema(
      "Notification spec",
      [
        Field(
          "program", .string, "`NAME` runs `fleet-notify-NAME`: `slack`, `pagerduty`, `webhook`"),
        Field(
          "settings", .values,
          "what the program is told; secrets stand in files of the hub, such as `urlFile`"),
        Field(
          "events", .list(.choice(NotificationReceiver.events)),
          "which events; the usual ones where nothing is written"),
        Field(
          "bundles", .list(.string),
          "about which bundles, by names or patterns with `*`; all where nothing is written"),
        Field(
          "severity", .choice(NotificationReceiver.severities), "from which severity on; `info`"),
      ]))

  private static let location = Field(
    "location", .string,
    "the time zone, such as `Europe/Berlin`; the hub's where nothing is written")

  private static func targets(_ meaning: String) -> Field {
    Field(
      "targets",
      .object(
        FieldSchema(
          "schedule targets",
          [
            Field(
              "clusters",
              .list(
                .object(
                  FieldSchema(
                    "schedule target",
                    [Field("name", .string, "what the target is called")]
                      + TargetEntry.criteriaFields))), emptyCounts: true,
              "clusters that one of these matches")
          ])), meaning)
  }
}

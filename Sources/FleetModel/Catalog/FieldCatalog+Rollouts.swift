// SPDX-License-Identifier: Apache-2.0

extension FieldCatalog {
  /// The fields of `rolloutStrategy`.
  static let rolloutStrategy = FieldSchema(
    "rolloutStrategy",
    [
      Field(
        "policy", .string,
        "the `RolloutPolicy` whose fields count; those that stand beside it replace them")
    ] + strategyFields)

  /// The fields of a `RolloutPolicy`.
  package static let rolloutPolicy = document(
    "RolloutPolicy", spec: FieldSchema("RolloutPolicy spec", strategyFields))

  private static let strategyFields =
    [
      Field(
        "stages", .list(.object(stage)), emptyCounts: true,
        "ours: sets of clusters, one after the other, each judged before the next"),
      Field(
        "partitions", .list(.object(partition)),
        "Fleet's: sets of clusters, one after the other; a cluster that is in none is never updated"
      ),
      Field(
        "maxUnavailable", .fleetLimit, emptyCounts: true,
        "how many clusters may be unavailable; for partitions 100 % where nothing is written, as in "
          + "Fleet, so that the next one does not wait"),
      Field(
        "maxUnavailablePartitions", .fleetLimit,
        "how many partitions may be unavailable while the next one starts; 0 where nothing is written"
      ),
      Field(
        "autoPartitionSize", .fleetLimit,
        "the size of partitions where none are written; 25 % where nothing is written"),
      Field(
        "autoPartitionThreshold", .integer,
        "from how many clusters on there are such partitions; 200 where nothing is written"),
      Field(
        "maxNew", .integer, emptyCounts: true,
        "how many clusters get a bundle for the first time in one step"),
    ] + stageRules + [
      Field(
        "failureStrategy", .choice(RolloutStrategy.failureStrategies),
        "`Rollback` (default): every touched cluster gets its last good version at once; `Halt`: what "
          + "is released stays; `Pause`: a person decides"),
      Field(
        "superseding", .choice(RolloutStrategy.supersedingWords),
        "what a new push does to a running rollout: `replace` (default) it, or wait in the `queue`"),
      Field(
        "atomic", .string, "bundles of a workspace with the same word here are released together"),
      Field(
        "disconnectedAfter", .duration,
        "how long without contact a cluster is Disconnected; `1h` where nothing is written"),
      Field(
        "failedAfter", .duration,
        "how long a site may report an error before the cluster has Failed; `5m` where nothing is "
          + "written"),
      Field(
        "abort", .list(.object(abortRule)),
        "rules that make the rollout fail early, by share and number; any of them is enough"),
      Field(
        "rollbackExempt", .list(.object(exemptObject)),
        "objects that a rollback leaves as the bad version made them"),
    ]

  /// What a stage may say for itself, and a strategy for all stages.
  private static let stageRules = [
    Field(
      "maxConcurrency", .integerOrPercent, emptyCounts: true,
      "how many clusters may be on their way at a time; any number where nothing is written"),
    Field(
      "maxFailures", .integerOrPercent,
      "how many clusters may fail or time out before the stage has failed, a share rounded down; 0 where "
        + "nothing is written"
    ),
    Field(
      "minSuccessTime", .duration,
      "how long a cluster has to stay Ready, by the hub's clock, before it has succeeded; `0`"),
    Field(
      "progressDeadline", .duration,
      "how long a connected cluster may take to get Ready; `2h` where nothing is written, and never "
        + "`None`"),
    Field(
      "whenDisconnected", .choice(StageRules.disconnectedWords),
      "`treat-as-expected` (default): a cluster without contact is a straggler and is not waited for; "
        + "`treat-as-normal`: it times out; `treat-as-error`: it has failed"),
    Field(
      "minReachable", .integerOrPercent,
      "how many clusters of the stage must have contact; with fewer the rollout waits for a person"),
    Field(
      "mandatory", .bool, emptyCounts: true,
      "no cluster may fail and none may be missing, whatever `maxFailures` and `minReachable` say"),
    Field(
      "beforeStageTasks", .list(.object(task)), emptyCounts: true,
      "what has to be done before the first cluster is released: `Approval`"),
    Field(
      "afterStageTasks", .list(.object(task)), emptyCounts: true,
      "what has to be done after the clusters have succeeded, in this order"),
    Field("analysis", .object(analysis), "metrics that the clusters are judged by"),
  ]

  private static let stage = FieldSchema(
    "stage",
    [
      Field("name", .string, "the name, unique in the list"),
      Field(
        "clusters", .integerOrPercent, emptyCounts: true,
        "how many clusters, or which share, are released when this stage is, those of earlier stages "
          + "counted; all where nothing is written; who comes first is decided by a hash of the name"
      ),
    ] + TargetEntry.criteriaFields + [
      Field(
        "maxUnavailable", .integerOrPercent, emptyCounts: true,
        "how many clusters of the stage may be unavailable, whatever the reason, before no more are "
          + "released")
    ] + stageRules)

  private static let partition = FieldSchema(
    "partition",
    [
      Field("name", .string, "what the partition is called"),
      Field(
        "maxUnavailable", .fleetLimit, emptyCounts: true,
        "how many of its clusters may be unavailable"),
    ] + TargetEntry.criteriaFields)

  private static let task = FieldSchema(
    "task",
    [
      Field(
        "type", .choice(["Approval", "TimedWait"]),
        "`Approval`: a person approves with `kubectl fleet rollout approve`; `TimedWait`: time passes"
      ),
      Field("waitTime", .duration, "how much, for `TimedWait`"),
    ])

  private static let analysis = FieldSchema(
    "analysis",
    [
      Field("interval", .duration, "between two measurements; `1m` where nothing is written"),
      Field(
        "minSamples", .integer,
        "how many samples all clusters together must have; with fewer a measurement is inconclusive"
      ),
      Field(
        "aggregate", .string,
        "how the values of many clusters become one: `worst-cluster`, `mean` (default, weighted by "
          + "samples), or a percentile such as `p95`"),
      Field("metrics", .list(.object(metric)), "the metrics"),
    ])

  private static let metric = FieldSchema(
    "metric",
    [
      Field("name", .string, "the name in the reports of the sites, such as `success-rate`"),
      Field(
        "query", .string,
        "what the site asks, in PromQL; without it the number comes from somewhere else"),
      Field(
        "provider", .string,
        "which gate program of the site asks: `prometheus` (default) is `fleet-gate-prometheus`"),
      Field(
        "samplesQuery", .string,
        "what tells of how many requests the number is made; the number of series where nothing is "
          + "written"),
      Field(
        "thresholdRange",
        .object(
          FieldSchema(
            "threshold range",
            [
              Field("min", .number, emptyCounts: true, "the least good value"),
              Field("max", .number, emptyCounts: true, "the greatest good value"),
            ])), "which values are good"),
      Field(
        "strategy", .choice(RolloutAnalysis.strategies),
        "`THRESHOLD` (default), or `PREVIOUS`: compared with the value of the same clusters before"),
      Field(
        "deviation", .choice(RolloutAnalysis.deviations),
        "which side of the value before is bad; `EITHER` where nothing is written"),
      Field("tolerance", .integerOrPercent, "how far it may be on that side, as a percentage"),
      Field("aggregate", .string, "in place of the analysis'"),
      Field("minSamples", .integer, "in place of the analysis'"),
      Field("interval", .duration, "in place of the analysis'"),
      Field(
        "failureLimit", .integer,
        "how many measurements may fail before the metric has failed; 0 where nothing is written"),
      Field(
        "inconclusiveLimit", .integer,
        "how many may be inconclusive before the rollout waits for a person; 10 where nothing is "
          + "written"),
      Field("skipOnNoData", .bool, "no data at all passes"),
    ])

  private static let abortRule = FieldSchema(
    "abort rule",
    [
      Field(
        "failureType", .choice(RolloutStrategy.failureTypes),
        "which outcomes count; `ALL` where nothing is written"),
      Field(
        "thresholdPercentage", .integerOrPercent, emptyCounts: true,
        "from which share of the clusters with an outcome on: `5` or `2.5%`"),
      Field("minExecuted", .integer, "how many clusters must have an outcome first"),
    ])

  private static let exemptObject = FieldSchema(
    "exempt object",
    [
      Field("kind", .string, "the kind"),
      Field("group", .string, emptyCounts: true, "the API group; `\"\"` is the core group"),
      Field("namespace", .string, "the namespace"),
      Field("name", .string, "the name"),
    ])
}

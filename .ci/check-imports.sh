#!/bin/sh
# Proves the directions of imports: what a module may import stands in the table of
# docs/architecture.md ("May import"), and nowhere does a source file import anything else.
set -eu
cd "$(dirname "$0")/.."
table=docs/architecture.md

awk '
  # Rows: | `Module` | what it is | `A` `B` |
  FNR == NR {
    if ($0 ~ /^\| `[A-Za-z0-9-]+` \|/) {
      split($0, cell, "|")
      gsub(/[` ]/, "", cell[2])
      known[cell[2]] = 1
      n = split(cell[4], word, "`")
      for (i = 2; i <= n; i += 2) allowed[cell[2], word[i]] = 1
    }
    next
  }
  /^(@[a-zA-Z_]+(\([a-z]*\))? +)*((package|public|internal|fileprivate|private) +)?import / {
    split(FILENAME, part, "/")
    module = part[2]
    line = $0
    sub(/^.*import +/, "", line)
    sub(/^(struct|class|enum|protocol|func|var|let|typealias) +/, "", line)
    sub(/[. ].*$/, "", line)
    if (!(module in known)) {
      if (!(module in told)) {
        printf "%s: module %s has no row in the table of docs/architecture.md\n", FILENAME, module
        printf "  add a row that says what the module is and what it may import\n"
      }
      told[module] = 1
      bad = 1
    } else if (!((module, line) in allowed)) {
      printf "%s:%d: %s may not import %s\n", FILENAME, FNR, module, line
      printf "  move the code to a module that may (see the table in docs/architecture.md), or pass\n"
      printf "  the value in from outside; change the table only with a reason on paper\n"
      bad = 1
    }
  }
  END { exit bad }
' "$table" $(find Sources -name '*.swift' ! -path 'Sources/C*/*' -o -path 'Sources/C*/*' -name '*.swift' | LC_ALL=C sort) ||
  { echo "check: the directions of imports do not hold" >&2; exit 1; }

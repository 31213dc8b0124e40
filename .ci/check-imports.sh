#!/bin/sh
# Proves the directions of imports: what a module may import stands in the table of
# docs/architecture.md ("may import"); no source file imports anything else, and Package.swift declares
# exactly the modules of the table.
set -eu
cd "$(dirname "$0")/.."
table=docs/architecture.md
bad=

# The table as lines "MODULE IMPORT"; a module without imports as "MODULE".
rules() {
  awk '/^\| `[A-Za-z0-9-]+` \|/ {
    split($0, cell, "|")
    gsub(/[` ]/, "", cell[2])
    print cell[2]
    n = split(cell[4], word, "`")
    for (i = 2; i <= n; i += 2) print cell[2], word[i]
  }' "$table"
}

# What Package.swift declares, in the same form.
declared() {
  tr '\n' ' ' <Package.swift | awk '{
    sub(/^.*targets: \[/, "")
    while (match($0, /(module|program)\( *"[^"]*" *(, *\[[^]]*\])? *,? *\)/)) {
      call = substr($0, RSTART, RLENGTH)
      $0 = substr($0, RSTART + RLENGTH)
      if (call ~ /argumentParser/) call = call " \"ArgumentParser\""
      n = split(call, word, "\"")
      print word[2]
      for (i = 4; i <= n; i += 2) print word[2], word[i]
    }
  }'
}

rules=$(rules)
# shellcheck disable=SC2016 # awk's own variables
find Sources -name '*.swift' | LC_ALL=C sort | tr '\n' '\0' | rules=$rules xargs -0 awk '
  BEGIN {
    n = split(ENVIRON["rules"], line, "\n")
    for (i = 1; i <= n; i++) { split(line[i], word, " "); known[word[1]] = 1; allowed[line[i]] = 1 }
  }
  # Imports stand before everything else; text that looks like one in a long string is passed over.
  FNR == 1 { quoted = 0 }
  /"""/ { quoted += gsub(/"""/, "&") }
  quoted % 2 == 0 && /^[ \t]*(@[a-zA-Z_]+(\([a-z]*\))? +)*((package|public|internal|fileprivate|private) +)?import +[A-Za-z_]/ {
    split(FILENAME, part, "/")
    module = part[2]
    count = split($0, statement, ";")
    for (i = 1; i <= count; i++) {
      name = statement[i]
      if (name !~ /(^|[ \t])import +/) continue
      sub(/^.*import +/, "", name)
      sub(/^(struct|class|enum|protocol|func|var|let|typealias) +/, "", name)
      sub(/[^A-Za-z0-9_].*$/, "", name)
      if (!(module in known)) {
        if (!(module in told)) {
          printf "%s: module %s has no row in the table of docs/architecture.md\n", FILENAME, module
          printf "  add a row that says what the module is and what it may import\n"
        }
        told[module] = 1
        bad = 1
      } else if (!((module " " name) in allowed)) {
        printf "%s:%d: %s may not import %s\n", FILENAME, FNR, module, name
        printf "  move the code to a module that may (see the table in docs/architecture.md), or pass\n"
        printf "  the value in from outside; change the table only with a reason on paper\n"
        bad = 1
      }
    }
  }
  END { exit bad }
' || bad=yes

# Package.swift and the table; Glibc comes with the compiler.
difference=$({
  printf '%s\n' "$rules" | grep -v ' Glibc$' | sed 's/^/table /'
  declared | sed 's/^/package /'
} | awk '{
    key = $2 " " $3
    if (!(key in seen)) order[++n] = key
    seen[key] = seen[key] $1
  }
  END {
    for (i = 1; i <= n; i++) {
      split(order[i], word, " ")
      what = word[2] == "" ? "the module " word[1] : "the dependency of " word[1] " on " word[2]
      if (seen[order[i]] == "table") print "Package.swift: " what " is missing, docs/architecture.md has it"
      if (seen[order[i]] == "package") print "docs/architecture.md: " what " is missing, Package.swift has it"
    }
  }')
if [ -n "$difference" ]; then
  printf '%s\n' "$difference"
  printf '  make both say the same; an import that is not used belongs in neither\n'
  bad=yes
fi

if [ -n "$bad" ]; then
  echo "check: the directions of imports do not hold" >&2
  exit 1
fi

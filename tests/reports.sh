#!/bin/sh
# reports.sh BUILD: what `test --report` writes is what the formats say, for good tests and bad.
#
# JUnit against our own RELAX NG (tests/schemas/junit.rng) by xmllint, SARIF 2.1.0 and TAP 14 by our
# own checkers.  Each schema must also find a file that is spoilt.  Without xmllint: 77, skipped.
set -eu
build=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$root"
certsh="$build/certsh --no-rc"

report()
{
    name=$1 kind=$2
    shift 2
    $certsh -c "test $* --report $kind --to $place/$name.$kind" >/dev/null 2>&1 || [ $? -le 3 ]
    [ -s "$place/$name.$kind" ]
}

check()
{
    name=$1
    shift
    report "$name" tap "$@"
    report "$name" sarif "$@"
    report "$name" junit "$@"
    report "$name" json "$@"
    $certsh tests/tap.lua "$place/$name.tap"
    $certsh tests/sarif.lua "$place/$name.sarif"
    $certsh tests/junit.lua "$place/$name.junit"
    $certsh -e "certsh.json.decode(io.open('$place/$name.json'):read 'a')"
    if command -v xmllint >/dev/null; then
        xmllint --noout --relaxng tests/schemas/junit.rng "$place/$name.junit" 2>"$place/xmllint" ||
            { cat "$place/xmllint" >&2; exit 1; }
    fi
}

check good tests/guard
check bad tests/refused
check waived tests/refused --waivers tests/refused/waivers.lua --today 2026-01-01
check expired tests/refused --waivers tests/refused/waivers.lua --today 2027-01-01
check mutants tests/guard/kb903220_test.lua --mutate 1 --coverage
check empty tests/guard --run '^none$'
$certsh tests/sarif.lua "$place/bad.sarif" --break

if ! command -v xmllint >/dev/null; then
    echo "reports.sh: no xmllint (libxml2-utils), so JUnit's form is not checked" >&2
    exit 77
fi
for spoil in 's/tests="[0-9]*"/tests="many"/' 's/classname=/class=/' 's/<failure /<fail /;s/<.failure>/<\/fail>/' \
    's/type="failed"/type="other"/'; do
    sed "$spoil" "$place/bad.junit" >"$place/spoilt.junit"
    if xmllint --noout --relaxng tests/schemas/junit.rng "$place/spoilt.junit" 2>/dev/null; then
        echo "reports.sh: the schema does not notice: $spoil" >&2
        exit 1
    fi
done

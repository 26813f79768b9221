#!/bin/sh
# install.sh BUILD: the installed tree works from another place, with neither build nor sources,
# and the plugins of docs/first-plugin.md work with it as printed.
set -eu
build=$1
docs=$(cd "$(dirname "$0")/../docs" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cmake --install "$build" --prefix "$place/first" >/dev/null
mv "$place/first" "$place/moved"
cd /
unset CERTSH_PLUGIN_PATH
HOME=$place XDG_STATE_HOME=$place XDG_CONFIG_HOME=$place
export HOME XDG_STATE_HOME XDG_CONFIG_HOME
out=$("$place/moved/bin/certsh" -f csv -c 'host list')
printf '%s\n' "$out"
case $out in *DC01*) ;; *) echo "no DC01 in the built-in lab of the installed program"; exit 1 ;; esac
"$place/moved/bin/certsh" -f csv -c 'plugin list' | tee "$place/plugins"
if grep -F "$build" "$place/plugins"; then
    echo "the installed program loads plugins from the build tree"
    exit 1
fi

# A lab's script that was edited counts, not its compiled copy.
sed -i 's/name = "empty"/name = "edited"/' "$place/moved/share/certsh/scripts/labs/empty.lua"
"$place/moved/bin/certsh" --lab-name empty -f jsonl -c 'lab info' | grep -F '"name":"edited"'

# One language's blocks of the page as a file, then its commands.
cd "$place"
block()
{
    awk -v start='```'"$1" '$0 == "```" { inside = 0 } inside; $0 == start { inside = 1 }' \
        "$docs/first-plugin.md"
}
block lua >shout.lua
block c >shout.c
PATH=$place/moved/bin:$PATH
PKG_CONFIG_PATH=$place/moved/lib/pkgconfig
export PATH PKG_CONFIG_PATH
certsh -f jsonl -c 'plugin load ./shout.lua' -c 'shout host DC02' | tee said
grep -qF '"DC02!"' said
# shellcheck disable=SC2046  # flags are words
cc -shared -fPIC -fvisibility=hidden shout.c -o shout.so $(pkg-config --cflags --libs certsh)
certsh -f jsonl -c 'plugin load ./shout.so' -c 'shout host DC02' | tee said
grep -qF '"DC02!"' said
# What `plugin new` makes builds out of the tree and passes its tests: make, and CMake.
certsh -c 'plugin new site_lua' -c 'plugin test site_lua'
certsh -c 'plugin new site_c --lang c'
make -C site_c test
cmake -S site_c -B site_c/build -DCMAKE_PREFIX_PATH="$place/moved" >/dev/null
cmake --build site_c/build
ctest --test-dir site_c/build

# A site's own plugins: a gate and an importer in C, rules and a report writer in Lua.
cp -r "$docs/../examples" site
make -C site/site_firewall test
cmake -S site/site_firewall -B site/build -DCMAKE_PREFIX_PATH="$place/moved" >/dev/null
cmake --build site/build
ctest --test-dir site/build
certsh -c 'plugin test site/site_rules'
certsh -q --plugin-path "$place/site" --format markdown -c 'site validate' | tee said
grep -qF '| error | controllers-enrol | CORP\DC02$ |' said

if readelf -d "$place/moved/lib/libcertsh.so" | grep -i 'NEEDED.*lua'; then
    echo "libcertsh.so needs Lua"
    exit 1
fi

# A lab file: SQLite is there when it is wanted, and only then.
certsh -q -l kept.lab -c 'net stop certsvc' >/dev/null
certsh -l kept.lab -c 'lab undo' | grep -qF 'undone: net stop certsvc'
if readelf -d "$place/moved/lib/libcertsh.so" "$place/moved/bin/certsh" | grep -i 'NEEDED.*sqlite'; then
    echo "SQLite is opened by every shell"
    exit 1
fi

# A stock Lua requires the installed module, and its commands are there.  (It cannot load what needs
# the sanitizer's runtime.)
nm -D "$place/moved/lib/libcertsh.so" | grep -q __asan_ || LUA_CPATH="$place/moved/lib/lua/5.4/?.so" lua5.4 -e 'local certsh = require "certsh"
    assert(certsh.run("host list")[1].name == "DC01")
    assert(certsh.open("kept.lab").name == "kb903220-dc")
    print(certsh.lab.name)'

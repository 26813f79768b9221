#!/usr/bin/python3
"""directory_tokengroups.py FOREST DIR: Samba's own tokenGroups of the users of a small forest.

A domain of Samba's is provisioned in DIR, once, and the forest put into it; then the directory
is asked for tokenGroups of a sample of users, locally, without a network.  What everybody has
there and not in the forest (Domain Users and what lists it) is taken away from the answer.
"""
import os
import resource
import shutil
import struct
import subprocess
import sys
import time

try:
    import ldb
    from samba.auth import system_session
    from samba.param import LoadParm
    from samba.samdb import SamDB
except ImportError:
    sys.exit(77)

SAMPLE = 200
BASE = "DC=bench,DC=example"


def tell(what, seconds, answer):
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(what, "%.9f" % seconds, "%.0f" % answer, mib, flush=True)


def read_forest(path):
    with open(path, "rb") as file:
        users, groups, user_edges, group_edges = struct.unpack("<4Q", file.read(32))
        flat = memoryview(file.read()).cast("I")
    count = user_edges + group_edges
    return users, groups, [(flat[2 * i], flat[2 * i + 1]) for i in range(count)]


def open_db(place):
    lp = LoadParm(filename_for_non_global_lp=os.path.join(place, "etc/smb.conf"))
    return SamDB(url=os.path.join(place, "private/sam.ldb"), lp=lp,
                 session_info=system_session(lp))


def name_of(node, users):
    return "u%07u" % node if node < users else "g%06u" % (node - users)


def dn_of(node, users):
    return "CN=%s,CN=Users,%s" % (name_of(node, users), BASE)


def provision(place, users, groups, edges):
    shutil.rmtree(place, ignore_errors=True)
    with open(os.devnull, "w") as silence:
        done = subprocess.run(
            ["samba-tool", "domain", "provision", "--realm=bench.example", "--domain=BENCH",
             "--server-role=dc", "--dns-backend=NONE", "--use-rfc2307", "--targetdir=" + place,
             "--adminpass=Passw0rd.Bench", "--option=acl_xattr:security_acl_name=user.NTACL"],
            stdout=silence, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.stderr.write(done.stderr[-400:])
        sys.exit(77)
    start, db = time.process_time(), open_db(place)
    db.transaction_start()
    for node in range(users + groups):
        user = node < users
        db.add({"dn": dn_of(node, users), "objectClass": "user" if user else "group",
                "sAMAccountName": name_of(node, users)})
    members = {}
    for member, group in edges:
        members.setdefault(group, []).append(dn_of(member, users))
    for group, dns in members.items():
        change = ldb.Message(ldb.Dn(db, dn_of(group, users)))
        change["member"] = ldb.MessageElement(dns, ldb.FLAG_MOD_ADD, "member")
        db.modify(change)
    db.transaction_commit()
    with open(os.path.join(place, "whole"), "w"):
        pass
    tell("import", time.process_time() - start, len(edges))


def token_groups(db, dn):
    return len(db.search(dn, ldb.SCOPE_BASE, attrs=["tokenGroups"])[0]["tokenGroups"])


def main(path, place):
    users, groups, edges = read_forest(path)
    if not os.path.exists(os.path.join(place, "whole")):
        provision(place, users, groups, edges)
    db = open_db(place)
    extra = token_groups(db, "CN=Guest,CN=Users," + BASE)  # Domain Guests, Guests: two, as two
    start, total = time.process_time(), 0
    for k in range(SAMPLE):
        total += token_groups(db, dn_of(k * 99991 % users, users)) - extra
    each = (time.process_time() - start) / SAMPLE
    tell("all", each * users, total / SAMPLE * users)  # of a sample
    tell("sampled-200", each, total)


main(sys.argv[1], sys.argv[2])

#!/usr/bin/python3
"""directory_networkx.py FOREST: networkx on a forest: groups of users, members of groups."""
import gc
import resource
import struct
import sys
import time

try:
    import networkx
except ImportError:
    sys.exit(77)

USERS, SAMPLE = 1000, 100


def tell(what, seconds, answer):
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(what, "%.9f" % seconds, "%.0f" % answer, mib, flush=True)


def main(path):
    with open(path, "rb") as file:
        users, groups, user_edges, group_edges = struct.unpack("<4Q", file.read(32))
        edges = memoryview(file.read()).cast("I")
    gc.disable()
    start = time.process_time()
    graph = networkx.DiGraph()
    count = user_edges + group_edges
    graph.add_edges_from(zip(edges[0 : 2 * count : 2], edges[1 : 2 * count : 2]))
    tell("import", time.process_time() - start, count)

    start, total = time.process_time(), 0
    for k in range(USERS):
        total += len(networkx.descendants(graph, k * 99991 % users))
    each = (time.process_time() - start) / USERS
    tell("all", each * users, total / USERS * users)  # of a sample
    tell("sampled-1000", each, total)

    start, members = time.process_time(), 0
    for k in range(SAMPLE):
        group = users + k * 1999 % groups
        if group in graph:
            members += sum(1 for node in networkx.ancestors(graph, group) if node < users)
    tell("members", (time.process_time() - start) / SAMPLE, members)


main(sys.argv[1])

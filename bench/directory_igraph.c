/* directory_igraph.c - igraph's C library on a forest: groups of users, members of groups. */
#define _POSIX_C_SOURCE 200809L
#include <igraph/igraph.h>

#include "forest.h"

enum { USERS = 20000, SAMPLE = 100 };

int main(int argc, char **argv)
{
    struct forest f = forest_open(argc > 1 ? argv[1] : "");
    uint64_t count = f.user_edges + f.group_edges;
    igraph_vector_int_t edges, users, sizes, found;
    igraph_t graph;
    igraph_vs_t vs;
    double start = now(), total = 0;
    igraph_vector_int_init(&edges, (igraph_integer_t)(2 * count));
    for (uint64_t i = 0; i < 2 * count; i++)
        VECTOR(edges)[i] = f.edges[i / 2][i % 2];
    igraph_create(&graph, &edges, (igraph_integer_t)f.users + f.groups, 1);
    igraph_vector_int_destroy(&edges);
    tell("import", now() - start, (double)count);

    igraph_vector_int_init(&users, USERS);
    for (uint64_t i = 0; i < USERS; i++)
        VECTOR(users)[i] = (igraph_integer_t)(i * 99991 % f.users);
    igraph_vector_int_init(&sizes, 0);
    igraph_vs_vector(&vs, &users);
    start = now();
    igraph_neighborhood_size(&graph, &sizes, vs, 40, IGRAPH_OUT, 0);
    double each = (now() - start) / USERS;
    for (int i = 0; i < USERS; i++)
        total += (double)VECTOR(sizes)[i] - 1;
    tell("all", each * f.users, total / USERS * f.users); /* of a sample */
    tell("sampled-20000", each, total);

    double members = 0;
    start = now();
    for (uint64_t k = 0; k < SAMPLE; k++) {
        igraph_vector_int_init(&found, 0);
        igraph_subcomponent(&graph, &found, (igraph_integer_t)(f.users + k * 1999 % f.groups),
                            IGRAPH_IN);
        for (igraph_integer_t i = 0; i < igraph_vector_int_size(&found); i++)
            members += VECTOR(found)[i] < f.users;
        igraph_vector_int_destroy(&found);
    }
    tell("members", (now() - start) / SAMPLE, members);
    return 0;
}

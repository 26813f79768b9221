/* directory_graphblas.c - SuiteSparse:GraphBLAS on a forest, one thread: all tokens. */
#define _POSIX_C_SOURCE 200809L
#include <GraphBLAS.h>

#include "forest.h"

static void must(GrB_Info info)
{
    if (info == GrB_SUCCESS)
        return;
    fprintf(stderr, "graphblas: %d\n", (int)info);
    exit(1);
}

static GrB_Matrix matrix(const struct forest *f, uint64_t from, uint64_t count, uint32_t row_base,
                         uint32_t rows)
{
    GrB_Index *i = malloc(count * sizeof *i), *j = malloc(count * sizeof *j);
    GrB_Scalar one;
    GrB_Matrix m;
    for (uint64_t k = 0; k < count; k++) {
        i[k] = f->edges[from + k][0] - row_base;
        j[k] = f->edges[from + k][1] - f->users;
    }
    must(GrB_Scalar_new(&one, GrB_BOOL));
    must(GrB_Scalar_setElement_BOOL(one, 1));
    must(GrB_Matrix_new(&m, GrB_BOOL, rows, f->groups));
    must(GxB_Matrix_build_Scalar(m, i, j, one, count));
    must(GrB_wait(m, GrB_MATERIALIZE));
    free(i);
    free(j);
    return m;
}

int main(int argc, char **argv)
{
    struct forest f = forest_open(argc > 1 ? argv[1] : "");
    GrB_Matrix users, groups, square, all;
    GrB_Index before = 0, after = 0;
    must(GrB_init(GrB_NONBLOCKING));
    GxB_Global_Option_set(GxB_NTHREADS, 1);
    double start = now();
    users = matrix(&f, 0, f.user_edges, 0, f.users);
    groups = matrix(&f, f.user_edges, f.group_edges, f.users, f.groups);
    for (GrB_Index g = 0; g < f.groups; g++)
        must(GrB_Matrix_setElement_BOOL(groups, 1, g, g));
    must(GrB_wait(groups, GrB_MATERIALIZE));
    tell("import", now() - start, (double)(f.user_edges + f.group_edges));
    start = now();
    do {
        before = after;
        must(GrB_Matrix_new(&square, GrB_BOOL, f.groups, f.groups));
        must(GrB_mxm(square, NULL, NULL, GxB_ANY_PAIR_BOOL, groups, groups, NULL));
        must(GrB_wait(square, GrB_MATERIALIZE));
        GrB_Matrix_free(&groups);
        groups = square;
        must(GrB_Matrix_nvals(&after, groups));
    } while (after != before);
    must(GrB_Matrix_new(&all, GrB_BOOL, f.users, f.groups));
    must(GrB_mxm(all, NULL, NULL, GxB_ANY_PAIR_BOOL, users, groups, NULL));
    must(GrB_wait(all, GrB_MATERIALIZE));
    must(GrB_Matrix_nvals(&after, all));
    tell("all", now() - start, (double)after);
    return 0;
}

/* jansson.c - the same file through jansson: a tree of it, and a walk over ids and members. */
#include <stdio.h>

#include <jansson.h>

int main(int argc, char **argv)
{
    json_error_t why;
    json_t *root = argc == 2 ? json_load_file(argv[1], 0, &why) : NULL, *object, *member;
    size_t objects = 0, members = 0, i, j;
    json_array_foreach(json_object_get(root, "data"), i, object)
    {
        objects += json_string_length(json_object_get(object, "ObjectIdentifier")) > 0;
        json_array_foreach(json_object_get(object, "Members"), j, member) members +=
            json_string_length(json_object_get(member, "ObjectIdentifier")) > 0;
    }
    printf("%zu %zu\n", objects, members);
    json_decref(root);
    return root ? 0 : 1;
}

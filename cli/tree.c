/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "tree.h"

#include "style.h"
#include "verb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE (256 << 20) /* a hundred times the largest tree that exists */

static int file_error(struct tree_error *error, const char *what, const char *remedy)
{
    snprintf(error->text, sizeof(error->text), "%s; %s", what, remedy);
    return EXIT_UNUSABLE;
}

static int read_stream(struct tree *tree, FILE *in)
{
    size_t got;

    tree->blob.count = 0;
    do {
        tree->blob.items = array_room(tree->blob.items, tree->blob.count, &tree->blob.capacity, 1);
        got = fread(tree->blob.items + tree->blob.count, 1, tree->blob.capacity - tree->blob.count,
                    in);
        tree->blob.count += got;
    } while (got > 0 && tree->blob.count <= MAX_FILE);
    return ferror(in) ? errno : 0;
}

static int read_file(struct tree *tree, const char *file, struct tree_error *reason)
{
    const char *remedy = "give the name of a .dtb file";
    FILE *in = fopen(file, "rb");
    struct stat status;
    int error;

    if (!in)
        return file_error(reason, strerror(errno), remedy);
    if (fstat(fileno(in), &status) == 0 && S_ISDIR(status.st_mode))
        error = EISDIR;
    else
        error = read_stream(tree, in);
    fclose(in);
    if (error)
        return file_error(reason, strerror(error), remedy);
    if (tree->blob.count > MAX_FILE)
        return file_error(reason, "larger than 256 MiB", remedy);
    return EXIT_GOOD;
}

static void index_tree(struct tree *tree)
{
    while (tree->index.capacity < tree->of.node_count)
        tree->index.items = array_room(tree->index.items, tree->index.capacity,
                                       &tree->index.capacity, sizeof(*tree->index.items));
    dms_of_index(&tree->of, tree->index.items, tree->index.capacity);
}

int tree_load(struct tree *tree, const char *file, struct tree_error *error)
{
    struct dms_of_diag diag;
    int status = read_file(tree, file, error);

    tree->file = file;
    if (status != EXIT_GOOD)
        return status;
    if (dms_of_open(&tree->of, tree->blob.items, tree->blob.count, &diag) != 0) {
        dms_of_diag_line(&diag, error->text, sizeof(error->text));
        return EXIT_UNUSABLE;
    }
    index_tree(tree);
    return EXIT_GOOD;
}

void print_tree_error(const char *file, const struct tree_error *error)
{
    fprintf(stderr, "%s%s%s: %s\n", style(stderr, STYLE_ERROR), file, style(stderr, STYLE_END),
            error->text);
}

int tree_open(struct tree *tree, const char *file)
{
    struct tree_error error;
    int status = tree_load(tree, file, &error);

    if (status != EXIT_GOOD)
        print_tree_error(file, &error);
    return status;
}

void tree_close(struct tree *tree)
{
    array_drop(&tree->blob);
    array_drop(&tree->index);
}

struct path path_of(const struct tree *tree, dms_of_node_t node)
{
    struct path path;

    dms_of_path(&tree->of, node, path.text, sizeof(path.text));
    return path;
}

bool is_enabled(const struct tree *tree, dms_of_node_t node)
{
    while (node != DMS_OF_NONE && dms_of_available(&tree->of, node))
        node = dms_of_parent(&tree->of, node);
    return node == DMS_OF_NONE;
}

struct string string_of(const struct tree *tree, dms_of_node_t node, const char *property)
{
    struct string string = {""};
    uint32_t size = 0;
    const char *value = dms_of_prop(&tree->of, node, property, &size);

    for (uint32_t i = 0; i < size && i < sizeof(string.text) - 1 && value[i] != '\0'; i++)
        string.text[i] = value[i] >= ' ' && value[i] <= '~' ? value[i] : '?';
    return string;
}

void print_diag(const struct tree *tree, const struct dms_of_diag *diag)
{
    enum style kind = diag->error ? STYLE_ERROR : STYLE_WARNING;
    char line[1024];

    dms_of_diag_line(diag, line, sizeof(line));
    fprintf(stderr, "%s%s%s: %s\n", style(stderr, kind), tree->file, style(stderr, STYLE_END),
            line);
}

// gen_sequences.c -- writes handlers that do what several cells in a row ask for.
//
//     gen_sequences SEQUENCES_DEF DIRECTORY PARTS
//
// runs after gen_handlers. A row of sequences.def names handlers; the handler written for it
// is their texts one after the other, with a step to the next cell in between instead of a
// jump. It writes into DIRECTORY
//
//     sequences.h          the list and the numbers, which follow those of forms.h
//     sequence_tables.inc  a hash table: from a handler or the begin of a row, and the
//                          handler that comes next, to the longer begin
//     sequences_1.inc      the handlers, in PARTS files
//
// Without rows (SEQUENCES_DEF is "-") all of them are empty. See vm/sequences.c.
// SPDX-License-Identifier: MIT
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 8, LINE = 1024, MOST_PARTS = 16 };

typedef struct Text {
    char *name;
    const char *body;     // between the braces
    size_t length;        // without the last statement
    const char *step;     // what takes that statement's place, or NULL if nothing can follow
    const char *end;      // that statement
    int number;
} Text;

// The begin of a row, or all of it.
typedef struct Node {
    int from, next, number;
    bool whole;
    char *name;           // of a whole row
    int texts[LONGEST];   // what it is made of
    int count;
} Node;

static Text *texts;
static int text_count, handler_count, longest = 1;
static Node *nodes;
static int node_count, whole_count;

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "gen_sequences: %s: %s\n", what, name);
    exit(1);
}

static void *grow(void *list, int count, size_t size)
{
    if (count & (count - 1)) return list;  // full at each power of two
    void *const grown = realloc(list, (size_t)(count ? 2 * count : 1) * size);
    if (!grown) fail("out of memory", "");
    return grown;
}

static char *copy_of(const char *text, size_t length)
{
    char *const copy = malloc(length + 1);
    if (!copy) fail("out of memory", "");
    memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

static char *read_all(const char *path)
{
    FILE *const f = fopen(path, "rb");
    if (!f) fail("cannot read", path);
    fseek(f, 0, SEEK_END);
    const long size = ftell(f);
    rewind(f);
    char *const text = malloc((size_t)size + 1);
    if (!text || fread(text, 1, (size_t)size, f) != (size_t)size) fail("cannot read", path);
    text[size] = 0;
    fclose(f);
    return text;
}

static FILE *create(const char *directory, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *const f = fopen(path, "w");
    if (!f) fail("cannot write", path);
    fprintf(f, "// Written by gen_sequences.c; see there.\n// clang-format off\n");
    return f;
}

// --- the handlers there are ------------------------------------------------------------------

static Text *text_named(const char *name)
{
    for (int i = 0; i < text_count; i++) {
        if (!strcmp(texts[i].name, name)) return &texts[i];
    }
    return NULL;
}

// The list in forms.h gives the numbers.
static void read_names(const char *directory)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/forms.h", directory);
    char *const all = read_all(path);
    for (const char *p = all; (p = strstr(p, "\n    X("));) {
        p += strlen("\n    X(");
        texts = grow(texts, text_count, sizeof *texts);
        texts[text_count] = (Text){.name = copy_of(p, strcspn(p, ")")), .number = text_count};
        text_count++;
    }
    handler_count = text_count;
    free(all);
}

// How a handler goes on after its last statement, if that is known beforehand.
static void find_end(Text *t)
{
    static const char *const ends[][2] = {{"    NEXT_SHORT;\n", "    pc += SHORT_CELL;\n"},
                                          {"    NEXT_LONG;\n", "    pc += LONG_CELL;\n"},
                                          {"    BRANCH(IMM);\n", "    GO_ON_AT(IMM);\n"},
                                          {"    BRANCH(TARGET);\n", "    GO_ON_AT(TARGET);\n"}};
    t->end = "";
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        const size_t length = strlen(ends[k][0]);
        if (t->length < length || memcmp(t->body + t->length - length, ends[k][0], length)) continue;
        t->end = ends[k][0];
        t->step = ends[k][1];
        t->length -= length;
    }
}

static void read_texts(const char *directory, int parts)
{
    for (int part = 1; part <= parts; part++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/handlers_%d.inc", directory, part);
        const char *p = read_all(path);  // bodies go on pointing into it
        while ((p = strstr(p, "\nHANDLER("))) {
            p += strlen("\nHANDLER(");
            char *const name = copy_of(p, strcspn(p, ")"));
            Text *const t = text_named(name);
            const char *const body = strstr(p, "\n{\n"), *const end = strstr(p, "\n}\n");
            if (!t || !body || !end) fail("a handler is not in forms.h", name);
            t->body = body + strlen("\n{\n");
            t->length = (size_t)(end + 1 - t->body);
            find_end(t);
            free(name);
        }
    }
}

// --- rows --------------------------------------------------------------------------------

static int node_after(int from, int next)
{
    for (int k = 0; k < node_count; k++) {
        if (nodes[k].from == from && nodes[k].next == next) return k;
    }
    nodes = grow(nodes, node_count, sizeof *nodes);
    nodes[node_count] = (Node){.from = from, .next = next, .number = -1};
    return node_count++;
}

// Until all rows are known a node's number is `handler_count` and its index.
static void add_row(char *line)
{
    char name[LINE] = "";
    Node row = {.count = 0};
    for (const char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
        const Text *const t = text_named(word);
        if (!t || !t->body) fail("no such handler", word);
        if (row.count == LONGEST) fail("a row is too long", word);
        if (row.count && !texts[row.texts[row.count - 1]].step) fail("nothing can follow", name);
        if (strlen(name) + strlen(word) + 8 > sizeof name) fail("a row is too long", name);
        if (row.count) strcat(name, "_then_");
        strcat(name, word);
        row.texts[row.count++] = t->number;
    }
    if (row.count < 2) fail("a row of one", name);
    if (row.count > longest) longest = row.count;
    int at = row.texts[0];
    int k = 0;
    for (int i = 1; i < row.count; i++) {
        k = node_after(at, row.texts[i]);
        at = handler_count + k;
    }
    if (nodes[k].whole) fail("a row twice", name);
    nodes[k].whole = true;
    nodes[k].name = copy_of(name, strlen(name));
    nodes[k].count = row.count;
    memcpy(nodes[k].texts, row.texts, sizeof row.texts);
    whole_count++;
}

static void read_rows(const char *path)
{
    FILE *const f = fopen(path, "r");
    if (!f) fail("cannot read", path);
    char line[LINE];
    while (fgets(line, sizeof line, f)) {
        if (line[0] != '/' && line[0] != '\n') add_row(line);
    }
    fclose(f);
    // Whole rows come first, so that their numbers are those of handlers.
    int whole = 0, begun = whole_count;
    for (int k = 0; k < node_count; k++) {
        nodes[k].number = handler_count + (nodes[k].whole ? whole++ : begun++);
    }
}

// --- output ------------------------------------------------------------------------------

static void write_sequence(FILE *f, const Node *n)
{
    fprintf(f, "HANDLER(%s)\n{\n", n->name);
    for (int i = 0; i < n->count; i++) {
        const Text *const t = &texts[n->texts[i]];
        fprintf(f, "    {\n%.*s    }\n", (int)t->length, t->body);
        fputs(i + 1 < n->count ? t->step : t->end, f);
    }
    fprintf(f, "}\n\n");
}

static void write_list(FILE *f)
{
    fprintf(f, "#ifndef WEFT_SEQUENCES_H\n#define WEFT_SEQUENCES_H\n\n#include \"forms.h\"\n\n#define SEQUENCE_LIST(X) \\\n");
    for (int k = 0; k < node_count; k++) {
        if (nodes[k].whole) fprintf(f, "    X(%s) \\\n", nodes[k].name);
    }
    fprintf(f, "\n\nenum {\n    LAST_HANDLER_ = HANDLER_COUNT - 1,\n");
    for (int k = 0; k < node_count; k++) {
        if (nodes[k].whole) fprintf(f, "    HANDLER_%s,\n", nodes[k].name);
    }
    fprintf(f, "    SEQUENCE_END  // all handlers have smaller numbers\n};\n\n#endif\n");
}

// The same arithmetic as in vm/sequences.c.
static unsigned hash_of(unsigned from, unsigned next)
{
    return (from * 40503u + next * 30011u) >> 3;
}

static void write_table(FILE *f)
{
    unsigned size = 2;
    while (size < 2u * (unsigned)node_count) size *= 2;
    int *const table = malloc(size * sizeof *table);
    if (!table) fail("out of memory", "");
    for (unsigned h = 0; h < size; h++) table[h] = -1;
    for (int k = 0; k < node_count; k++) {
        Node *const n = &nodes[k];
        if (n->from >= handler_count) n->from = nodes[n->from - handler_count].number;
        unsigned h = hash_of((unsigned)n->from, (unsigned)n->next) & (size - 1);
        while (table[h] >= 0) h = (h + 1) & (size - 1);
        table[h] = k;
    }
    fprintf(f, "enum { SEQUENCE_LONGEST = %d };\n\n", longest);
    fprintf(f, "static const struct { u16 from, next, to; } sequence_table[%u] = {\n", size);
    for (unsigned h = 0; h < size; h++) {
        if (table[h] < 0) continue;
        const Node *const n = &nodes[table[h]];
        fprintf(f, "    [%u] = {%d, %d, %d},\n", h, n->from, n->next, n->number);
    }
    if (!node_count) fprintf(f, "    {0, 0, 0},\n");
    fprintf(f, "};\n");
    free(table);
}

int main(int argc, char **argv)
{
    if (argc != 4) fail("usage", "gen_sequences SEQUENCES_DEF|- DIRECTORY PARTS");
    const char *const directory = argv[2];
    const int parts = atoi(argv[3]);
    if (parts < 1 || parts > MOST_PARTS) fail("1 to 16 parts", argv[3]);
    read_names(directory);
    if (strcmp(argv[1], "-")) {
        read_texts(directory, parts);
        read_rows(argv[1]);
    }
    FILE *out[MOST_PARTS];
    for (int i = 0; i < parts; i++) {
        char name[32];
        snprintf(name, sizeof name, "sequences_%d.inc", i + 1);
        out[i] = create(directory, name);
    }
    // Rows that stand together stay together: the most used ones come first (gen/often.txt).
    for (int k = 0, i = 0; k < node_count; k++) {
        if (nodes[k].whole) write_sequence(out[i++ * parts / whole_count], &nodes[k]);
    }
    for (int i = 0; i < parts; i++) fclose(out[i]);
    FILE *f = create(directory, "sequence_tables.inc");
    write_table(f);
    fclose(f);
    f = create(directory, "sequences.h");
    write_list(f);
    fclose(f);
    fprintf(stderr, "gen_sequences: %d sequences\n", whole_count);
    return 0;
}

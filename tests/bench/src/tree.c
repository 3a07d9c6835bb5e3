// tree.c -- parses text into a tree, rewrites it, prints it: allocation and recursion.
// SPDX-License-Identifier: MIT
//
// The text is arithmetic in the variable x; the rewriting is its derivative, simplified.
#include "bench.h"

typedef struct Node { char op; int32_t value; struct Node *left, *right; } Node;

static char pool[1 << 22];
static size_t used;

static Node *node(char op, int32_t value, Node *left, Node *right)
{
    if (used + sizeof(Node) > sizeof pool) abort();
    Node *n = (Node *)(void *)(pool + used);
    used += sizeof *n;
    *n = (Node){op, value, left, right};
    return n;
}

static const char *at;
static Node *parse_sum(void);

static Node *parse_atom(void)
{
    if (*at == '(') {
        at++;
        Node *n = parse_sum();
        at++;
        return n;
    }
    if (*at == 'x') return at++, node('x', 0, NULL, NULL);
    int32_t value = 0;
    while (*at >= '0' && *at <= '9') value = value * 10 + (*at++ - '0');
    return node('n', value, NULL, NULL);
}

static Node *parse_product(void)
{
    Node *n = parse_atom();
    while (*at == '*') at++, n = node('*', 0, n, parse_atom());
    return n;
}

static Node *parse_sum(void)
{
    Node *n = parse_product();
    while (*at == '+') at++, n = node('+', 0, n, parse_product());
    return n;
}

static int is(const Node *n, int32_t value) { return n->op == 'n' && n->value == value; }

static Node *simple(char op, Node *a, Node *b)
{
    if (op == '+' && is(a, 0)) return b;
    if (op == '+' && is(b, 0)) return a;
    if (op == '*' && (is(a, 0) || is(b, 0))) return node('n', 0, NULL, NULL);
    if (op == '*' && is(a, 1)) return b;
    if (op == '*' && is(b, 1)) return a;
    if (a->op == 'n' && b->op == 'n') {
        uint32_t x = (uint32_t)a->value, y = (uint32_t)b->value;
        return node('n', (int32_t)(op == '+' ? x + y : x * y), NULL, NULL);
    }
    return node(op, 0, a, b);
}

static Node *derive(const Node *n)
{
    switch (n->op) {
    case 'n': return node('n', 0, NULL, NULL);
    case 'x': return node('n', 1, NULL, NULL);
    case '+': return simple('+', derive(n->left), derive(n->right));
    default:
        return simple('+', simple('*', derive(n->left), n->right),
                      simple('*', n->left, derive(n->right)));
    }
}

static char *print(const Node *n, char *to)
{
    if (n->op == 'x') {
        *to++ = 'x';
    } else if (n->op == 'n') {
        char digit[12];
        int count = 0;
        uint32_t value = (uint32_t)n->value;
        do digit[count++] = (char)('0' + value % 10); while ((value /= 10) != 0);
        while (count > 0) *to++ = digit[--count];
    } else {
        *to++ = '(';
        to = print(n->left, to);
        *to++ = n->op;
        to = print(n->right, to);
        *to++ = ')';
    }
    return to;
}

static uint32_t value_of(const Node *n, uint32_t x)
{
    switch (n->op) {
    case 'n': return (uint32_t)n->value;
    case 'x': return x;
    case '+': return value_of(n->left, x) + value_of(n->right, x);
    default: return value_of(n->left, x) * value_of(n->right, x);
    }
}

int main(int argc, char **argv)
{
    static char text[1 << 20];
    int rounds = amount(argc, argv, 30);
    uint64_t sum = 0, length = 0;
    for (int round = 0; round < rounds; round++) {
        strcpy(text, "(x+1)*(x*x+3*x+7)*(2*x+(5+x)*x)*(x*x*x+11)+x*(4*x*x+x*13)*(x+2)");
        text[7] = (char)('1' + round % 9);
        for (int order = 0; order < 4; order++) {
            used = 0;
            at = text;
            Node *n = derive(parse_sum());
            char *end = print(n, text);
            *end = 0;
            length += (uint64_t)(end - text);
            sum = sum * 31 + value_of(n, (uint32_t)round + 3);
        }
    }
    report("length", length);
    report("sum", sum);
    return 0;
}

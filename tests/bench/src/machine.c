// machine.c -- an interpreter inside the interpreter: a stack machine with a big switch.
// SPDX-License-Identifier: MIT
#include "bench.h"

enum { PUSH, ADD, SUB, MUL, XOR, LOAD, STORE, JUMP, JUMP_IF, LESS, SHIFT, END };
typedef struct { uint8_t op; int32_t arg; } Code;

// Collatz lengths: for (n = 2; n < limit; n++) walk from n down to 1 and add up the steps.
static const Code program[] = {
    {PUSH, 2}, {STORE, 0},                                      // n = 2
    {LOAD, 0}, {LOAD, 3}, {LESS, 0}, {JUMP_IF, 7}, {END, 0},    // 2: while n < limit
    {LOAD, 0}, {STORE, 1},                                      // 7: x = n
    {PUSH, 1}, {LOAD, 1}, {LESS, 0}, {JUMP_IF, 18},             // 9: while 1 < x
    {LOAD, 0}, {PUSH, 1}, {ADD, 0}, {STORE, 0}, {JUMP, 2},      // 13: n++
    {LOAD, 2}, {PUSH, 1}, {ADD, 0}, {STORE, 2},                 // 18: steps++
    {LOAD, 1}, {LOAD, 1}, {SHIFT, 1}, {PUSH, 2}, {MUL, 0}, {SUB, 0},  // 22: x - x / 2 * 2
    {JUMP_IF, 33}, {LOAD, 1}, {SHIFT, 1}, {STORE, 1}, {JUMP, 9},      // 28: even: x /= 2
    {LOAD, 1}, {PUSH, 3}, {MUL, 0}, {PUSH, 1}, {ADD, 0}, {STORE, 1}, {JUMP, 9},  // 33: 3x + 1
};

static uint64_t run(uint64_t *variables, uint64_t *executed)
{
    uint64_t stack[16], *top = stack, count = 0;
    for (const Code *pc = program;; pc++) {
        count++;
        switch (pc->op) {
        case PUSH: *top++ = (uint64_t)(int64_t)pc->arg; break;
        case ADD: top--; top[-1] += top[0]; break;
        case SUB: top--; top[-1] -= top[0]; break;
        case MUL: top--; top[-1] *= top[0]; break;
        case XOR: top--; top[-1] ^= top[0]; break;
        case LOAD: *top++ = variables[pc->arg]; break;
        case STORE: variables[pc->arg] = *--top; break;
        case JUMP: pc = program + pc->arg - 1; break;
        case JUMP_IF: if (*--top != 0) pc = program + pc->arg - 1; break;
        case LESS: top--; top[-1] = top[-1] < top[0]; break;
        case SHIFT: top[-1] >>= pc->arg; break;
        case END: *executed = count; return variables[2];
        default: abort();
        }
    }
}

int main(int argc, char **argv)
{
    uint64_t variables[4] = {0, 0, 0, (uint64_t)amount(argc, argv, 10) * 1000}, executed;
    report("steps", run(variables, &executed));
    report("executed", executed);
    return 0;
}

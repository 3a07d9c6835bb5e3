// words.h -- every keyword of the text format by number: words.def, then opcodes.def.
//
// The table is small and quick to build, so it is built where it is needed instead of
// lying around as global state.
//                                                       spec: text-token
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_WAT_WORDS_H
#define WEFT_TOOLS_WAT_WORDS_H

#include "loader/instr.h"

typedef enum WatWord {
    WORD_NONE,
#define WORD(id, text) WORD_##id,
#include "tools/wat/words.def"
#undef WORD
    WORD_OPS,  // WORD_OPS + op is the mnemonic of instruction `op`
    WORD_END = WORD_OPS + OP_COUNT
} WatWord;

// Open addressing: more than twice as many slots as words, so a search ends soon.
enum { WORD_SLOTS = 2048 };
_Static_assert(WORD_END * 2 < WORD_SLOTS, "the table must stay half empty");

typedef struct Words {
    u16 slots[WORD_SLOTS];
} Words;

void words_init(Words *words);

// The word spelled so, or WORD_NONE. Where instructions share a mnemonic, the first of them.
WatWord words_find(const Words *words, const char *text, size_t size);

const char *word_text(WatWord word);

INLINE bool word_is_op(u32 word)
{
    return word >= WORD_OPS && word < WORD_END;
}

INLINE Op word_op(u32 word)
{
    return (Op)(word - WORD_OPS);
}

#endif

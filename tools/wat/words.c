// words.c -- the keyword table.
// SPDX-License-Identifier: MIT
#include "tools/wat/words.h"

const char *word_text(WatWord word)
{
    static const char *const texts[WORD_OPS] = {
        [WORD_NONE] = "",
#define WORD(id, text) [WORD_##id] = text,
#include "tools/wat/words.def"
#undef WORD
    };
    return word_is_op(word) ? op_mnemonic[word_op(word)] : texts[word];
}

static u32 hash_keyword(const char *text, size_t size)
{
    u32 h = (u32)size;
    for (size_t i = 0; i < size; i++) h = h * 31 + (u8)text[i];
    return h ^ h >> 11;
}

WatWord words_find(const Words *words, const char *text, size_t size)
{
    for (u32 slot = hash_keyword(text, size);; slot++) {
        WatWord word = (WatWord)words->slots[slot % WORD_SLOTS];
        if (word == WORD_NONE) return WORD_NONE;
        const char *known = word_text(word);
        if (strncmp(known, text, size) == 0 && known[size] == 0) return word;
    }
}

void words_init(Words *words)
{
    memset(words, 0, sizeof *words);
    for (u32 word = WORD_NONE + 1; word < WORD_END; word++) {
        const char *text = word_text((WatWord)word);
        size_t size = strlen(text);
        if (words_find(words, text, size) != WORD_NONE) continue;
        u32 slot = hash_keyword(text, size);
        while (words->slots[slot % WORD_SLOTS]) slot++;
        words->slots[slot % WORD_SLOTS] = (u16)word;
    }
}

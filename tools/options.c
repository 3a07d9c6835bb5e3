// options.c -- reads the words of a command line by the rows of a verb's option table.
//
// `--name value`, `--name=value`, `-n value` and `-nvalue` are the same; `--` ends the
// options; `-` alone is an operand (standard input). Where a verb stops at its first
// operand, the rest of the line belongs to the guest and is not looked at.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"

#include <stdio.h>
#include <stdlib.h>

bool parse_count(const char *text, u64 *value)
{
    u64 sum = 0;
    if (!*text) return false;
    for (; *text; text++) {
        u64 digit = (u64)(*text - '0');
        if (*text < '0' || *text > '9' || sum > (UINT64_MAX - digit) / 10) return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

// 64M, 64m, 64MiB and 67108864 are the same.
bool parse_bytes(const char *text, u64 *value)
{
    size_t digits = strspn(text, "0123456789");
    char number[24];
    if (digits == 0 || digits >= sizeof number) return false;
    memcpy(number, text, digits);
    number[digits] = 0;

    u64 sum;
    if (!parse_count(number, &sum)) return false;
    const char *unit = text + digits;
    u32 shift = 0;
    switch (*unit) {
    case 'K': case 'k': shift = 10; break;
    case 'M': case 'm': shift = 20; break;
    case 'G': case 'g': shift = 30; break;
    default: break;
    }
    if (shift) unit++;
    if (*unit && strcmp(unit, "iB") != 0 && strcmp(unit, "B") != 0) return false;
    if (sum > UINT64_MAX >> shift) return false;
    *value = sum << shift;
    return true;
}

// Read digit by digit: no rounding, no exponent, no locale. "1.5", ".25", "2", "2s", "100ms".
bool parse_seconds(const char *text, u64 *ns)
{
    u64 unit = 1000000000, sum = 0;
    size_t size = strlen(text), digits = 0;
    if (size > 2 && strcmp(text + size - 2, "ms") == 0) {
        unit = 1000000, size -= 2;
    } else if (size > 1 && text[size - 1] == 's') {
        size--;
    }
    size_t i = 0;
    for (; i < size && text[i] >= '0' && text[i] <= '9'; i++, digits++) {
        u64 step = (u64)(text[i] - '0') * unit;
        if (sum > (UINT64_MAX - step) / 10) return false;
        sum = sum * 10 + step;
    }
    if (i < size && text[i] == '.') {
        for (i++; i < size && text[i] >= '0' && text[i] <= '9'; i++, digits++) {
            unit /= 10;
            u64 step = (u64)(text[i] - '0') * unit;
            if (sum > UINT64_MAX - step) return false;
            sum += step;
        }
    }
    if (i < size || digits == 0) return false;
    *ns = sum;
    return true;
}

bool option_matches(const Option *option, const char *word, const char **value)
{
    size_t size = strlen(option->name);
    *value = NULL;
    if (word[0] != '-') return false;
    if (word[1] != '-') {
        if (!option->letter || word[1] != option->letter) return false;
        if (word[2]) *value = word + 2;
        return true;
    }
    if (strncmp(word + 2, option->name, size) != 0) return false;
    if (word[2 + size] == '=') *value = word + 2 + size + 1;
    return word[2 + size] == 0 || *value;
}

const Option *option_find(const Option *options, const char *word, const char **value)
{
    for (const Option *o = options; o && o->name; o++) {
        if (option_matches(o, word, value)) return o;
    }
    return NULL;
}

static bool word_list_add(WordList *list, const Option *option, const char *text)
{
    Word *words = realloc(list->words, (list->count + 1) * sizeof *words);
    if (!words) {
        complain(NULL, "out of memory");
        return false;
    }
    words[list->count] = (Word){text, option};
    list->words = words;
    list->count++;
    return true;
}

static bool store_number(const Verb *verb, const Option *option, const char *value,
                         OptionNumber *number)
{
    u64 parsed;
    bool good = option->kind == OPTION_COUNT   ? parse_count(value, &parsed)
                : option->kind == OPTION_BYTES ? parse_bytes(value, &parsed)
                                               : parse_seconds(value, &parsed);
    if (!good) {
        complain_usage(verb, "--%s wants %s, not '%s'", option->name,
                       option->kind == OPTION_COUNT   ? "a number"
                       : option->kind == OPTION_BYTES ? "a number of bytes (4096, 64K, 1G)"
                                                      : "a number of seconds (2, 0.5)",
                       value);
        return false;
    }
    *number = (OptionNumber){parsed, true};
    return true;
}

bool option_store(const Verb *verb, const Option *option, const char *value, void *values)
{
    void *place = (u8 *)values + option->at;
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)place = true;
        return true;
    case OPTION_TEXT:
        *(const char **)place = value;
        return true;
    case OPTION_LIST:
        return word_list_add(place, option, value);
    case OPTION_COUNT:
    case OPTION_BYTES:
    case OPTION_SECONDS:
        break;
    }
    return store_number(verb, option, value, place);
}

// Says that `word` is no option, and which one may have been meant.
static int complain_unknown(const Verb *verb, const char *word)
{
    const char *name = word;
    while (*name == '-') name++;
    size_t size = strcspn(name, "=");
    Nearest near;
    nearest_begin(&near, name, size);
    for (const Option *o = verb->options; o && o->name; o++) {
        nearest_add(&near, o->name, strlen(o->name));
    }
    nearest_add(&near, "help", 4);
    const char *meant = nearest_end(&near);
    int shown = word[1] == '-' ? (int)(size + (size_t)(name - word)) : (int)strlen(word);
    if (meant) {
        return complain_usage(verb, "unknown option '%.*s'; did you mean '--%s'?", shown, word,
                              meant);
    }
    return complain_usage(verb, "unknown option '%.*s'", shown, word);
}

// Handles the option at argv[*at], and moves *at past it and its value.
static bool read_option(const Verb *verb, int argc, char **argv, int *at, void *values,
                        int *exit_code)
{
    const char *word = argv[*at], *value;
    *exit_code = EXIT_USAGE;
    (*at)++;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        print_verb_help(verb);
        *exit_code = EXIT_FINE;
        return false;
    }
    const Option *option = option_find(verb->options, word, &value);
    if (!option || (option->kind == OPTION_FLAG && value && word[1] != '-')) {
        complain_unknown(verb, word);
        return false;
    }
    if (option->kind == OPTION_FLAG && value) {
        complain_usage(verb, "--%s takes no value", option->name);
        return false;
    }
    if (option->kind != OPTION_FLAG && !value) {
        if (*at >= argc) {
            complain_usage(verb, "%s wants %s", word, option->argument);
            return false;
        }
        value = argv[(*at)++];
    }
    return option_store(verb, option, value, values);
}

bool verb_options_read(const Verb *verb, int *argc, char **argv, void *values, int *exit_code)
{
    int count = *argc, operands = 0, at = 0;
    bool ended = false;
    while (at < count) {
        char *word = argv[at];
        if (!ended && strcmp(word, "--") == 0) {
            ended = true;
            at++;
        } else if (!ended && word[0] == '-' && word[1]) {
            if (!read_option(verb, count, argv, &at, values, exit_code)) {
                verb_options_free(verb, values);
                return false;
            }
        } else {
            argv[operands++] = word;
            at++;
            if (verb->stops_at_operand) break;
        }
    }
    while (at < count) argv[operands++] = argv[at++];
    *argc = operands;
    return true;
}

void verb_options_free(const Verb *verb, void *values)
{
    for (const Option *o = verb->options; o && o->name; o++) {
        if (o->kind != OPTION_LIST) continue;
        WordList *list = (WordList *)((u8 *)values + o->at);
        free(list->words);
        *list = (WordList){0};
    }
}

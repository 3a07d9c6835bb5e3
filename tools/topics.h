// topics.h -- pages of `weft help` that belong to no single verb.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_TOPICS_H
#define WEFT_TOOLS_TOPICS_H

typedef struct Topic {
    const char *name;
    const char *summary;
    const char *text;
} Topic;

extern const Topic topics[];  // ends with a row without a name
const Topic *topic_find(const char *name);

#endif

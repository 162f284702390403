#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// "word=count …" in the words' order, for text whose lines are counted by threads of their own. On failure NULL, and
// *error says why. Both strings are the caller's to free.
char *count_words(const char *text, char **error);

#ifdef __cplusplus
}
#endif

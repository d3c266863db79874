/* SPDX-License-Identifier: BSD-3-Clause */
#include "wordfile.h"
#include "message.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST (16u << 20) /* bytes of a file: /dev/zero has no end */

/* A file while its words are taken. */
struct reader {
    char **words;
    size_t count;
    char *at;      /* next character */
    unsigned line; /* that it stands in, from 1 */
};

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

/* The whole file, with a NUL at its end; NULL: *why says it. */
static char *slurp(const char *path, const char **why)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        *why = strerror(errno);
        return NULL;
    }
    char *text = must(malloc(LONGEST + 1));
    size_t length = fread(text, 1, LONGEST, file);
    *why = ferror(file)                 ? strerror(errno)
           : length == LONGEST          ? "it is longer than 16 MiB"
           : memchr(text, '\0', length) ? "it is no text"
                                        : NULL;
    fclose(file);
    if (*why != NULL) {
        free(text);
        return NULL;
    }
    text[length] = '\0';
    return must(realloc(text, length + 1));
}

static void add(struct reader *reader, char *word)
{
    reader->words = must(realloc(reader->words, (reader->count + 1) * sizeof(*reader->words)));
    reader->words[reader->count++] = word;
}

static bool continues(const char *at)
{
    return at[0] == '\\' && (at[1] == '\n' || (at[1] == '\r' && at[2] == '\n'));
}

static void skip_blanks(struct reader *reader)
{
    for (;;) {
        if (continues(reader->at)) {
            reader->at = strchr(reader->at, '\n') + 1;
            reader->line++;
        } else if (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\r') {
            reader->at++;
        } else {
            return;
        }
    }
}

/* The word at reader->at; NULL: a quote in it is not closed. */
static char *take_word(struct reader *reader)
{
    char *word = must(malloc(strcspn(reader->at, "\n") + 1));
    size_t length = 0;
    char quote = '\0';

    for (; *reader->at != '\0' && *reader->at != '\n'; reader->at++) {
        char c = *reader->at;
        if (quote == '\0' && (c == ' ' || c == '\t' || c == '\r' || continues(reader->at)))
            break;
        if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == quote) {
            quote = '\0';
        } else {
            if (c == '\\' && quote != '\'' && reader->at[1] != '\0' && reader->at[1] != '\n')
                c = *++reader->at;
            word[length++] = c;
        }
    }
    word[length] = '\0';
    if (quote == '\0')
        return must(realloc(word, length + 1));
    free(word);
    return NULL;
}

/* The words of one line, with those that continue it. False: a quote is not closed. */
static bool take_line(struct reader *reader, bool lines)
{
    bool first = true;

    for (skip_blanks(reader); *reader->at != '\0' && *reader->at != '\n'; skip_blanks(reader)) {
        if (first && *reader->at == '#') {
            reader->at += strcspn(reader->at, "\n");
            break;
        }
        char *word = take_word(reader);
        if (word == NULL)
            return false;
        if (first && lines && reader->count > 0)
            add(reader, must(strdup(":")));
        add(reader, word);
        first = false;
    }
    if (*reader->at == '\n') {
        reader->at++;
        reader->line++;
    }
    return true;
}

int toc_wordfile_read(const char *word, const char *path, bool lines, char ***words, size_t *count)
{
    const char *why;
    char *text = slurp(path, &why);
    struct reader reader = {.at = text, .line = 1};
    bool good = true;

    if (text == NULL) {
        toc_message_print("cannot read the file '%s' after %s: %s", path, word, why);
        return TOC_EXIT_USAGE;
    }
    while (good && *reader.at != '\0')
        good = take_line(&reader, lines);
    if (!good)
        toc_message_print("%s %s: line %u: a quote is not closed", word, path, reader.line);
    free(text);
    *words = reader.words;
    *count = reader.count;
    return good ? 0 : TOC_EXIT_USAGE;
}

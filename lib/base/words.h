/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_BASE_WORDS_H
#define TOC_BASE_WORDS_H

#include <stddef.h>

/** How far apart two short words are: letters to change, insert, leave out or swap (optimal string
 *  alignment), without regard to case. For suggestions. Words that are too long for one: SIZE_MAX.
 */
size_t toc_words_distance(const char *a, size_t a_length, const char *b, size_t b_length);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/stats.h"

#include <inttypes.h>
#include <stddef.h>

struct toc_stats toc_stats;

static const struct {
    const char *name;
    const char *description;
    size_t offset;
} counters[] = {
#define TOC_STAT(field, description) {#field, description, offsetof(struct toc_stats, field)},
#include "base/stats.def"
#undef TOC_STAT
};

void toc_stats_print(FILE *out, const char *prefix)
{
    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
        uint64_t value = *(const uint64_t *)((const char *)&toc_stats + counters[i].offset);
        if (value != 0)
            fprintf(out, "%s%-18s %12" PRIu64 "  %s\n", prefix, counters[i].name, value,
                    counters[i].description);
    }
}

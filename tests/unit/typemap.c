/* SPDX-License-Identifier: BSD-3-Clause */
#include "typemap.h"

#include <stdlib.h>
#include <string.h>

struct typemap *typemap_new(void)
{
    struct typemap *map = malloc(sizeof(*map));
    if (map == NULL)
        abort();
    map->n = 0;
    map->full = map->marked = map->rounds = false;
    map->alignment = 1;
    map->lb_marker = map->ub_marker = 0;
    map->old_lb = map->old_ub = 0;
    return map;
}

struct typemap *typemap_basic(uint32_t size, uint32_t alignment)
{
    struct typemap *map = typemap_new();
    map->n = 1;
    map->items[0].displacement = 0;
    map->items[0].size = size;
    map->old_ub = size;
    map->alignment = alignment;
    return map;
}

void typemap_append(struct typemap *map, const struct typemap *part, int64_t displacement)
{
    if (part->full || map->n + part->n > TYPEMAP_ITEMS) {
        map->full = true;
        return;
    }
    int64_t lb = displacement + typemap_lb(part), ub = lb + typemap_extent(part);
    if (part->n > 0 && (map->n == 0 || lb < map->old_lb))
        map->old_lb = lb;
    if (part->n > 0 && (map->n == 0 || ub > map->old_ub))
        map->old_ub = ub;
    for (size_t i = 0; i < part->n; i++) {
        map->items[map->n].displacement = part->items[i].displacement + displacement;
        map->items[map->n++].size = part->items[i].size;
    }
    if (part->n > 0 && part->alignment > map->alignment)
        map->alignment = part->alignment;
    if (part->marked)
        typemap_mark(map, part->lb_marker + displacement, part->ub_marker + displacement);
}

void typemap_append_block(struct typemap *map, const struct typemap *part, int64_t displacement,
                          int64_t count)
{
    int64_t extent = typemap_extent(part);
    for (int64_t i = 0; i < count && !map->full; i++)
        typemap_append(map, part, displacement + i * extent);
}

void typemap_mark(struct typemap *map, int64_t lb, int64_t ub)
{
    if (!map->marked || lb < map->lb_marker)
        map->lb_marker = lb;
    if (!map->marked || ub > map->ub_marker)
        map->ub_marker = ub;
    map->marked = true;
}

int64_t typemap_true_lb(const struct typemap *map)
{
    int64_t lb = map->n > 0 ? map->items[0].displacement : 0;
    for (size_t i = 1; i < map->n; i++) {
        if (map->items[i].displacement < lb)
            lb = map->items[i].displacement;
    }
    return lb;
}

int64_t typemap_true_ub(const struct typemap *map)
{
    int64_t ub = map->n > 0 ? map->items[0].displacement + map->items[0].size : 0;
    for (size_t i = 1; i < map->n; i++) {
        if (map->items[i].displacement + map->items[i].size > ub)
            ub = map->items[i].displacement + map->items[i].size;
    }
    return ub;
}

int64_t typemap_lb(const struct typemap *map)
{
    return map->marked ? map->lb_marker : map->old_lb;
}

int64_t typemap_extent(const struct typemap *map)
{
    if (map->marked)
        return map->ub_marker - map->lb_marker;
    int64_t extent = map->old_ub - map->old_lb;
    while (map->rounds && extent % map->alignment != 0)
        extent++;
    return extent;
}

uint64_t typemap_size(const struct typemap *map)
{
    uint64_t size = 0;
    for (size_t i = 0; i < map->n; i++)
        size += map->items[i].size;
    return size;
}

void typemap_pack(const struct typemap *map, const char *base, int64_t count, char *packed)
{
    int64_t extent = typemap_extent(map);
    for (int64_t k = 0; k < count; k++) {
        for (size_t i = 0; i < map->n; i++) {
            memcpy(packed, base + k * extent + map->items[i].displacement, map->items[i].size);
            packed += map->items[i].size;
        }
    }
}

void typemap_unpack(const struct typemap *map, char *base, int64_t count, const char *packed)
{
    int64_t extent = typemap_extent(map);
    for (int64_t k = 0; k < count; k++) {
        for (size_t i = 0; i < map->n; i++) {
            memcpy(base + k * extent + map->items[i].displacement, packed, map->items[i].size);
            packed += map->items[i].size;
        }
    }
}

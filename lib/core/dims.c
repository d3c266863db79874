/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Dims_create: of all ways to write a number as a product of k factors, the one whose largest
 * and smallest are closest. All factors are divisors, of which an int has 1600 at most; they are
 * tried in decreasing order of place, each from the root of what is left upwards, and given up as
 * soon as the smallest cannot come close enough to the first. Of those that are equally good, the
 * one is taken whose smallest factor is the largest; then the second smallest, and so on.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "core/topo.h"

#define MOST_DIVISORS 1600 /* of 2095133040 */

struct search {
    int divisors[MOST_DIVISORS]; /* of the number, increasing */
    int n_divisors;
    int k;
    int *chosen; /* [k] not increasing */
    int *best;   /* [k] */
    int spread;  /* best[0] - best[k - 1]; -1: nothing yet */
};

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void list_divisors(struct search *search, int number)
{
    search->n_divisors = 0;
    for (int d = 1; d <= number / d; d++) {
        if (number % d != 0)
            continue;
        search->divisors[search->n_divisors++] = d;
        if (d != number / d)
            search->divisors[search->n_divisors++] = number / d;
    }
    qsort(search->divisors, (size_t)search->n_divisors, sizeof(int), compare);
}

/* Is base to the power of k at least `number`? */
static bool reaches(int base, int k, int number)
{
    int64_t power = 1;
    for (int i = 0; i < k && power < number; i++) {
        if (base == 1)
            break;
        power *= base;
    }
    return power >= number;
}

/* Can k factors, whose product is `left`, make a choice as good as the best so far, with the first
 * one as it is? The smallest of them would have to be `least` or more. */
static bool fits(const struct search *search, int k, int left)
{
    int64_t power = 1;
    int least = search->spread < 0 ? 1 : search->chosen[0] - search->spread;
    for (int i = 0; i < k && least > 1 && power <= left; i++)
        power *= least;
    return power <= left;
}

static bool is_better(const struct search *search)
{
    int last = search->k - 1, spread = search->chosen[0] - search->chosen[last];
    if (search->spread < 0 || spread != search->spread)
        return search->spread < 0 || spread < search->spread;
    while (last > 0 && search->chosen[last] == search->best[last])
        last--;
    return search->chosen[last] > search->best[last];
}

/* Chooses factor number `place` and those behind it; their product is `left`. */
static void choose(struct search *search, int place, int left)
{
    int k = search->k - place, most = place > 0 ? search->chosen[place - 1] : left;
    if (k == 0 && !is_better(search))
        return;
    if (k == 0) {
        search->spread = search->chosen[0] - search->chosen[search->k - 1];
        memcpy(search->best, search->chosen, (size_t)search->k * sizeof(int));
        return;
    }
    for (int i = 0; i < search->n_divisors && search->divisors[i] <= most; i++) {
        int factor = search->divisors[i];
        if (left % factor != 0 || !reaches(factor, k, left))
            continue;
        search->chosen[place] = factor;
        if (fits(search, k, left))
            choose(search, place + 1, left / factor);
        else if (place == 0)
            return; /* larger ones even less */
    }
}

/* The free dimensions, `k` of them. */
static int share(int number, int k, int factors[])
{
    struct search *search = malloc(sizeof(*search) + 2 * (size_t)k * sizeof(int));
    if (search == NULL)
        return TOC_ERR_NO_MEM;
    search->k = k;
    search->chosen = (int *)(search + 1);
    search->best = factors;
    search->spread = -1;
    list_divisors(search, number);
    choose(search, 0, number);
    free(search);
    return TOC_OK;
}

int toc_dims_create(int nodes, int ndims, int dims[])
{
    int left = nodes, k = 0;
    for (int d = 0; d < ndims; d++) {
        if (dims[d] == 0) {
            k++;
            continue;
        }
        if (left % dims[d] != 0)
            return TOC_ERR_ARG;
        left /= dims[d];
    }
    if (k == 0)
        return left == 1 ? TOC_OK : TOC_ERR_ARG;
    int *factors = malloc((size_t)k * sizeof(int));
    int status = factors != NULL ? share(left, k, factors) : TOC_ERR_NO_MEM;
    for (int d = 0, next = 0; status == TOC_OK && d < ndims; d++)
        if (dims[d] == 0)
            dims[d] = factors[next++];
    free(factors);
    return status;
}

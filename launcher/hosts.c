/* SPDX-License-Identifier: BSD-3-Clause */
#include "hosts.h"
#include "message.h"
#include "options.h"
#include "base/job.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool same_address(const struct sockaddr *a, const struct sockaddr *b)
{
    if (a->sa_family != b->sa_family)
        return false;
    if (a->sa_family == AF_INET)
        return memcmp(&((const struct sockaddr_in *)a)->sin_addr,
                      &((const struct sockaddr_in *)b)->sin_addr, sizeof(struct in_addr)) == 0;
    return a->sa_family == AF_INET6 &&
           memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
                  &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr)) == 0;
}

/* All of 127.0.0.0/8 and ::1, whether an interface has them or not. */
static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    return address->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static bool is_own_address(const struct sockaddr *address, const struct ifaddrs *interfaces)
{
    if (is_loopback(address))
        return true;
    for (; interfaces != NULL; interfaces = interfaces->ifa_next)
        if (interfaces->ifa_addr != NULL && same_address(address, interfaces->ifa_addr))
            return true;
    return false;
}

static bool resolves_to_us(const char *name)
{
    struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
    struct ifaddrs *interfaces = NULL;
    bool own = false;

    if (getaddrinfo(name, NULL, &hints, &found) != 0)
        return false;
    if (getifaddrs(&interfaces) < 0)
        interfaces = NULL;
    for (const struct addrinfo *at = found; at != NULL && !own; at = at->ai_next)
        own = is_own_address(at->ai_addr, interfaces);
    if (interfaces != NULL)
        freeifaddrs(interfaces);
    freeaddrinfo(found);
    return own;
}

/* Whole, or as far as the first dot when one of the two has no domain. */
static bool same_name(const char *a, const char *b)
{
    size_t la = strcspn(a, "."), lb = strcspn(b, ".");

    return strcasecmp(a, b) == 0 ||
           (la == lb && strncasecmp(a, b, la) == 0 && (a[la] == '\0' || b[lb] == '\0'));
}

static void own_name(char *name, size_t size)
{
    if (gethostname(name, size) < 0)
        snprintf(name, size, "localhost");
    name[size - 1] = '\0';
}

/* The resolver, which may take long, only for names that are not known without it. */
static bool is_this_machine(const char *name)
{
    char own[256];

    own_name(own, sizeof(own));
    return same_name(name, "localhost") || same_name(name, own) || resolves_to_us(name);
}

static int parse_slots(const char *word, const char *text, uint32_t *slots)
{
    char *end;

    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno == ERANGE || value < 1 || value > TOC_MAX_RANKS) {
        toc_message_print("'%s' in %s is not a number of slots: give 1 to %d", text, word,
                          TOC_MAX_RANKS);
        return TOC_EXIT_USAGE;
    }
    *slots = (uint32_t)value;
    return 0;
}

/* "[user@]host[:slots]"; an IPv6 address has more than one colon, or brackets. Writes into it. */
static int parse_host(const char *word, char *entry, uint32_t *slots)
{
    char *at = strchr(entry, '@');
    char *name = at != NULL ? at + 1 : entry;
    char *colon = strrchr(name, ':');
    char own[256];

    if (name[0] == '[' && strchr(name, ']') != NULL) {
        char *close = strchr(name, ']');
        colon = close[1] == ':' ? close + 1 : NULL;
        *close = '\0';
        name++;
    } else if (colon != NULL && strchr(name, ':') != colon) {
        colon = NULL;
    }
    *slots = 1;
    if (colon != NULL) {
        *colon = '\0';
        int status = parse_slots(word, colon + 1, slots);
        if (status != 0)
            return status;
    }
    if (name[0] == '\0') {
        toc_message_print("a host in %s has no name", word);
        return TOC_EXIT_USAGE;
    }
    if (is_this_machine(name))
        return 0;
    own_name(own, sizeof(own));
    toc_message_print("%s names the host '%s', which is not this machine (%s): Tocsin runs the "
                      "ranks of one machine only",
                      word, name, own);
    return TOC_EXIT_USAGE;
}

/* mpirun counts no further than the ranks that a job may have; that is complained of later. */
static void add(uint32_t *total, uint32_t slots)
{
    *total = *total + slots > TOC_MAX_RANKS ? TOC_MAX_RANKS + 1 : *total + slots;
}

int toc_hosts_list(const char *word, const char *text, uint32_t *total)
{
    char *copy = strdup(text), *rest = copy, *entry;
    int status = 0;

    if (copy == NULL)
        abort();
    while (status == 0 && (entry = strsep(&rest, ",")) != NULL) {
        uint32_t slots = 0;
        status = parse_host(word, entry, &slots);
        add(total, slots);
    }
    free(copy);
    return status;
}

/* Keywords other than slots (user=, max_slots=, binding=) say nothing that matters here. */
static int parse_line(const char *word, char *line, uint32_t *total)
{
    char *save, *token;
    uint32_t slots = 0;

    line[strcspn(line, "#\r\n")] = '\0';
    token = strtok_r(line, " \t", &save);
    if (token == NULL)
        return 0;
    int status = parse_host(word, token, &slots);
    while (status == 0 && (token = strtok_r(NULL, " \t", &save)) != NULL)
        if (strncmp(token, "slots=", 6) == 0)
            status = parse_slots(word, token + 6, &slots);
    add(total, slots);
    return status;
}

int toc_hosts_file(const char *path, uint32_t *total)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    int status = 0;

    if (file == NULL) {
        toc_message_print("cannot read the hosts in '%s': %s", path, strerror(errno));
        return TOC_EXIT_USAGE;
    }
    while (status == 0 && getline(&line, &size, file) >= 0)
        status = parse_line(path, line, total);
    free(line);
    fclose(file);
    return status;
}

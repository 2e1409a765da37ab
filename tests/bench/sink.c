/* sink: an SMTP receiver for benches that proves what arrived.
 *
 * It takes everything and keeps nothing but numbers: messages, octets, connections, distinct recipients and, with -H,
 * distinct contents and distinct Message-IDs. At SIGTERM it prints them as one JSON line, with the seconds between
 * the first and the last message, the time of day of the first, and its own CPU time.
 *
 *   sink -p PORT [-H] [-l MS] [-n] [-t FILE]
 *     -H        look into the messages (costs CPU: not where rates are measured)
 *     -l MS     answer MS milliseconds later, as over a line with that round trip; pipelined commands wait together
 *     -n        do not offer PIPELINING
 *     -t FILE   write the time of each message (seconds of the day's clock) as one line
 *
 * Build: cc -O2 -o sink sink.c (Linux: epoll)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 256 * 1024, HEAD = 4096, OWED = 1024, SAID = 8192 };

struct reply {
    const char *text;
    uint64_t due;
};

struct line {
    int fd, gone, quit, in_data;
    size_t held;         /* octets in room */
    size_t skip;         /* octets of the message that are the DATA command's own line end */
    uint64_t content;    /* running hash of the message */
    size_t head_held;
    size_t said;
    unsigned first_owed, owed;
    struct line *next, *previous;
    struct reply replies[OWED];
    char head[HEAD + 1], words[SAID], room[ROOM];
};

struct set {
    uint64_t *slots;
    size_t room, count;
};

static const uint64_t SEED = 1469598103934665603ull, PRIME = 1099511628211ull; /* FNV-1a */

static struct line *lines;
static struct set recipients, contents, ids;
static uint64_t messages, octets, connections, first_at, last_at;
static double first_clock, last_clock;
static int looks_inside, latency, pipelines = 1;
static FILE *times;
static volatile sig_atomic_t stopping;

static void stop(int signal_number) {
    (void)signal_number;
    stopping = 1;
}

static uint64_t microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static double time_of_day(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t hash(uint64_t seed, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) seed = (seed ^ (unsigned char)text[i]) * PRIME;
    return seed;
}

static void add(struct set *set, uint64_t key) {
    key += !key; /* zero marks an empty slot */
    if (set->count * 2 >= set->room) {
        struct set old = *set;
        set->room = old.room ? old.room * 2 : 1 << 16;
        set->slots = calloc(set->room, sizeof *set->slots);
        set->count = 0;
        if (!set->slots) abort();
        for (size_t i = 0; i < old.room; i++)
            if (old.slots[i]) add(set, old.slots[i]);
        free(old.slots);
    }
    size_t i = (key * 0x9E3779B97F4A7C15ull) & (set->room - 1);
    while (set->slots[i] && set->slots[i] != key) i = (i + 1) & (set->room - 1);
    set->count += !set->slots[i];
    set->slots[i] = key;
}

/* ---- what we say */

static void flush_words(struct line *line) {
    if (line->said && write(line->fd, line->words, line->said) != (ssize_t)line->said) line->gone = 1;
    line->said = 0;
}

static void utter(struct line *line, const char *text) {
    size_t length = strlen(text);
    if (line->said + length > SAID) flush_words(line);
    memcpy(line->words + line->said, text, length);
    line->said += length;
}

static void say(struct line *line, const char *text) {
    if (!latency) {
        utter(line, text);
        return;
    }
    if (line->owed == OWED) {
        line->gone = 1;
        return;
    }
    struct reply *reply = &line->replies[(line->first_owed + line->owed++) % OWED];
    reply->text = text;
    reply->due = microseconds() + (uint64_t)latency * 1000;
}

/* Say what is due; return how many milliseconds the loop may sleep. */
static int say_due(void) {
    uint64_t now = microseconds(), next = now + 500000;
    for (struct line *line = lines; line; line = line->next) {
        while (line->owed && line->replies[line->first_owed].due <= now) {
            utter(line, line->replies[line->first_owed].text);
            line->first_owed = (line->first_owed + 1) % OWED;
            line->owed--;
        }
        flush_words(line);
        if (line->owed && line->replies[line->first_owed].due < next) next = line->replies[line->first_owed].due;
    }
    return (int)((next - now + 999) / 1000);
}

/* ---- what we hear */

static void hear_content(struct line *line, const char *text, size_t length) {
    size_t skipped = line->skip < length ? line->skip : length;
    line->skip -= skipped;
    text += skipped;
    length -= skipped;
    octets += length;
    if (!looks_inside) return;
    line->content = hash(line->content, text, length);
    size_t kept = length < HEAD - line->head_held ? length : HEAD - line->head_held;
    memcpy(line->head + line->head_held, text, kept);
    line->head_held += kept;
}

static void take(struct line *line) {
    last_at = microseconds();
    last_clock = time_of_day();
    if (!messages++) {
        first_at = last_at;
        first_clock = last_clock;
    }
    if (times) fprintf(times, "%.6f\n", last_clock);
    if (looks_inside) {
        add(&contents, line->content);
        line->head[line->head_held] = 0;
        char *id = strcasestr(line->head, "\nMessage-ID:");
        if (id && (id = strchr(id, '<'))) add(&ids, hash(SEED, id, strcspn(id, "\r\n")));
    }
    say(line, "250 2.0.0 taken\r\n");
}

static void begin_data(struct line *line) {
    line->in_data = 1;
    line->skip = 2;
    line->content = SEED;
    line->head_held = 0;
    say(line, "354 go on\r\n");
}

static int is(const char *command, size_t length, const char *verb) {
    return length >= 4 && !strncasecmp(command, verb, 4);
}

static void hear_command(struct line *line, const char *command, size_t length) {
    if (is(command, length, "RCPT")) {
        const char *from = memchr(command, '<', length);
        const char *to = from ? memchr(from, '>', length - (size_t)(from - command)) : NULL;
        if (to) add(&recipients, hash(SEED, from + 1, (size_t)(to - from) - 1));
        say(line, "250 2.1.5 ok\r\n");
    } else if (is(command, length, "MAIL")) {
        say(line, "250 2.1.0 ok\r\n");
    } else if (is(command, length, "EHLO")) {
        say(line, pipelines ? "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 30000000\r\n"
                            : "250-sink\r\n250-8BITMIME\r\n250 SIZE 30000000\r\n");
    } else if (is(command, length, "QUIT")) {
        say(line, "221 bye\r\n");
        line->quit = 1;
    } else if (is(command, length, "HELO") || is(command, length, "RSET") || is(command, length, "NOOP")) {
        say(line, "250 ok\r\n");
    } else {
        say(line, "500 5.5.2 what\r\n");
    }
}

/* Read on from `from`; return how far it went, or `from` when more must come first. */
static size_t hear_some(struct line *line, size_t from) {
    char *text = line->room + from;
    size_t left = line->held - from;
    if (!line->in_data) {
        char *end = memmem(text, left, "\r\n", 2);
        if (!end) return from;
        size_t length = (size_t)(end - text);
        if (is(text, length, "DATA")) {
            begin_data(line); /* its line end stays: so an end mark at once is found like any other */
            return from + length;
        }
        hear_command(line, text, length);
        return from + length + 2;
    }
    char *end = memmem(text, left, "\r\n.\r\n", 5);
    if (end) {
        hear_content(line, text, (size_t)(end - text) + 2);
        line->in_data = 0;
        take(line);
        return from + (size_t)(end - text) + 5;
    }
    if (left <= 4) return from;
    hear_content(line, text, left - 4);
    return from + left - 4;
}

static void hear(struct line *line) {
    ssize_t got = read(line->fd, line->room + line->held, ROOM - line->held);
    if (got <= 0) {
        line->gone = got == 0 || (errno != EAGAIN && errno != EINTR);
        return;
    }
    line->held += (size_t)got;
    size_t done = 0, before;
    do {
        before = done;
        done = hear_some(line, done);
    } while (done != before && done < line->held);
    memmove(line->room, line->room + done, line->held - done);
    line->held -= done;
    if (line->held == ROOM) line->gone = 1;
    if (!latency) flush_words(line);
}

/* ---- connections */

static void open_line(int listener, int queue) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), yes = 1;
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct line *line = malloc(sizeof *line);
    if (!line) abort();
    memset(line, 0, offsetof(struct line, replies));
    line->fd = fd;
    line->next = lines;
    if (lines) lines->previous = line;
    lines = line;
    connections++;
    epoll_ctl(queue, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = line});
    say(line, "220 sink ESMTP\r\n");
    if (!latency) flush_words(line);
}

static void close_line(struct line *line) {
    close(line->fd);
    if (line->previous) line->previous->next = line->next;
    else lines = line->next;
    if (line->next) line->next->previous = line->previous;
    free(line);
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 1024)) {
        perror("sink: cannot listen");
        exit(1);
    }
    return fd;
}

static void serve(int listener) {
    int queue = epoll_create1(0);
    struct epoll_event events[256];
    epoll_ctl(queue, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN});
    while (!stopping) {
        int ready = epoll_wait(queue, events, 256, latency ? say_due() : 500);
        for (int i = 0; i < ready; i++) {
            struct line *line = events[i].data.ptr;
            if (!line) {
                open_line(listener, queue);
                continue;
            }
            hear(line);
            if (line->gone || (line->quit && !line->owed)) close_line(line);
        }
    }
}

static void report(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    printf("{\"messages\": %llu, \"octets\": %llu, \"connections\": %llu, \"recipients\": %zu, \"contents\": %zu, "
           "\"ids\": %zu, \"span_s\": %.6f, \"first_at\": %.6f, \"last_at\": %.6f, \"cpu_s\": %.3f}\n",
           (unsigned long long)messages, (unsigned long long)octets, (unsigned long long)connections,
           recipients.count, contents.count, ids.count, (double)(last_at - first_at) / 1e6, first_clock, last_clock,
           cpu);
}

int main(int count, char **words) {
    int port = 2525, option;
    while ((option = getopt(count, words, "p:Hl:nt:")) != -1) {
        if (option == 'p') port = atoi(optarg);
        else if (option == 'H') looks_inside = 1;
        else if (option == 'l') latency = atoi(optarg);
        else if (option == 'n') pipelines = 0;
        else if (option == 't') times = fopen(optarg, "w");
        else return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    serve(listen_on(port));
    if (times) fclose(times);
    report();
    return 0;
}

// sockets.c -- listening, accepting and talking. Addresses are numbers, never names: a
// resolver would drag shared libraries into a static program.
// SPDX-License-Identifier: MIT
#include "ports/posix/posix.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

typedef union SocketAddress {
    struct sockaddr any;
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;
} SocketAddress;

// "127.0.0.1:80", "localhost:80", ":80" and "*:80" (every interface), "[::1]:80".
static bool parse_address(const char *text, SocketAddress *address, socklen_t *size)
{
    const char *colon = strrchr(text, ':');
    if (!colon || !colon[1]) return false;
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (*end || colon[1] == '-' || colon[1] == '+' || port > 65535) return false;
    char host[64];
    size_t length = (size_t)(colon - text);
    bool bracketed = length >= 2 && text[0] == '[' && text[length - 1] == ']';
    if (bracketed) text++, length -= 2;
    if (length >= sizeof host) return false;
    memcpy(host, text, length);
    host[length] = '\0';
    memset(address, 0, sizeof *address);
    if (bracketed) {
        address->ip6.sin6_family = AF_INET6;
        address->ip6.sin6_port = htons((u16)port);
        *size = sizeof address->ip6;
        return inet_pton(AF_INET6, host, &address->ip6.sin6_addr) == 1;
    }
    const char *number = length == 0 || strcmp(host, "*") == 0 ? "0.0.0.0"
                         : strcmp(host, "localhost") == 0      ? "127.0.0.1"
                                                               : host;
    address->ip4.sin_family = AF_INET;
    address->ip4.sin_port = htons((u16)port);
    *size = sizeof address->ip4;
    return inet_pton(AF_INET, number, &address->ip4.sin_addr) == 1;
}

static void set_own_flags(int fd)
{
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

Errno posix_listen(void *ctx, const char *text, PortHandle *listener)
{
    (void)ctx;
    SocketAddress address;
    socklen_t size;
    if (!parse_address(text, &address, &size)) return ERRNO_INVAL;
    int fd = socket(address.any.sa_family, SOCK_STREAM, 0);
    if (fd < 0) return posix_last_error();
    set_own_flags(fd);
    int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, &address.any, size) < 0 || listen(fd, 128) < 0) {
        Errno error = posix_last_error();
        close(fd);
        return error;
    }
    *listener = fd;
    return ERRNO_SUCCESS;
}

Errno posix_accept(void *ctx, PortHandle listener, PortHandle *accepted)
{
    (void)ctx;
    int fd;
    do fd = accept((int)listener, NULL, NULL);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return posix_last_error();
    set_own_flags(fd);
    *accepted = fd;
    return ERRNO_SUCCESS;
}

enum { SOCKET_PIECES = 64 };

static size_t socket_pieces(const PortIo *io, size_t count, struct iovec *pieces)
{
    size_t n = count < SOCKET_PIECES ? count : SOCKET_PIECES;
    for (size_t i = 0; i < n; i++) {
        pieces[i] = (struct iovec){.iov_base = io[i].data, .iov_len = io[i].size};
    }
    return n;
}

Errno posix_receive(void *ctx, PortHandle socket, const PortIo *io, size_t count, u32 flags,
                    size_t *done, bool *truncated)
{
    (void)ctx;
    struct iovec pieces[SOCKET_PIECES];
    struct msghdr message = {.msg_iov = pieces};
    message.msg_iovlen = socket_pieces(io, count, pieces);
    int options = MSG_DONTWAIT | (flags & PORT_RECV_PEEK ? MSG_PEEK : 0) |
                  (flags & PORT_RECV_WAITALL ? MSG_WAITALL : 0);
    ssize_t n;
    do n = recvmsg((int)socket, &message, options);
    while (n < 0 && errno == EINTR);
    if (n < 0) return posix_last_error();
    *done = (size_t)n;
    *truncated = (message.msg_flags & MSG_TRUNC) != 0;
    return ERRNO_SUCCESS;
}

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

Errno posix_send(void *ctx, PortHandle socket, const PortIo *io, size_t count, size_t *done)
{
    (void)ctx;
    struct iovec pieces[SOCKET_PIECES];
    struct msghdr message = {.msg_iov = pieces};
    message.msg_iovlen = socket_pieces(io, count, pieces);
    ssize_t n;
    do n = sendmsg((int)socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n < 0) return posix_last_error();
    *done = (size_t)n;
    return ERRNO_SUCCESS;
}

Errno posix_shutdown(void *ctx, PortHandle socket, u32 how)
{
    (void)ctx;
    static const int hows[] = {-1, SHUT_RD, SHUT_WR, SHUT_RDWR};
    return posix_result(shutdown((int)socket, hows[how & 3]));
}

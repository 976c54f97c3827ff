/* A disk that fails, for the processes that load this library first (LD_PRELOAD).
 *
 * DESCRY_DISK       the directory below which writes may fail
 * DESCRY_DISK_LEFT  the bytes that are left on it; files cannot grow beyond, and what is deleted is
 *                   left again
 * DESCRY_DISK_FAIL  the number of the write that fails with EIO, and all later ones until as many
 *                   have failed as DESCRY_DISK_TIMES says
 * DESCRY_DISK_STATE a file with these numbers, which the process may change at any time: see
 *                   `struct state`
 *
 * Writes are also what makes them durable, and renaming.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *disk;

/* -1 means no limit and no failure. */
struct state {
    long long left, fail_from, fail_times, writes;
};
static struct state own = {-1, -1, 1, 0};
static struct state *state = &own;

__attribute__((constructor)) static void begin(void) {
    const char *value;
    disk = getenv("DESCRY_DISK");
    if ((value = getenv("DESCRY_DISK_LEFT"))) own.left = atoll(value);
    if ((value = getenv("DESCRY_DISK_FAIL"))) own.fail_from = atoll(value);
    if ((value = getenv("DESCRY_DISK_TIMES"))) own.fail_times = atoll(value);
    if ((value = getenv("DESCRY_DISK_STATE"))) {
        int file = open(value, O_RDWR);
        void *shared = mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (file < 0 || shared == MAP_FAILED) abort();
        state = shared;
    }
}

static int below(const char *path) {
    size_t length = disk ? strlen(disk) : 0;
    return length && strncmp(path, disk, length) == 0;
}

static int on_disk(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = disk ? readlink(link, path, sizeof path - 1) : -1;
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}

/* The error of a write that makes the file grow to `end` bytes; 0 if it succeeds. */
static int refused(int fd, long long end) {
    struct stat now;
    if (!on_disk(fd) || fstat(fd, &now) != 0) return 0;
    int error = 0;
    pthread_mutex_lock(&lock);
    long long number = ++state->writes, from = state->fail_from;
    if (from >= 0 && number >= from && number - from < state->fail_times) {
        error = EIO;
    } else if (state->left >= 0 && end > now.st_size) {
        if (end - now.st_size > state->left) error = ENOSPC;
        else state->left -= end - now.st_size;
    }
    pthread_mutex_unlock(&lock);
    return error;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define REFUSE(fd, end)                                                                             \
    do {                                                                                            \
        int error = refused(fd, end);                                                               \
        if (error) {                                                                                \
            errno = error;                                                                          \
            return -1;                                                                              \
        }                                                                                           \
    } while (0)

static long long end_of_append(int fd, size_t length) {
    struct stat now;
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_APPEND) && fstat(fd, &now) == 0) return now.st_size + (long long)length;
    return lseek(fd, 0, SEEK_CUR) + (long long)length;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    if (disk && on_disk(fd)) REFUSE(fd, end_of_append(fd, length));
    return REAL(write)(fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    REFUSE(fd, at + (long long)length);
    return REAL(pwrite)(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    REFUSE(fd, at + (long long)length);
    return REAL(pwrite64)(fd, bytes, length, at);
}

/* A file that is longer than what was written takes no space. */
int ftruncate(int fd, off_t length) {
    REFUSE(fd, 0);
    return REAL(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length) {
    REFUSE(fd, 0);
    return REAL(ftruncate64)(fd, length);
}

int fallocate(int fd, int mode, off_t at, off_t length) {
    REFUSE(fd, at + length);
    return REAL(fallocate)(fd, mode, at, length);
}

int posix_fallocate(int fd, off_t at, off_t length) {
    int error = refused(fd, at + length);
    return error ? error : REAL(posix_fallocate)(fd, at, length);
}

int fsync(int fd) {
    REFUSE(fd, 0);
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    REFUSE(fd, 0);
    return REAL(fdatasync)(fd);
}

int rename(const char *from, const char *to) {
    int dir = below(to) ? open(to, O_RDONLY | O_CLOEXEC) : -1;
    if (dir < 0 && below(to)) dir = open(from, O_RDONLY | O_CLOEXEC);
    int error = dir < 0 ? 0 : refused(dir, 0);
    if (dir >= 0) close(dir);
    if (error) {
        errno = error;
        return -1;
    }
    return REAL(rename)(from, to);
}

static void freed(const char *path) {
    struct stat gone;
    if (state->left >= 0 && below(path) && stat(path, &gone) == 0 && S_ISREG(gone.st_mode)) {
        pthread_mutex_lock(&lock);
        state->left += gone.st_size;
        pthread_mutex_unlock(&lock);
    }
}

int unlink(const char *path) {
    freed(path);
    return REAL(unlink)(path);
}

int unlinkat(int dir, const char *name, int flags) {
    struct stat gone;
    if (state->left >= 0 && on_disk(dir) && fstatat(dir, name, &gone, AT_SYMLINK_NOFOLLOW) == 0
        && S_ISREG(gone.st_mode)) {
        pthread_mutex_lock(&lock);
        state->left += gone.st_size;
        pthread_mutex_unlock(&lock);
    }
    return REAL(unlinkat)(dir, name, flags);
}

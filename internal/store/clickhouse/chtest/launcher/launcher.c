// Runs the ClickHouse inside libchdb.so as a server: launcher LIBRARY ARGUMENT…, where the arguments are those of
// `clickhouse local`, whose --query starts the listeners and then waits.
//
// It ends when its standard input does, so that no server outlives the process that started it, however that one ended.
// (A parent-death signal would not do: Linux sends it when the parent's thread ends, and Go ends threads.)
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *watch(void *unused) {
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
    _exit(0);
    return unused;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: %s LIBRARY ARGUMENT...\n", argv[0]);
        return 2;
    }
    // A server ignores clients that hang up while it writes; `clickhouse local` was not made to have clients.
    signal(SIGPIPE, SIG_IGN);
    pthread_t watcher;
    if (pthread_create(&watcher, NULL, watch, NULL) != 0) {
        perror("pthread_create");
        return 1;
    }
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    void *(*run)(int, char **) = (void *(*)(int, char **))dlsym(library, "chdb_query_cmdline");
    const char *(*error)(void *) = (const char *(*)(void *))dlsym(library, "chdb_result_error");
    if (run == NULL || error == NULL) {
        fprintf(stderr, "%s has no chdb_query_cmdline\n", argv[1]);
        return 1;
    }
    argv[1] = "clickhouse-local";
    void *result = run(argc - 1, argv + 1);
    const char *message = result != NULL ? error(result) : "no result";
    if (message != NULL) {
        fprintf(stderr, "%s\n", message);
        return 1;
    }
    return 0;
}

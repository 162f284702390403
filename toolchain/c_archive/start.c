// Calls the initializers of a static program with what glibc calls them with: argc, argv and the environment.
//
// Go's start-up in a c-archive is an initializer and looks for argv (and behind it, for the auxiliary vector) in its
// arguments. musl passes none, so that Go would read wherever the registers happen to point to, and crash. This replaces
// musl's own function, which is weak: https://git.musl-libc.org/cgit/musl/tree/src/env/__libc_start_main.c

#define _GNU_SOURCE
#include <unistd.h>

typedef void initializer(int, char **, char **);

extern initializer *const __init_array_start[] __attribute__((visibility("hidden")));
extern initializer *const __init_array_end[] __attribute__((visibility("hidden")));

void _init(void);

void __libc_start_init(void) {
    // The kernel's order on the stack: argc, argv[0] to argv[argc - 1], NULL, then the environment.
    char **argv = environ - 1;
    long argc = 0;
    while ((long)argv[-1] != argc) {
        argv--;
        argc++;
    }
    _init();
    for (initializer *const *function = __init_array_start; function < __init_array_end; function++)
        (*function)((int)argc, argv, environ);
}

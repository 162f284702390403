// What a shared library begins with when glibc is the C library: when the library is unloaded, its own destructors run,
// those of C++ and those given to atexit. (Of GNU's crtbeginS.o, this is what today's code needs.)

extern void *__dso_handle;
extern void __cxa_finalize(void *) __attribute__((weak));

__attribute__((destructor, visibility("hidden"))) static void finalize(void) {
  if (__cxa_finalize) {
    __cxa_finalize(&__dso_handle);
  }
}

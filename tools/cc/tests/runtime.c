/* What a C program may need of libgcc and musl together: unwinding, threads, 128-bit arithmetic, long double. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include <unwind.h>

static int frames;
static __thread int local = 42;

static _Unwind_Reason_Code count(struct _Unwind_Context *context, void *data)
{
	(void)context;
	(void)data;
	frames++;
	return _URC_NO_REASON;
}

__attribute__((noinline)) static int deep(int depth)
{
	if (depth == 0)
		return _Unwind_Backtrace(count, 0);
	int result = deep(depth - 1);
	__asm__ volatile("");
	return result;
}

static void cleanup(void *data)
{
	(void)data;
	puts("cleanup");
}

static void *leaves(void *data)
{
	local++;
	pthread_cleanup_push(cleanup, data);
	pthread_exit((void *)(long)local);
	pthread_cleanup_pop(0);
	return 0;
}

static void *waits(void *data)
{
	pthread_cleanup_push(cleanup, data);
	for (;;)
		pause();
	pthread_cleanup_pop(0);
	return 0;
}

int main(int argc, char **argv)
{
	(void)argv;
	pthread_t thread;
	void *result;

	deep(5);
	puts(frames > 5 ? "frames" : "too few frames");

	pthread_create(&thread, 0, leaves, 0);
	pthread_join(thread, &result);
	printf("thread-local %ld %d\n", (long)result, local);

	pthread_create(&thread, 0, waits, 0);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	puts(result == PTHREAD_CANCELED ? "cancelled" : "not cancelled");

	printf("%.16Lf\n", 1.0L / argc / 3);
	unsigned __int128 big = (unsigned __int128)argc << 100;
	printf("%llu\n", (unsigned long long)(big / (12345678901ull * (unsigned)argc)));
	return 0;
}

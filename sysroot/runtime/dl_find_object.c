/*
 * _dl_find_object for musl, in terms of dl_iterate_phdr.
 *
 * libgcc's unwinder (libgcc_eh.a) as Debian builds it, against glibc, asks this one function of glibc 2.35 where the
 * unwind table for an address is. musl lacks it, so a link of anything that unwinds (_Unwind_Backtrace, C++ exceptions,
 * Rust) would fail. `sysroot pack` compiles this file and adds it to the payload's libgcc_eh.a.
 *
 * The struct is that of glibc's <dlfcn.h> where DLFO_STRUCT_HAS_EH_DBASE and DLFO_STRUCT_HAS_EH_COUNT are 0, as they are
 * on amd64 and arm64. There, libgcc 14's _Unwind_Find_FDE reads the result and eh_frame, and nothing else.
 *
 * It allocates nothing and keeps no state. In a static program musl's dl_iterate_phdr takes no lock either, so an unwind
 * may start in any thread and in a signal handler.
 */
#define _GNU_SOURCE
#include <link.h>
#include <stddef.h>
#include <stdint.h>

struct dl_find_object {
	unsigned long long flags;
	void *map_start, *map_end;
	struct link_map *link_map;
	void *eh_frame;
	unsigned long long reserved[7]; /* glibc's, for later */
};

_Static_assert(offsetof(struct dl_find_object, eh_frame) == 32 && sizeof(struct dl_find_object) == 96,
	       "the caller, compiled against glibc, has another layout");

struct search {
	uintptr_t pc;
	struct dl_find_object *found;
};

/* Whether a segment of the module holds the address and the module has an unwind table; if so, fills in what was found. */
static int contains(struct dl_phdr_info *module, size_t size, void *data)
{
	(void)size;
	struct search *search = data;
	uintptr_t map_start = UINTPTR_MAX, map_end = 0;
	void *eh_frame = 0;
	int here = 0;
	for (int i = 0; i < module->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &module->dlpi_phdr[i];
		uintptr_t start = module->dlpi_addr + segment->p_vaddr;
		uintptr_t end = start + segment->p_memsz;
		if (segment->p_type == PT_LOAD) {
			here |= search->pc >= start && search->pc < end;
			map_start = start < map_start ? start : map_start;
			map_end = end > map_end ? end : map_end;
		} else if (segment->p_type == PT_GNU_EH_FRAME) {
			eh_frame = (void *)start;
		}
	}
	if (!here || !eh_frame)
		return 0;
	*search->found = (struct dl_find_object){
		.map_start = (void *)map_start,
		.map_end = (void *)map_end,
		.eh_frame = eh_frame,
	};
	return 1;
}

/* 0 and *found, or -1 where no module with an unwind table holds pc. */
int _dl_find_object(void *pc, struct dl_find_object *found)
{
	struct search search = {(uintptr_t)pc, found};
	return dl_iterate_phdr(contains, &search) ? 0 : -1;
}

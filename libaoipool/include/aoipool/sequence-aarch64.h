/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Restartable sequences on a CPU's list, for arm64; sequence-x86_64.h says how
 * they work.  Here the order of the bounds and the head takes a load-acquire,
 * and the cold code stands behind the sequence, for a conditional branch does
 * not reach every other section.
 */
#ifndef AOIPOOL_SEQUENCE_AARCH64_H
#define AOIPOOL_SEQUENCE_AARCH64_H

#define AOIPOOL_SEQUENCE_BEGIN \
	".pushsection __rseq_cs, \"aw?\"\n\t" \
	".balign 32\n" \
	"3:\t.long 0, 0\n\t" \
	".quad 1f, 2f - 1f, 4f\n\t" \
	".popsection\n\t" \
	"adrp %[room], 3b\n\t" \
	"add %[room], %[room], :lo12:3b\n\t" \
	"str %[room], [%[area], #8]\n" \
	"1:\n\t" \
	"ldr %w[room], [%[area], #4]\n\t" \
	"cmp %w[room], %w[cpu]\n\t" \
	"b.ne 4f\n\t"

/* the four bytes before an abort label must be the signature of glibc's rseq */
#define AOIPOOL_SEQUENCE_END(otherwise) \
	"2:\n\t" \
	"b 5f\n\t" \
	".inst 0xd428bc00\n" \
	"4:\n\t" otherwise "\n" \
	"5:\n\t" \
	"str xzr, [%[area], #8]\n\t"

AOIPOOL_INLINE char *aoipool_sequence_area(intptr_t rseq)
{
	return (char *)__builtin_thread_pointer() + rseq;
}

AOIPOOL_INLINE uint32_t aoipool_sequence_cpu(intptr_t rseq)
{
	return *(volatile uint32_t *)aoipool_sequence_area(rseq);
}

/* Return: the ref that was pushed last; 0: see the file inline.h. */
AOIPOOL_INLINE uint64_t aoipool_sequence_pop(intptr_t rseq, uint32_t cpu,
					    struct aoipool_list *list)
{
	uint64_t ref, head, fill, room;

	__asm__ __volatile__(
		AOIPOOL_SEQUENCE_BEGIN
		"add %[room], %[list], #8\n\t"
		"ldarh %w[fill], [%[room]]\n\t"
		"ldr %[head], [%[list]]\n\t"
		"and %[room], %[head], #0xffff\n\t"
		"cmp %w[room], %w[fill]\n\t"
		"b.ls 4f\n\t"
		"add %[fill], %[list], %[room], lsl #3\n\t"
		"ldr %[ref], [%[fill], #56]\n\t"
		"mov %[room], #0xffff\n\t"
		"add %[head], %[head], %[room]\n\t"
		"str %[head], [%[list]]\n"
		AOIPOOL_SEQUENCE_END("mov %[ref], xzr")
		: [ref] "=&r"(ref), [head] "=&r"(head), [fill] "=&r"(fill),
		  [room] "=&r"(room)
		: [area] "r"(aoipool_sequence_area(rseq)), [cpu] "r"(cpu),
		  [list] "r"(list)
		: "memory", "cc");
	return ref;
}

/* Return: whether @ref is on the list. */
AOIPOOL_INLINE int aoipool_sequence_push(intptr_t rseq, uint32_t cpu,
					struct aoipool_list *list, uint64_t ref)
{
	uint64_t done, head, fill, room;

	__asm__ __volatile__(
		"mov %[done], #1\n\t"
		AOIPOOL_SEQUENCE_BEGIN
		"add %[room], %[list], #10\n\t"
		"ldarh %w[fill], [%[room]]\n\t"
		"ldr %[head], [%[list]]\n\t"
		"and %[room], %[head], #0xffff\n\t"
		"cmp %w[room], %w[fill]\n\t"
		"b.hs 4f\n\t"
		"add %[fill], %[list], %[room], lsl #3\n\t"
		"str %[ref], [%[fill], #64]\n\t"
		"add %[head], %[head], #1\n\t"
		"str %[head], [%[list]]\n"
		AOIPOOL_SEQUENCE_END("mov %[done], xzr")
		: [done] "=&r"(done), [head] "=&r"(head), [fill] "=&r"(fill),
		  [room] "=&r"(room)
		: [area] "r"(aoipool_sequence_area(rseq)), [cpu] "r"(cpu),
		  [list] "r"(list), [ref] "r"(ref)
		: "memory", "cc");
	return (int)done;
}

#endif

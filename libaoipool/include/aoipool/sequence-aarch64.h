/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Restartable sequences on a CPU's list, for arm64; sequence-x86_64.h says how
 * they work.  Here the order of the valve and the list takes a load-acquire,
 * and the cold code stands behind the sequence, for a conditional branch does
 * not reach every other section.
 */
#ifndef AOIPOOL_SEQUENCE_AARCH64_H
#define AOIPOOL_SEQUENCE_AARCH64_H

#if defined(__PIC__) && !defined(__PIE__)
#define AOIPOOL_RSEQ_CLEAR	"str xzr, [%[area], #8]\n\t"
#else
#define AOIPOOL_RSEQ_CLEAR
#endif

/* Leaves the address of this CPU's list in %[list]. */
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
	"ldr %w[list], [%[area], #4]\n\t" \
	"ldar %w[room], [%[cpus]]\n\t" \
	"cmp %w[list], %w[room]\n\t" \
	"b.hs 4f\n\t" \
	"add %[list], %[lists], %[list], lsl #14\n\t"

/* the four bytes before an abort label must be the signature of glibc's rseq */
#define AOIPOOL_SEQUENCE_END(otherwise) \
	"2:\n\t" \
	"b 5f\n\t" \
	".inst 0xd428bc00\n" \
	"4:\n\t" otherwise "\n" \
	"5:\n\t" \
	AOIPOOL_RSEQ_CLEAR

AOIPOOL_INLINE char *aoipool_sequence_area(intptr_t rseq)
{
	return (char *)__builtin_thread_pointer() + rseq;
}

AOIPOOL_INLINE uint32_t aoipool_sequence_cpu(intptr_t rseq)
{
	return *(volatile uint32_t *)aoipool_sequence_area(rseq);
}

/* Return: the ref that was pushed last; 0: see the file inline.h. */
AOIPOOL_INLINE uint64_t aoipool_sequence_pop(intptr_t rseq,
					     const uint32_t *cpus,
					     struct aoipool_list *lists)
{
	uint64_t ref, head, list, room;

	__asm__ __volatile__(
		AOIPOOL_SEQUENCE_BEGIN
		"ldr %[head], [%[list]]\n\t"
		"and %[room], %[head], #0xffff\n\t"
		"cbz %[room], 4f\n\t"
		"add %[room], %[list], %[room], lsl #3\n\t"
		"ldr %[ref], [%[room], #56]\n\t"
		"mov %[room], #0xffff\n\t"
		"add %[head], %[head], %[room]\n\t"
		"str %[head], [%[list]]\n"
		AOIPOOL_SEQUENCE_END("mov %[ref], xzr")
		: [ref] "=&r"(ref), [head] "=&r"(head), [list] "=&r"(list),
		  [room] "=&r"(room)
		: [area] "r"(aoipool_sequence_area(rseq)), [cpus] "r"(cpus),
		  [lists] "r"(lists)
		: "memory", "cc");
	return ref;
}

/* Return: whether @ref is on the list. */
AOIPOOL_INLINE int aoipool_sequence_push(intptr_t rseq, const uint32_t *cpus,
					 struct aoipool_list *lists,
					 uint64_t ref)
{
	uint64_t done, head, list, room;

	__asm__ __volatile__(
		"mov %[done], #1\n\t"
		AOIPOOL_SEQUENCE_BEGIN
		"ldr %[head], [%[list]]\n\t"
		"ldrh %w[room], [%[list], #8]\n\t"
		"cmp %w[room], %w[head], uxth\n\t"
		"b.ls 4f\n\t"
		"and %[room], %[head], #0xffff\n\t"
		"add %[room], %[list], %[room], lsl #3\n\t"
		"str %[ref], [%[room], #64]\n\t"
		"add %[head], %[head], #1\n\t"
		"str %[head], [%[list]]\n"
		AOIPOOL_SEQUENCE_END("mov %[done], xzr")
		: [done] "=&r"(done), [head] "=&r"(head), [list] "=&r"(list),
		  [room] "=&r"(room)
		: [area] "r"(aoipool_sequence_area(rseq)), [cpus] "r"(cpus),
		  [lists] "r"(lists), [ref] "r"(ref)
		: "memory", "cc");
	return (int)done;
}

#endif

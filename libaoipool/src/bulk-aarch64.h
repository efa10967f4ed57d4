/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Many refs in one restartable sequence; see aoipool/sequence-aarch64.h. */
#ifndef BULK_AARCH64_H
#define BULK_AARCH64_H

/*
 * Pops the @n refs that were pushed last, or as many as there are, but none if
 * those are fewer than @least; the last one last.  @step is added to the head
 * for each.  Neither number is 0.  Return: how many.
 */
static inline uint64_t bulk_pop(intptr_t rseq, const uint32_t *cpus,
				struct aoipool_list *lists, uint64_t *refs,
				uint64_t least, uint64_t n, uint64_t step)
{
	uint64_t count, head, list, from, at, room;

	__asm__ __volatile__(
		AOIPOOL_SEQUENCE_BEGIN
		"ldr %[head], [%[list]]\n\t"
		"and %[from], %[head], #0xffff\n\t"
		"cmp %[from], %[least]\n\t"
		"b.lo 4f\n\t"
		"cmp %[from], %[n]\n\t"
		"csel %[count], %[from], %[n], lo\n\t"
		"sub %[from], %[from], %[count]\n\t"
		"add %[from], %[list], %[from], lsl #3\n\t"
		"add %[from], %[from], #64\n\t"
		"mov %[at], %[count]\n"
		"6:\n\t"
		"sub %[at], %[at], #1\n\t"
		"ldr %[room], [%[from], %[at], lsl #3]\n\t"
		"str %[room], [%[refs], %[at], lsl #3]\n\t"
		"cbnz %[at], 6b\n\t"
		"madd %[head], %[count], %[step], %[head]\n\t"
		"str %[head], [%[list]]\n"
		AOIPOOL_SEQUENCE_END("mov %[count], xzr")
		: [count] "=&r"(count), [head] "=&r"(head), [list] "=&r"(list),
		  [from] "=&r"(from), [at] "=&r"(at), [room] "=&r"(room)
		: [area] "r"(aoipool_sequence_area(rseq)), [cpus] "r"(cpus),
		  [lists] "r"(lists), [refs] "r"(refs), [least] "r"(least),
		  [n] "r"(n), [step] "r"(step)
		: "memory", "cc");
	return count;
}

/*
 * Pushes the first of the @n refs, as many as there is room for; @n is not 0.
 * Return: how many.
 */
static inline uint64_t bulk_push(intptr_t rseq, const uint32_t *cpus,
				 struct aoipool_list *lists,
				 const uint64_t *refs, uint64_t n)
{
	uint64_t count, head, list, to, at, room;

	__asm__ __volatile__(
		AOIPOOL_SEQUENCE_BEGIN
		"ldrh %w[count], [%[list], #8]\n\t"
		"ldr %[head], [%[list]]\n\t"
		"and %[to], %[head], #0xffff\n\t"
		"subs %[count], %[count], %[to]\n\t"
		"b.ls 4f\n\t"
		"cmp %[n], %[count]\n\t"
		"csel %[count], %[n], %[count], lo\n\t"
		"add %[to], %[list], %[to], lsl #3\n\t"
		"add %[to], %[to], #64\n\t"
		"mov %[at], %[count]\n"
		"6:\n\t"
		"sub %[at], %[at], #1\n\t"
		"ldr %[room], [%[refs], %[at], lsl #3]\n\t"
		"str %[room], [%[to], %[at], lsl #3]\n\t"
		"cbnz %[at], 6b\n\t"
		"add %[head], %[head], %[count]\n\t"
		"str %[head], [%[list]]\n"
		AOIPOOL_SEQUENCE_END("mov %[count], xzr")
		: [count] "=&r"(count), [head] "=&r"(head), [list] "=&r"(list),
		  [to] "=&r"(to), [at] "=&r"(at), [room] "=&r"(room)
		: [area] "r"(aoipool_sequence_area(rseq)), [cpus] "r"(cpus),
		  [lists] "r"(lists), [refs] "r"(refs), [n] "r"(n)
		: "memory", "cc");
	return count;
}

#endif

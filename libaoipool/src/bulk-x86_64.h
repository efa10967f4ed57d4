/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Many refs in one restartable sequence; see aoipool/sequence-x86_64.h. */
#ifndef BULK_X86_64_H
#define BULK_X86_64_H

/*
 * Pops the @n refs that were pushed last, or as many as there are, but none if
 * those are fewer than @least; the last one last.  @step is added to the head
 * for each.  Return: how many.
 */
static inline uint64_t bulk_pop(intptr_t rseq, uint32_t cpu,
				struct aoipool_list *list, uint64_t *refs,
				uint64_t least, uint64_t n, uint64_t step)
{
	uint64_t count, head, from, at;

	__asm__ __volatile__(
		AOIPOOL_SEQUENCE_BEGIN("%[count]")
		"movzwl 8(%[list]), %k[at]\n\t"
		"movq (%[list]), %[head]\n\t"
		"movzwl %w[head], %k[from]\n\t"
		"cmpq %[at], %[from]\n\t"
		"jbe 4f\n\t"
		"cmpq %[least], %[from]\n\t"
		"jb 4f\n\t"
		"movq %[n], %[count]\n\t"
		"cmpq %[n], %[from]\n\t"
		"cmovb %[from], %[count]\n\t"
		"subq %[count], %[from]\n\t"
		"leaq 64(%[list], %[from], 8), %[from]\n\t"
		"movq %[count], %[at]\n"
		"5:\n\t"
		"movq -8(%[from], %[at], 8), %%rax\n\t"
		"movq %%rax, -8(%[refs], %[at], 8)\n\t"
		"decq %[at]\n\t"
		"jnz 5b\n\t"
		"movq %[count], %[at]\n\t"
		"imulq %[step], %[at]\n\t"
		"addq %[at], %[head]\n\t"
		"movq %[head], (%[list])\n"
		AOIPOOL_SEQUENCE_END("xorl %k[count], %k[count]\n\tjmp 2b")
		: [count] "=&r"(count), [head] "=&r"(head), [from] "=&r"(from),
		  [at] "=&r"(at)
		: [rseq] "r"(rseq), [cpu] "r"(cpu), [list] "r"(list),
		  [refs] "r"(refs), [least] "r"(least), [n] "r"(n),
		  [step] "r"(step)
		: "memory", "cc", "rax");
	return count;
}

/*
 * Pushes the first of the @n refs, as many as there is room for.
 * Return: how many.
 */
static inline uint64_t bulk_push(intptr_t rseq, uint32_t cpu,
				 struct aoipool_list *list,
				 const uint64_t *refs, uint64_t n)
{
	uint64_t count, head, to, at;

	__asm__ __volatile__(
		AOIPOOL_SEQUENCE_BEGIN("%[count]")
		"movzwl 10(%[list]), %k[count]\n\t"
		"movq (%[list]), %[head]\n\t"
		"movzwl %w[head], %k[to]\n\t"
		"subq %[to], %[count]\n\t"
		"jbe 4f\n\t"
		"cmpq %[count], %[n]\n\t"
		"cmovb %[n], %[count]\n\t"
		"leaq 64(%[list], %[to], 8), %[to]\n\t"
		"movq %[count], %[at]\n"
		"5:\n\t"
		"movq -8(%[refs], %[at], 8), %%rax\n\t"
		"movq %%rax, -8(%[to], %[at], 8)\n\t"
		"decq %[at]\n\t"
		"jnz 5b\n\t"
		"addq %[count], %[head]\n\t"
		"movq %[head], (%[list])\n"
		AOIPOOL_SEQUENCE_END("xorl %k[count], %k[count]\n\tjmp 2b")
		: [count] "=&r"(count), [head] "=&r"(head), [to] "=&r"(to),
		  [at] "=&r"(at)
		: [rseq] "r"(rseq), [cpu] "r"(cpu), [list] "r"(list),
		  [refs] "r"(refs), [n] "r"(n)
		: "memory", "cc", "rax");
	return count;
}

#endif

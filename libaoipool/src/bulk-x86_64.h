/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Many refs in one restartable sequence; see aoipool/sequence-x86_64.h. */
#ifndef BULK_X86_64_H
#define BULK_X86_64_H

/* Two refs at a time, after the last one of an odd number. */
#define BULK_COPY(count, from, to) \
	"movq " count ", %%rdx\n\t" \
	"testb $1, %%dl\n\t" \
	"jz 5f\n\t" \
	"movq -8(" from ", %%rdx, 8), %%rax\n\t" \
	"movq %%rax, -8(" to ", %%rdx, 8)\n\t" \
	"decq %%rdx\n\t" \
	"jz 6f\n" \
	"5:\n\t" \
	"movups -16(" from ", %%rdx, 8), %%xmm0\n\t" \
	"movups %%xmm0, -16(" to ", %%rdx, 8)\n\t" \
	"subq $2, %%rdx\n\t" \
	"jnz 5b\n" \
	"6:\n\t"

/*
 * Pops the @n refs that were pushed last, or as many as there are, but none if
 * those are fewer than @least; the last one last.  @step is added to the head
 * for each.  Neither number is 0.  Return: how many.
 */
static inline uint64_t bulk_pop(intptr_t rseq, const uint32_t *cpus,
				struct aoipool_list *lists, uint64_t *refs,
				uint64_t least, uint64_t n, uint64_t step)
{
	uint64_t count, head, list, from;

	__asm__ __volatile__(
		AOIPOOL_SEQUENCE_BEGIN("%[list]", "%k[list]")
		"movq (%[list]), %[head]\n\t"
		"movzwl %w[head], %k[from]\n\t"
		"cmpq %[least], %[from]\n\t"
		"jb 4f\n\t"
		"movq %[n], %[count]\n\t"
		"cmpq %[n], %[from]\n\t"
		"cmovb %[from], %[count]\n\t"
		"subq %[count], %[from]\n\t"
		"leaq 64(%[list], %[from], 8), %[from]\n\t"
		BULK_COPY("%[count]", "%[from]", "%[refs]")
		"movq %[count], %%rdx\n\t"
		"imulq %[step], %%rdx\n\t"
		"addq %%rdx, %[head]\n\t"
		"movq %[head], (%[list])\n"
		AOIPOOL_SEQUENCE_END("xorl %k[count], %k[count]\n\tjmp 2b")
		: [count] "=&r"(count), [head] "=&r"(head), [list] "=&r"(list),
		  [from] "=&r"(from)
		: [rseq] "r"(rseq), [cpus] "m"(*cpus), [lists] "rm"(lists),
		  [refs] "r"(refs), [least] "rm"(least), [n] "rm"(n),
		  [step] "rm"(step)
		: "memory", "cc", "rax", "rdx", "xmm0");
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
	uint64_t count, head, list, to;

	__asm__ __volatile__(
		AOIPOOL_SEQUENCE_BEGIN("%[list]", "%k[list]")
		"movzwl 8(%[list]), %k[count]\n\t"
		"movq (%[list]), %[head]\n\t"
		"movzwl %w[head], %k[to]\n\t"
		"subq %[to], %[count]\n\t"
		"jbe 4f\n\t"
		"cmpq %[count], %[n]\n\t"
		"cmovb %[n], %[count]\n\t"
		"leaq 64(%[list], %[to], 8), %[to]\n\t"
		BULK_COPY("%[count]", "%[refs]", "%[to]")
		"addq %[count], %[head]\n\t"
		"movq %[head], (%[list])\n"
		AOIPOOL_SEQUENCE_END("xorl %k[count], %k[count]\n\tjmp 2b")
		: [count] "=&r"(count), [head] "=&r"(head), [list] "=&r"(list),
		  [to] "=&r"(to)
		: [rseq] "r"(rseq), [cpus] "m"(*cpus), [lists] "rm"(lists),
		  [refs] "r"(refs), [n] "r"(n)
		: "memory", "cc", "rax", "rdx", "xmm0");
	return count;
}

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Restartable sequences on a CPU's list, for x86-64.
 *
 * Between labels 1 and 2 the kernel sends a thread that it preempts, migrates
 * or hands a signal to label 4, which counts as "did not work": the library
 * tries again.  The last instruction before label 2 is the store that commits;
 * what was written before it lies beyond the list's fill.
 *
 * rseq_cs is cleared behind each sequence.  The kernel would do so at its next
 * look, but until then it points into whatever object the sequence was compiled
 * into, and that may be a plug-in that is unloaded in between.
 *
 * The bounds are read before the head, and x86 keeps loads in order: who sees a
 * list reopened also sees what it was left with.
 *
 * The cold code has a section of its own: in one that the compiler uses it could
 * come to lie in the middle of a function.
 *
 * "?" puts the descriptor and the cold code into the section group of the
 * function, so that the linker drops them together with a duplicate of it.
 */
#ifndef AOIPOOL_SEQUENCE_X86_64_H
#define AOIPOOL_SEQUENCE_X86_64_H

/* of struct rseq (linux/rseq.h), relative to the thread pointer */
#define AOIPOOL_RSEQ_CPU	"%%fs:4(%[rseq])"
#define AOIPOOL_RSEQ_CS		"%%fs:8(%[rseq])"

#define AOIPOOL_SEQUENCE_BEGIN(room) \
	".pushsection __rseq_cs, \"aw?\"\n\t" \
	".balign 32\n" \
	"3:\t.long 0, 0\n\t" \
	".quad 1f, 2f - 1f, 4f\n\t" \
	".popsection\n\t" \
	"leaq 3b(%%rip), " room "\n\t" \
	"movq " room ", " AOIPOOL_RSEQ_CS "\n" \
	"1:\n\t" \
	"cmpl %[cpu], " AOIPOOL_RSEQ_CPU "\n\t" \
	"jne 4f\n\t"

/* the four bytes before an abort label must be the signature of glibc's rseq */
#define AOIPOOL_SEQUENCE_END(otherwise) \
	"2:\n\t" \
	"movq $0, " AOIPOOL_RSEQ_CS "\n\t" \
	".pushsection __rseq_failure, \"ax?\"\n\t" \
	".byte 0x0f, 0xb9, 0x3d\n\t" \
	".long 0x53053053\n" \
	"4:\n\t" otherwise "\n\t" \
	".popsection\n\t"

AOIPOOL_INLINE uint32_t aoipool_sequence_cpu(intptr_t rseq)
{
	uint32_t cpu;

	__asm__ __volatile__("movl %%fs:(%[rseq]), %[cpu]"
			     : [cpu] "=r"(cpu)
			     : [rseq] "r"(rseq));
	return cpu;
}

/* Return: the ref that was pushed last; 0: see the file inline.h. */
AOIPOOL_INLINE uint64_t aoipool_sequence_pop(intptr_t rseq, uint32_t cpu,
					    struct aoipool_list *list)
{
	uint64_t ref, head, fill;

	__asm__ __volatile__(
		AOIPOOL_SEQUENCE_BEGIN("%[ref]")
		"movzwl 8(%[list]), %k[fill]\n\t"
		"movq (%[list]), %[head]\n\t"
		"cmpw %w[fill], %w[head]\n\t"
		"jbe 4f\n\t"
		"movzwl %w[head], %k[fill]\n\t"
		"movq 56(%[list], %[fill], 8), %[ref]\n\t"
		"addq $0xffff, %[head]\n\t"
		"movq %[head], (%[list])\n"
		AOIPOOL_SEQUENCE_END("xorl %k[ref], %k[ref]\n\tjmp 2b")
		: [ref] "=&r"(ref), [head] "=&r"(head), [fill] "=&r"(fill)
		: [rseq] "r"(rseq), [cpu] "r"(cpu), [list] "r"(list)
		: "memory", "cc");
	return ref;
}

/* Return: whether @ref is on the list. */
AOIPOOL_INLINE int aoipool_sequence_push(intptr_t rseq, uint32_t cpu,
					struct aoipool_list *list, uint64_t ref)
{
	__asm__ goto(
		AOIPOOL_SEQUENCE_BEGIN("%%rax")
		"movzwl 10(%[list]), %%ecx\n\t"
		"movq (%[list]), %%rax\n\t"
		"cmpw %%cx, %%ax\n\t"
		"jae 4f\n\t"
		"movzwl %%ax, %%ecx\n\t"
		"movq %[ref], 64(%[list], %%rcx, 8)\n\t"
		"incq %%rax\n\t"
		"movq %%rax, (%[list])\n"
		AOIPOOL_SEQUENCE_END("movq $0, " AOIPOOL_RSEQ_CS "\n\t"
				     "jmp %l[failed]")
		:
		: [rseq] "r"(rseq), [cpu] "r"(cpu), [list] "r"(list),
		  [ref] "r"(ref)
		: "memory", "cc", "rax", "rcx"
		: failed);
	return 1;
failed:
	return 0;
}

#endif

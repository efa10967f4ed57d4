/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Restartable sequences on a CPU's list, for x86-64.
 *
 * Between labels 1 and 2 the kernel sends a thread that it preempts, migrates
 * or hands a signal to label 4, which counts as "did not work": the library
 * tries again.  The last instruction before label 2 is the store that commits;
 * what was written before it lies beyond the list's fill.
 *
 * In code that may be unloaded rseq_cs is cleared behind each sequence.  The
 * kernel would do so at its next look, but until then it points into the object
 * that the sequence was compiled into, and a plug-in may be gone by then.  What
 * is compiled for a program stays as long as its threads.
 *
 * The valve is read before the list, and x86 keeps loads in order: who sees it
 * opened also sees what the lists were left with.
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

#if defined(__PIC__) && !defined(__PIE__)
#define AOIPOOL_RSEQ_CLEAR	"movq $0, " AOIPOOL_RSEQ_CS "\n\t"
#else
#define AOIPOOL_RSEQ_CLEAR
#endif

/* Leaves the address of this CPU's list in @list; @list32 is its lower half. */
#define AOIPOOL_SEQUENCE_BEGIN(list, list32) \
	".pushsection __rseq_cs, \"aw?\"\n\t" \
	".balign 32\n" \
	"3:\t.long 0, 0\n\t" \
	".quad 1f, 2f - 1f, 4f\n\t" \
	".popsection\n\t" \
	"leaq 3b(%%rip), " list "\n\t" \
	"movq " list ", " AOIPOOL_RSEQ_CS "\n" \
	"1:\n\t" \
	"movl " AOIPOOL_RSEQ_CPU ", " list32 "\n\t" \
	"cmpl %[cpus], " list32 "\n\t" \
	"jae 4f\n\t" \
	"shlq $14, " list "\n\t" \
	"addq %[lists], " list "\n\t"

/* the four bytes before an abort label must be the signature of glibc's rseq */
#define AOIPOOL_SEQUENCE_END(otherwise) \
	"2:\n\t" \
	AOIPOOL_RSEQ_CLEAR \
	".pushsection __rseq_failure, \"ax?\"\n\t" \
	".byte 0x0f, 0xb9, 0x3d\n\t" \
	".long 0x53053053\n" \
	"4:\n\t" otherwise "\n\t" \
	".popsection\n\t"

/* Always one that there may be, if not the one that this runs on any more. */
AOIPOOL_INLINE uint32_t aoipool_sequence_cpu(intptr_t rseq)
{
	uint32_t cpu;

	__asm__ __volatile__("movl %%fs:(%[rseq]), %[cpu]"
			     : [cpu] "=r"(cpu)
			     : [rseq] "r"(rseq));
	return cpu;
}

/* Return: the ref that was pushed last; 0: see the file inline.h. */
AOIPOOL_INLINE uint64_t aoipool_sequence_pop(intptr_t rseq,
					     const uint32_t *cpus,
					     struct aoipool_list *lists)
{
	uint64_t ref, head, list;

	__asm__ __volatile__(
		AOIPOOL_SEQUENCE_BEGIN("%[list]", "%k[list]")
		"movq (%[list]), %[head]\n\t"
		"movzwl %w[head], %k[ref]\n\t"
		"testl %k[ref], %k[ref]\n\t"
		"jz 4f\n\t"
		"movq 56(%[list], %[ref], 8), %[ref]\n\t"
		"addq $0xffff, %[head]\n\t"
		"movq %[head], (%[list])\n"
		AOIPOOL_SEQUENCE_END("xorl %k[ref], %k[ref]\n\tjmp 2b")
		: [ref] "=&r"(ref), [head] "=&r"(head), [list] "=&r"(list)
		: [rseq] "r"(rseq), [cpus] "m"(*cpus), [lists] "r"(lists)
		: "memory", "cc");
	return ref;
}

/* Return: whether @ref is on the list. */
AOIPOOL_INLINE int aoipool_sequence_push(intptr_t rseq, const uint32_t *cpus,
					 struct aoipool_list *lists,
					 uint64_t ref)
{
	__asm__ goto(
		AOIPOOL_SEQUENCE_BEGIN("%%rdx", "%%edx")
		"movq (%%rdx), %%rax\n\t"
		"cmpw 8(%%rdx), %%ax\n\t"
		"jae 4f\n\t"
		"movzwl %%ax, %%ecx\n\t"
		"movq %[ref], 64(%%rdx, %%rcx, 8)\n\t"
		"incq %%rax\n\t"
		"movq %%rax, (%%rdx)\n"
		AOIPOOL_SEQUENCE_END(AOIPOOL_RSEQ_CLEAR "jmp %l[failed]")
		:
		: [rseq] "r"(rseq), [cpus] "m"(*cpus), [lists] "r"(lists),
		  [ref] "r"(ref)
		: "memory", "cc", "rax", "rcx", "rdx"
		: failed);
	return 1;
failed:
	return 0;
}

#endif

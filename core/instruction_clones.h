#pragma once

// One clone of a function for each instruction set, which the dynamic linker chooses from. They
// give the same bits, because sums are neither contracted nor reordered. The sanitizers start
// before the linker resolves such clones.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define STRANG_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define STRANG_CLONES
#endif

// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Counts what the heap gives, on all threads of a benchmark together. For programs that link
// allocations.cc.
#pragma once

namespace benchmarks {

/// How often memory was taken so far. REQUIRES: one thread takes memory at a time; the count is not
/// atomic, so that it costs next to nothing.
long allocations() noexcept;

}  // namespace benchmarks

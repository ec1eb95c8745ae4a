// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "fault_memory.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace couplet {

namespace {

std::atomic<long> number = 0;  // of the next allocation
std::atomic<long> from = 0;    // those from here on fail
std::atomic<long> until = 0;   // this one does not

bool fails() {
  long mine = number++;
  return mine >= from && mine < until;
}

}  // namespace

void failAllocations(long nth, long times) {
  until = 0;
  from = nth;
  number = 0;
  until = nth + times;
}

bool endShortage() {
  until = 0;
  return number > from;
}

}  // namespace couplet

void* operator new(std::size_t size) {
  void* memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return couplet::fails() ? nullptr : std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

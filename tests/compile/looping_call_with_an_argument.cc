// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A function that wants the count, given to a LoopingCall that does not count.
#include <couplet/deferred/looping_call.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Clock& clock) {
  LoopingCall looping = LoopingCall::withCount(clock, [](int) {});
}
#else
void use(Clock& clock) {
  LoopingCall looping(clock, [](int) {});
}
#endif

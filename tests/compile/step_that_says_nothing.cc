// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A step of a Cooperator that does not say whether there is more.
#include <couplet/deferred/cooperator.h>

using namespace couplet;

void doStep();

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Cooperator& cooperator) {
  cooperator.coiterate([] { return doStep(), true; });
}
#else
void use(Cooperator& cooperator) {
  cooperator.coiterate([] { return doStep(); });
}
#endif

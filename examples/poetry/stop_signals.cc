// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "stop_signals.h"

#include <csignal>

#include <sys/signalfd.h>

namespace poetry {

Socket stopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return Socket(signalfd(-1, &signals, SFD_CLOEXEC));
}

}  // namespace poetry

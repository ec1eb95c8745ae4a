// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Captures that tell how long a closure lives and do things when it ends.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace couplet::testing {

/// Counts how many of its kind live, in `count`, which must outlive them.
class Counted {
 public:
  explicit Counted(int& count) noexcept : count_(&count) { ++count; }
  Counted(const Counted& other) noexcept : count_(other.count_) { ++*count_; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*count_; }

 private:
  int* count_;
};

/// Calls a function when it is destroyed, once, wherever it was moved to.
class AtEnd {
 public:
  explicit AtEnd(std::function<void()> f) noexcept : f_(std::move(f)) {}
  AtEnd(AtEnd&& other) noexcept : f_(std::exchange(other.f_, nullptr)) {}
  ~AtEnd() {
    if (f_) f_();
  }

 private:
  std::function<void()> f_;
};

/// An error of this test's own.
struct PoemError : std::runtime_error {
  explicit PoemError(const std::string& what = "no poem") : std::runtime_error(what) {}
};

}  // namespace couplet::testing

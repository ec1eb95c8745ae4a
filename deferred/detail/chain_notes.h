// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What few chains have to remember for people: a name, and the way of a failure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

#include <couplet/deferred/detail/block_pool.h>
#include <couplet/deferred/report.h>

namespace couplet::detail {

class ChainNotes {
 public:
  std::string name;

  /// The first of what the failure came by.
  std::span<const WayPoint> way() const noexcept {
    return {way_.data(), std::min(length_, way_.size())};
  }
  std::size_t wayLength() const noexcept { return length_; }

  void addToWay(WayPoint point) noexcept {
    if (length_ < way_.size()) way_[length_] = point;
    ++length_;
  }
  void addToWay(const ChainNotes& other) noexcept {
    for (const WayPoint& point : other.way()) addToWay(point);
    length_ += other.length_ - other.way().size();
  }
  void forgetWay() noexcept { length_ = 0; }

  static void* operator new(std::size_t bytes) { return BlockPool::take(bytes); }
  static void operator delete(void* notes, std::size_t bytes) noexcept {
    BlockPool::give(notes, bytes);
  }

 private:
  std::array<WayPoint, 8> way_{};
  std::size_t length_ = 0;
};

}  // namespace couplet::detail

// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/items.h>

#include <exception>
#include <sstream>
#include <utility>
#include <vector>

namespace couplet::detail {

// Beginning

void Items::begin(std::span<Deferred<void>> places) {
  places_ = places;
  beginning_ = true;
  for (std::size_t index = 0; index < count_; ++index) {
    if (runsAlready(index)) keep(index);
  }
  beginning_ = false;
  goOn();
}

// Not from within itself: an item that answers at once would make the stack grow by one round.
void Items::goOn() {
  if (beginning_) return;
  beginning_ = true;
  while (!over_ && !cancelled_ && begun_ < count_ && begun_ < arrived_ + places_.size()) {
    const std::size_t index = begun_++;
    if (!runsAlready(index)) keep(index);
  }
  beginning_ = false;
  if (over_ || arrived_ < count_) return;
  over_ = true;
  finish();
}

void Items::keep(std::size_t index) {
  try {
    Deferred<void> item = start(index);
    if (item.readyValue()) return;
    if (over_) return end(std::move(item), made_);
    placeOf(index) = std::move(item);
  } catch (...) {
    if (!std::current_exception()) throw;  // the end of the thread
    failed(index, Failure::current(made_));
  }
}

// Ending

void Items::arrived(std::size_t index) {
  placeOf(index) = Deferred<void>();
  ++arrived_;
  goOn();
}

void Items::failed(std::size_t index, const Failure& failure) {
  if (over_ || (cancelled_ && failure.check<CancelledError>())) return;
  over_ = true;
  endAll(failure.raisedAt());
  fail(Failure(ItemError(index, count_, failure), failure.raisedAt()));
}

void Items::cancel(SourceLocation where) {
  if (over_) return;  // from within what a failure has ended
  cancelled_ = true;
  std::string missing = namesOfMissing();
  endAll(where);
  over_ = true;
  fail(Failure(CancelledError(std::move(missing)), where));
}

void Items::waitsFor(WaitingFor& waiting) const {
  for (const Deferred<void>& each : places_) {
    if (each) waiting.on(Access::use(each));
  }
}

void Items::discard() noexcept {
  over_ = discarded_ = true;
  endAll(made_);
}

void Items::endAll(SourceLocation where) {
  for (Deferred<void>& place : places_) {
    if (Deferred<void> item = std::move(place)) end(std::move(item), where);
  }
}

// One that goes on after it was cancelled might use what its maker has kept for the whole only.
void Items::end(Deferred<void> item, SourceLocation where) {
  if (!discarded_) item.cancel(where);
  std::move(item).discard();
}

// Names

namespace {

/// At most so many are named.
constexpr std::size_t kNamed = 8;

/// `items 1, 2 and 3`: the numbers of the first, and how many there are besides.
std::string namesOf(const std::vector<std::size_t>& numbers, std::size_t more) {
  std::ostringstream out;
  out << (numbers.size() + more == 1 ? "item " : "items ");
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const bool last = i + 1 == numbers.size() && more == 0;
    if (i > 0) out << (last ? " and " : ", ");
    out << numbers[i];
  }
  if (more > 0) out << " and " << more << " more";
  return out.str();
}

}  // namespace

std::string Items::namesOfMissing() const {
  std::vector<std::size_t> numbers;
  std::size_t more = 0;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (!places_[i]) continue;
    if (numbers.size() == kNamed) {
      ++more;
    } else {
      numbers.push_back(places_.size() == count_ ? i + 1 : begun_);
    }
  }
  if (numbers.empty()) numbers.push_back(begun_);  // cancelled from within its callable
  return namesOf(numbers, more) + " of " + std::to_string(count_);
}

}  // namespace couplet::detail

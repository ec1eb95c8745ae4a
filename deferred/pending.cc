// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/pending.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include <couplet/deferred/detail/pending_view.h>
#include <couplet/deferred/detail/waiting_for.h>
#include <couplet/deferred/printable.h>

namespace couplet {

namespace {

/// Prints the list as a tree; each Deferred once.
class Tree {
 public:
  Tree(std::ostream& out, std::vector<PendingDeferred> all)
      : out_(out), all_(std::move(all)), shown_(all_.size()) {}

  void print() {
    std::vector<bool> awaited(all_.size());
    for (const PendingDeferred& each : all_) {
      for (std::size_t i : each.waitsOn) awaited[i] = true;
    }
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (!awaited[i]) printFrom(i);
    }
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (!shown_[i]) printFrom(i);  // one of a circle
    }
  }

 private:
  struct Place {
    std::size_t index;
    std::size_t depth;
    const std::string& connection;  // of what is above
  };

  // Not by calling itself: a million may each wait on the next.
  void printFrom(std::size_t root) {
    static const std::string none;
    std::vector<Place> next;
    next.push_back({root, 0, none});
    while (!next.empty()) {
      const Place place = next.back();
      next.pop_back();
      const std::vector<std::size_t>& below = all_[place.index].waitsOn;
      if (!printOne(place)) continue;
      for (auto i = below.rbegin(); i != below.rend(); ++i) {
        next.push_back({*i, place.depth + 1, all_[place.index].connection});
      }
    }
  }

  /// False where it was shown before.
  bool printOne(Place place) {
    const PendingDeferred& one = all_[place.index];
    line(place.depth, "- ");
    printHead(one, one.connection != place.connection);
    if (shown_[place.index]) {
      out_ << ": see above\n";
      return false;
    }
    out_ << '\n';
    shown_[place.index] = true;
    if (one.suspendedAt) line(place.depth, "    suspended at ") << *one.suspendedAt << '\n';
    printCallbacks(one, place.depth);
    printWaitsFor(one, place.depth);
    return true;
  }

  void printHead(const PendingDeferred& one, bool withConnection) {
    if (!one.name.empty()) out_ << '"' << printable(one.name, kLongest) << "\", ";
    out_ << "made at " << one.made;
    if (one.age) out_ << ", " << detail::textOfTime(*one.age) << " ago";
    if (withConnection && !one.connection.empty()) out_ << ", of " << one.connection;
  }

  void printCallbacks(const PendingDeferred& one, std::size_t depth) {
    if (one.callbacks.empty()) return;
    line(depth, "    then ");
    const char* between = "";
    const std::size_t shown = std::min(one.callbacks.size(), kMostCallbacks);
    for (std::size_t i = 0; i < shown; ++i)
      out_ << std::exchange(between, ", ") << one.callbacks[i];
    if (one.callbacks.size() > shown) out_ << " and " << one.callbacks.size() - shown << " more";
    out_ << '\n';
  }

  void printWaitsFor(const PendingDeferred& one, std::size_t depth) {
    if (one.waitsFor.empty() && one.waitsOn.empty()) return;
    line(depth, "    waits for ") << printable(one.waitsFor, kLongest);
    if (!one.waitsOn.empty())
      out_ << (one.waitsFor.empty() ? "" : ": ")
           << (one.waitsOn.size() == 1 ? "the Deferred" : "the Deferreds");
    out_ << '\n';
  }

  std::ostream& line(std::size_t depth, const char* text) {
    for (std::size_t i = 0; i < std::min(depth, kDeepest); ++i) out_ << "    ";
    return out_ << text;
  }

  static constexpr std::size_t kDeepest = 20;  // in the picture
  static constexpr std::size_t kLongest = 200;
  static constexpr std::size_t kMostCallbacks = 8;

  std::ostream& out_;
  const std::vector<PendingDeferred> all_;
  std::vector<bool> shown_;
};

}  // namespace

std::vector<PendingDeferred> pendingDeferreds() { return detail::PendingView().describe(); }

bool pendingVisible() noexcept { return detail::PendingView::built(); }

std::size_t describePending(std::ostream& out, std::size_t most) {
  if (!pendingVisible()) {
    out << "What is pending is not known: Couplet was built without COUPLET_PENDING_VIEW.\n";
    return 0;
  }
  detail::PendingView view(most);
  if (view.count() == 0) {
    out << "Nothing is pending.\n";
    return 0;
  }
  out << view.count() << (view.count() == 1 ? " Deferred is" : " Deferreds are") << " pending:\n";
  Tree(out, view.describe()).print();
  if (view.count() > most) out << "... and " << view.count() - most << " more\n";
  return view.count();
}

}  // namespace couplet

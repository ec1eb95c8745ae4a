// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Fills a message with what its JSON has.
#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/protocols/message/detail/json_parser.h>
#include <couplet/protocols/message/detail/value_type.h>
#include <couplet/protocols/message/json.h>

namespace couplet::detail {

/// A value that is to be read, by its type.
struct Place {
  const ValueType* type = nullptr;
  void* value = nullptr;
};

/// The place inside of optionals, which have a value from now on.
Place unwrap(Place place);

/// Hears one value, and fills a place with it. What is not whole when it ends is dropped. The place
/// must outlive it.
class MessageFiller final : public JSONListener {
 public:
  /// `root` is `message`, or that `member` of one.
  MessageFiller(Place root, const MessageType& message, const MemberType* member,
                const JSONLimits& limits);
  ~MessageFiller();
  MessageFiller(const MessageFiller&) = delete;
  MessageFiller& operator=(const MessageFiller&) = delete;

  /// Takes no offence at members of the root that its message does not have, nor at null.
  void ignoreUnknown() noexcept { ignoresUnknown_ = true; }

  bool scalar(const Scalar& value) override;
  bool key(std::string_view name) override;
  bool begin(const Scalar& value) override;
  bool end() override;
  const std::string& error() const noexcept override { return error_; }
  std::string where() const override;

  /// Whether a list or an object has begun that has not ended.
  bool open() const noexcept { return !frames_.empty() || skipped_ > 0; }
  /// Whether the root has come.
  bool whole() const noexcept { return begun_ && !open(); }

 private:
  /// A list or an object that is being read.
  struct Frame {
    Place place;
    std::size_t count = 0;               // of elements that have begun
    void* element = nullptr;             // of a list: the one that is being read
    const MemberType* member = nullptr;  // of a message: the same
    Place next;                          // of an object: what its key wants
    std::size_t firstSeen = 0;           // of a message: where in seen_ its members are
  };

  bool refuse(std::string why);
  bool memberKey(Frame& frame, std::string_view name);
  bool mapKey(Frame& frame, std::string_view name);
  bool countValue();
  bool nextPlace(Place& next);
  bool listPlace(Frame& frame, Place& next);
  bool pairPlace(Frame& frame, Place& next);
  bool push(Place place);
  /// The value that began with `begun` is whole.
  bool valueEnds(const Scalar& begun);
  bool skips(const Scalar& value) const noexcept;
  static void drop(Frame& frame) noexcept;

  const JSONLimits limits_;
  const Place root_;
  const MessageType& message_;
  const MemberType* const member_;
  bool begun_ = false;
  bool ignoresUnknown_ = false;
  bool skipsNext_ = false;   // the value of an unknown key
  std::size_t skipped_ = 0;  // lists and objects that are open in a value that is skipped
  std::size_t values_ = 0;
  std::string error_;

  // Usual messages are read without the heap.
  alignas(std::max_align_t) std::array<std::byte, 1536> atHand_;
  std::pmr::monotonic_buffer_resource memory_{atHand_.data(), atHand_.size()};
  std::pmr::vector<Frame> frames_{&memory_};
  std::pmr::vector<bool> seen_ =
      std::pmr::vector<bool>(&memory_);  // a bit for each member of each message in frames_
};

}  // namespace couplet::detail

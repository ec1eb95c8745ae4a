// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A function object that is moved and never copied, so that what it captures may be move-only: a
// Promise, a unique_ptr. Knows no threads: whoever owns it calls it.
#pragma once

#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(default)
namespace couplet {

template <class Signature>
class Callable;

/// Holds one callable of any type. Closures of up to 32 bytes that move without throwing are kept
/// inside, larger ones on the heap. Calling an empty one is undefined: test with `if (callable)`.
template <class R, class... Args>
class Callable<R(Args...)> {
 public:
  Callable() noexcept = default;
  Callable(std::nullptr_t) noexcept {}

  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, Callable> &&
           std::is_invocable_r_v<R, std::decay_t<F>&, Args...>) Callable(F&& f) {
    using Stored = std::decay_t<F>;
    if constexpr (kFitsInside<Stored>) {
      ::new (static_cast<void*>(storage_)) Stored(std::forward<F>(f));
      ops_ = &kInside<Stored>;
    } else {
      ::new (static_cast<void*>(storage_)) Stored*(new Stored(std::forward<F>(f)));
      ops_ = &kOnHeap<Stored>;
    }
  }

  Callable(Callable&& other) noexcept { takeFrom(other); }
  Callable& operator=(Callable&& other) noexcept {
    if (this != &other) {
      reset();
      takeFrom(other);
    }
    return *this;
  }
  ~Callable() { reset(); }

  explicit operator bool() const noexcept { return ops_ != nullptr; }

  R operator()(Args... args) { return ops_->call(storage_, std::forward<Args>(args)...); }

 private:
  struct Ops {
    R (*call)(void* self, Args&&... args);
    void (*relocate)(void* from, void* to) noexcept;
    void (*destroy)(void* self) noexcept;
  };

  static constexpr std::size_t kInsideBytes = 32;

  template <class F>
  static constexpr bool kFitsInside =
      sizeof(F) <= kInsideBytes &&
      alignof(F) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<F>;

  template <class F>
  static F& inside(void* self) noexcept {
    return *std::launder(static_cast<F*>(self));
  }

  template <class F>
  static R call(F& f, Args&&... args) {
    if constexpr (std::is_void_v<R>) {
      f(std::forward<Args>(args)...);
    } else {
      return f(std::forward<Args>(args)...);
    }
  }

  template <class F>
  static constexpr Ops kInside = {[](void* self, Args&&... args) -> R {
                                    return call(inside<F>(self), std::forward<Args>(args)...);
                                  },
                                  [](void* from, void* to) noexcept {
                                    ::new (to) F(std::move(inside<F>(from)));
                                    inside<F>(from).~F();
                                  },
                                  [](void* self) noexcept { inside<F>(self).~F(); }};

  template <class F>
  static constexpr Ops kOnHeap = {
      [](void* self, Args&&... args) -> R {
        return call(*inside<F*>(self), std::forward<Args>(args)...);
      },
      [](void* from, void* to) noexcept { ::new (to) F*(inside<F*>(from)); },
      [](void* self) noexcept { delete inside<F*>(self); }};

  void takeFrom(Callable& other) noexcept {
    ops_ = std::exchange(other.ops_, nullptr);
    if (ops_) ops_->relocate(other.storage_, storage_);
  }

  void reset() noexcept {
    if (const Ops* ops = std::exchange(ops_, nullptr)) ops->destroy(storage_);
  }

  const Ops* ops_ = nullptr;  // null when empty
  alignas(std::max_align_t) std::byte storage_[kInsideBytes];
};

}  // namespace couplet
#pragma GCC visibility pop

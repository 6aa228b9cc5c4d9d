#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "mznode/node/node.hpp"

namespace mznode {

/// A pure protocol as its driver sees it: whoever has something to tell it does so, effects come out, and time is an
/// argument.
template <class P>
concept Protocol = requires(P& protocol, const P& unchanged, Time now) {
  // What is to be done since the last call. It may rest on what is not durable yet.
  protocol.take_effects(now);
  // When there will be something to do though nothing happens; Time::max() for never.
  { unchanged.next_tick() } -> std::same_as<Time>;
};

/// One that has to be told that something is due. To others take_effects() says so.
template <class P>
concept Ticking = Protocol<P> && requires(P& protocol, Time now) {
  protocol.tick(now);
};

/// One that has effects which rest on nothing that must be durable. No sync delays them.
template <class P>
concept Urgent = Protocol<P> && requires(P& protocol, Time now) {
  protocol.take_urgent(now);
};

template <class P>
struct UrgentEffects {
  using Type = std::monostate;
};
template <Urgent P>
struct UrgentEffects<P> {
  using Type = decltype(std::declval<P&>().take_urgent(Time()));
};

/// Binds a pure protocol to a node: takes its effects when something has happened, lets nobody hear of them before what
/// they rest on is durable, and wakes it when it is due. (etcd's raft describes such a loop around its Ready.)
///
/// 1. What is urgent is carried out, whatever is being synced.
/// 2. Unless something is, the other effects are taken, and what must be durable is given to the storage.
/// 3. When it is durable they are carried out. Until then all further ones wait in the protocol, and none overtakes.
template <Protocol P>
class Driver {
 public:
  using Effects = decltype(std::declval<P&>().take_effects(Time()));
  using UrgentEffects = typename mznode::UrgentEffects<P>::Type;

  /// When effects are taken.
  enum class Pace : std::uint8_t {
    /// When all that has arrived is handled: one sync, and one message to each peer, will do for all of it. A timer
    /// that is early does no harm then, so it is set anew only when it would be late.
    together,
    /// As soon as something has happened, and when they are due, neither earlier nor later: for a protocol that knows
    /// itself when to wait for more.
    at_once,
  };
  /// What effects are to the node. They may tell the protocol of more, and wake its driver.
  struct Actions {
    /// Gives what must be durable to the storage; false when nothing must. Absent when nothing ever must.
    std::function<bool(const Effects& effects)> save = {};
    /// Sends, applies, answers.
    std::function<void(Effects effects)> carry_out;
    /// The same for what is urgent; absent when nothing is.
    std::function<void(UrgentEffects effects)> carry_out_urgent = {};
  };

  /// Node and protocol must outlive its use. When it ends, what it waits for comes to nothing; the node may end before.
  Driver(Node& node, P& protocol, Pace pace, Actions actions)
      : node_(node), protocol_(protocol), pace_(pace), actions_(std::move(actions)) {}
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Something has happened to the protocol, so that there may be effects.
  void wake() {
    if (pace_ == Pace::at_once && !is_acting_) return flush();
    // What rests on a sync waits, and its end wakes.
    if (is_woken_ || (is_syncing_ && !Urgent<P>)) return;
    is_woken_ = true;
    node_.after(Duration::zero(), unless_ended([this] {
                  is_woken_ = false;
                  flush();
                }));
  }

 private:
  /// Effects are being taken or carried out: those that come up meanwhile come after these.
  class Acting {
   public:
    explicit Acting(bool& is_acting) : is_acting_(is_acting), was_acting_(std::exchange(is_acting, true)) {}
    Acting(const Acting&) = delete;
    Acting& operator=(const Acting&) = delete;
    ~Acting() { is_acting_ = was_acting_; }

   private:
    bool& is_acting_;
    bool was_acting_;
  };

  void flush() {
    const Acting acting(is_acting_);
    if constexpr (Urgent<P>) {
      actions_.carry_out_urgent(protocol_.take_urgent(node_.now()));
      arm();
    }
    if (is_syncing_) return;
    Effects effects = protocol_.take_effects(node_.now());
    if (!actions_.save || !actions_.save(effects)) return carry_out(std::move(effects));
    is_syncing_ = true;
    node_.sync(unless_ended([this, effects = std::move(effects)]() mutable { end_sync(std::move(effects)); }));
  }

  void end_sync(Effects effects) {
    is_syncing_ = false;
    {
      const Acting acting(is_acting_);
      carry_out(std::move(effects));
    }
    wake();
  }

  void carry_out(Effects effects) {
    actions_.carry_out(std::move(effects));
    if constexpr (!Urgent<P>) arm();
  }

  void arm() {
    const Time next = protocol_.next_tick();
    if (timer_ && (timer_at_ == next || (timer_at_ < next && pace_ == Pace::together))) return;
    if (timer_) node_.cancel_timer(*timer_);
    timer_.reset();
    if (next == Time::max()) return;
    timer_at_ = next;
    timer_ = node_.after(std::max(next - node_.now(), Duration::zero()), unless_ended([this] {
                           timer_.reset();
                           if constexpr (Ticking<P>) protocol_.tick(node_.now());
                           wake();  // and what it leads to sets the next one
                         }));
  }

  /// The node cannot be asked to forget a callback when this ends: it may have ended before.
  template <class Callback>
  std::function<void()> unless_ended(Callback callback) const {
    return [life = std::weak_ptr<const bool>(life_), callback = std::move(callback)]() mutable {
      if (!life.expired()) callback();
    };
  }

  Node& node_;
  P& protocol_;
  Pace pace_;
  Actions actions_;
  bool is_acting_ = false;
  bool is_woken_ = false;
  bool is_syncing_ = false;
  std::optional<TimerId> timer_;
  Time timer_at_;
  std::shared_ptr<const bool> life_ = std::make_shared<const bool>(true);
};

}  // namespace mznode

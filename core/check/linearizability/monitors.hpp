#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Linearizability of containers whose elements are all different, in n log n. What an element does is two spans of the
/// history, in which it is put in and taken out; an order of all operations exists unless a few of them contradict each
/// other in one of some known ways (Henzinger, Sezgin and Vafeiadis, "Aspect-Oriented Linearizability Proofs", 2013;
/// Bouajjani, Emmi, Enea and Hamza, "On Reducing Linearizability to State Reachability", 2015).
namespace mznode::check {

/// A position in the history, or behind all of it.
using Moment = std::uint64_t;
inline constexpr Moment forever = static_cast<Moment>(-1);

/// An element of a container. No two moments are the same, but for `forever`.
struct Lifetime {
  Moment put_begin = 0;
  /// `forever` where no answer is known.
  Moment put_end = forever;
  /// `forever` for what stays.
  Moment take_begin = forever;
  Moment take_end = forever;
};

/// An operation that found the container empty.
struct Span {
  Moment begin = 0;
  Moment end = 0;
};

/// `least_first`: in the order in which the elements are given.
enum class TakeOrder : std::uint8_t { any, first_in_first_out, last_in_first_out, least_first };

/// What cannot have been.
struct ContainerViolation {
  enum class Kind : std::uint8_t {
    /// An element was taken out before it was put in.
    early,
    /// Of two elements, the one that was put in last was taken out first.
    overtaken,
    /// These elements cannot be put on top of each other.
    entangled,
    /// The container was never empty while an operation found it so: one or the other of the elements was in it.
    occupied,
    /// The first element was taken out while one or the other of the rest was there, all of which go before it.
    outranked,
  };
  Kind kind = Kind::early;
  /// By their places in the span that was judged.
  std::vector<std::size_t> elements;
  /// Of meaning for `occupied`.
  std::size_t empty = 0;
};

struct ContainerHistory {
  /// Elements that were certainly put in, or taken out; an element of which neither is known is none.
  std::vector<Lifetime> elements;
  std::vector<Span> empties;
  /// When operations began that may have taken out some element, and of which no answer is known.
  std::vector<Moment> open_takes;
};

/// Why no order of the operations exists; nothing where one does, and nothing either where only an open take decides
/// (see decides_open_takes()).
///
/// Of a stack: where some operation may find it empty, what is before and behind that moment is judged by itself, and
/// where there is no such moment, one element lies below all others and can be left out (the decrease of Lee and
/// Mathur, "Efficient Decrease-and-Conquer Linearizability Monitoring", 2025). Trees of minima find such elements and
/// moments, each in log n.
///
/// Of a queue that gives out the least: a take needs a place in the history at which nothing less is certainly there.
/// That is enough: from the least element on, let each be put in as late as may be, and taken out at the first such
/// place. If it is there for longer than it had to be, something less is there all that time.
std::optional<ContainerViolation> find_violation(const ContainerHistory& history, TakeOrder order);

/// Whether find_violation() has taken open takes into account. Otherwise, only that it finds nothing says something.
bool decides_open_takes(const ContainerHistory& history, TakeOrder order);

}  // namespace mznode::check

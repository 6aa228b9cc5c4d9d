#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "core/fields.hpp"

/// Requests that a node hands on to another one, again and again until it is answered: what it takes for each of them to
/// take effect once.
namespace mznode {

/// What tells a forwarded request from all others: its node, the life of its process, and a count of what this process
/// has forwarded.
struct ForwardId {
  std::string origin;
  std::uint64_t life = 0;
  std::uint64_t number = 0;
  MZNODE_FIELDS(origin, life, number)
};

/// The side of the origin: it numbers what it forwards, and knows for which numbers it still waits.
class ForwardNumbers {
 public:
  /// A new number, which is waited for as long as this lives, however the wait ends.
  class Waiting {
   public:
    /// The numbers must outlive it.
    explicit Waiting(ForwardNumbers& numbers) : numbers_(numbers), number_(++numbers.last_) {
      numbers_.waiting_.insert(number_);
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { numbers_.waiting_.erase(number_); }

    std::uint64_t number() const { return number_; }
    /// The lowest number that is waited for.
    std::uint64_t oldest() const { return *numbers_.waiting_.begin(); }

   private:
    ForwardNumbers& numbers_;
    std::uint64_t number_;
  };

 private:
  std::uint64_t last_ = 0;
  std::set<std::uint64_t> waiting_;
};

/// The side that is asked: it keeps what came of a request, for when that comes again. No more is remembered than the
/// origins wait for.
template <class Result>
class Forwards {
 public:
  /// The origin asks for nothing before `oldest` any more.
  void forget(const ForwardId& id, std::uint64_t oldest) {
    Life& life = lives_[{id.origin, id.life}];
    life.oldest = std::max(life.oldest, oldest);
    life.results.erase(life.results.begin(), life.results.lower_bound(life.oldest));
  }
  /// Whether it is forgotten: nobody waits for it, and whether it took effect before is not known.
  bool is_over(const ForwardId& id) const {
    const auto life = lives_.find({id.origin, id.life});
    return life != lives_.end() && id.number < life->second.oldest;
  }
  /// What note() was told.
  std::optional<Result> find(const ForwardId& id) const {
    const auto life = lives_.find({id.origin, id.life});
    if (life == lives_.end()) return std::nullopt;
    const auto found = life->second.results.find(id.number);
    return found == life->second.results.end() ? std::nullopt : std::optional(found->second);
  }
  void note(const ForwardId& id, Result result) {
    lives_[{id.origin, id.life}].results.emplace(id.number, std::move(result));
  }

 private:
  /// A life that has ended is kept: the network may still hold back what it sent.
  struct Life {
    std::uint64_t oldest = 0;
    std::map<std::uint64_t, Result> results;
  };
  using Name = std::pair<std::string, std::uint64_t>;

  std::map<Name, Life> lives_;
};

}  // namespace mznode

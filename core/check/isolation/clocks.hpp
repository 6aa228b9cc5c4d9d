#pragma once

#include <cstdint>
#include <vector>

#include "isolation/commits.hpp"

namespace mznode::check::isolation {

/// Which commits each commit comes after by sessions and reads, while going through them in an order that respects
/// both: vector clocks (Mattern, "Virtual Time and Global States of Distributed Systems", 1989).
///
/// Components of a clock are chains, in which each commit comes after the one before. A chain is a session, and goes on
/// as another one where that begins after its end, so that there are about as many as clients at a time, however many
/// processes took each other's place. A clock is kept while somebody will ask for it.
class Clocks {
 public:
  /// `order` is free or that of sessions.
  Clocks(const Commits& commits, Order order);

  /// Goes on to the next commit.
  void enter(std::uint32_t commit);
  /// Whether the commit that was entered last comes after an earlier one.
  bool is_after(std::uint32_t earlier) const { return rows_[current_][chain_[earlier]] >= place_[earlier]; }
  /// Gives up what is needed no more. To be called before the next one is entered.
  void leave();

  /// Of a commit that was entered and that some other one comes after.
  bool has_chain(std::uint32_t commit) const { return place_[commit] != none; }
  std::uint32_t chain(std::uint32_t commit) const { return chain_[commit]; }
  std::uint32_t chains() const { return static_cast<std::uint32_t>(chains_.length.size()); }

 private:
  /// Rows of numbers, as many as are used at a time.
  class Rows {
   public:
    std::uint32_t* operator[](std::uint32_t number) { return numbers_.data() + std::size_t{number} * width_; }
    const std::uint32_t* operator[](std::uint32_t number) const {
      return numbers_.data() + std::size_t{number} * width_;
    }
    std::uint32_t width() const { return width_; }
    /// A row to be used, with what it has from before.
    std::uint32_t take();
    void give_back(std::uint32_t number) { free_.push_back(number); }
    /// Doubles the width; what is new is 0.
    void widen();

   private:
    std::vector<std::uint32_t> numbers_;
    std::vector<std::uint32_t> free_;
    std::uint32_t width_ = 16;
  };

  struct Chains {
    std::vector<std::uint32_t> length;  // by chain
    std::vector<bool> goes_on;          // by chain: its session has more
    std::vector<bool> is_listed;        // by chain
    std::vector<std::uint32_t> ended;   // those that may go on as another session, and some that have
  };

  std::uint32_t predecessor(std::uint32_t commit) const {
    return order_ == Order::session ? commits_.predecessors[commit] : none;
  }
  std::uint32_t take_row(std::uint32_t before);
  void join(std::uint32_t* clock, std::uint32_t other) const;
  /// Whether it is the last one of its chain so far.
  bool is_end(std::uint32_t commit) const { return place_[commit] == chains_.length[chain_[commit]]; }
  std::uint32_t find_chain(std::uint32_t before);
  std::uint32_t known_end();
  std::uint32_t new_chain();
  void release(std::uint32_t commit);

  const Commits& commits_;
  const Order order_;
  std::vector<std::uint32_t> askers_;  // by commit: how many will still ask for its clock
  std::vector<std::uint32_t> row_of_;  // by commit
  std::vector<std::uint32_t> chain_;   // by commit
  std::vector<std::uint32_t> place_;   // by commit: from 1
  std::vector<bool> has_successor_;    // by commit: in its session
  Chains chains_;
  Rows rows_;
  std::uint32_t commit_ = none;
  std::uint32_t current_ = none;  // its row
};

}  // namespace mznode::check::isolation

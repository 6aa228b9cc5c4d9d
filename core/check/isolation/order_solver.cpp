#include "isolation/order_solver.hpp"

#include <algorithm>

namespace mznode::check::isolation {

void OrderSolver::add_choice(std::vector<Edge> first, std::vector<Edge> second) {
  const auto choice = static_cast<std::uint32_t>(value_.size());
  value_.push_back(open);
  preferred_.push_back(first_side);
  level_of_.push_back(0);
  reason_.push_back(none);
  is_marked_.push_back(false);
  edges_.push_back(std::move(first));
  edges_.push_back(std::move(second));
  watchers_.resize(2 * value_.size());
  queue_.emplace_back();
  bumped_.push_back(0);
  link_front(choice);
}

OrderSolver::Outcome OrderSolver::solve(std::uint64_t max_steps) {
  backtrack(0);
  next_decision_ = queue_front_;
  restart_at_ = conflicts_ + 100;
  restarts_ = 0;
  while (!is_impossible_) {
    if (steps() > max_steps) return Outcome::gave_up;
    if (!propagate()) {
      is_impossible_ = !resolve_conflict();
    } else if (conflicts_ >= restart_at_) {
      restart();
    } else if (!decide()) {
      return Outcome::possible;
    }
  }
  return Outcome::impossible;
}

void OrderSolver::assign(Literal literal, std::uint32_t reason) {
  const std::uint32_t choice = choice_of(literal);
  value_[choice] = literal % 2 == 0 ? first_side : second_side;
  level_of_[choice] = level();
  reason_[choice] = reason;
  trail_.push_back(literal);
}

/// Draws conclusions from what is assigned; false at a conflict.
bool OrderSolver::propagate() {
  while (propagated_ < trail_.size() || in_graph_ < trail_.size()) {
    if (propagated_ < trail_.size()) {
      if (!propagate_clauses(trail_[propagated_++])) return false;
    } else if (!add_edges(trail_[in_graph_])) {
      return false;
    } else {
      ++in_graph_;
    }
  }
  return true;
}

/// Of each clause that has the opposite and watches it, another literal is watched, or the last one is assigned.
bool OrderSolver::propagate_clauses(Literal literal) {
  const Literal opposite = literal ^ 1;
  auto& watching = watchers_[opposite];
  std::size_t kept = 0;
  for (std::size_t i = 0; i < watching.size(); ++i) {
    ++steps_;
    const std::uint32_t number = watching[i];
    Clause& clause = clauses_[number];
    if (clause[0] == opposite) std::swap(clause[0], clause[1]);
    if (is_true(clause[0])) {
      watching[kept++] = number;
      continue;
    }
    const auto other = std::find_if(clause.begin() + 2, clause.end(), [this](Literal it) { return !is_false(it); });
    if (other != clause.end()) {
      std::swap(clause[1], *other);
      watchers_[clause[1]].push_back(number);
      continue;
    }
    watching[kept++] = number;
    if (!is_false(clause[0])) {
      assign(clause[0], number);
      continue;
    }
    conflict_ = clause;
    for (++i; i < watching.size(); ++i) watching[kept++] = watching[i];
    watching.resize(kept);
    return false;
  }
  watching.resize(kept);
  return true;
}

bool OrderSolver::add_edges(Literal literal) {
  const auto& edges = edges_[literal];
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (graph_.insert(edges[i], literal)) continue;
    conflict_.assign(1, literal ^ 1);
    for (const OrderedGraph::Labelled& it : graph_.conflict()) {
      if (it.label != none) conflict_.push_back(it.label ^ 1);
    }
    std::sort(conflict_.begin(), conflict_.end());
    conflict_.erase(std::unique(conflict_.begin(), conflict_.end()), conflict_.end());
    for (; i > 0; --i) graph_.remove_last();
    return false;
  }
  return true;
}

/// False where the conflict does not depend on any decision.
bool OrderSolver::resolve_conflict() {
  ++conflicts_;
  if (level() == 0) return false;
  analyze();
  std::uint32_t back_level = 0;
  std::size_t at = 0;
  for (std::size_t i = 1; i < learned_.size(); ++i) {
    if (level_of_[choice_of(learned_[i])] <= back_level) continue;
    back_level = level_of_[choice_of(learned_[i])];
    at = i;
  }
  if (at > 0) std::swap(learned_[1], learned_[at]);
  learn(std::move(learned_), back_level);
  return true;
}

/// Resolves the conflict with the reasons of what was assigned last until one literal of this level is left.
void OrderSolver::analyze() {
  learned_.assign(1, 0);
  std::vector<std::uint32_t> marked;
  std::size_t open_here = 0;
  std::size_t at = trail_.size();
  const Clause* reason = &conflict_;
  Literal literal = 0;
  while (true) {
    for (const Literal it : *reason) {
      const std::uint32_t choice = choice_of(it);
      ++steps_;
      if (is_marked_[choice] || level_of_[choice] == 0 || is_true(it)) continue;
      is_marked_[choice] = true;
      marked.push_back(choice);
      if (level_of_[choice] == level()) {
        ++open_here;
      } else {
        learned_.push_back(it);
      }
    }
    do literal = trail_[--at];
    while (!is_marked_[choice_of(literal)]);
    if (--open_here == 0) break;
    reason = &clauses_[reason_[choice_of(literal)]];
  }
  learned_[0] = literal ^ 1;
  const auto redundant =
      std::remove_if(learned_.begin() + 1, learned_.end(), [this](Literal it) { return is_redundant(it); });
  learned_.erase(redundant, learned_.end());
  std::sort(marked.begin(), marked.end(), [this](auto a, auto b) { return bumped_[a] < bumped_[b]; });
  for (const std::uint32_t choice : marked) {
    is_marked_[choice] = false;
    bump(choice);
  }
}

/// Whether a false literal follows from others of what is learned.
bool OrderSolver::is_redundant(Literal literal) const {
  const std::uint32_t reason = reason_[choice_of(literal)];
  if (reason == none) return false;
  const Clause& clause = clauses_[reason];
  return std::all_of(clause.begin(), clause.end(), [&](Literal it) {
    return it == (literal ^ 1) || is_marked_[choice_of(it)] || level_of_[choice_of(it)] == 0;
  });
}

void OrderSolver::learn(Clause clause, std::uint32_t back_level) {
  backtrack(back_level);
  const Literal first = clause[0];
  if (clause.size() == 1) return assign(first, none);
  const auto number = static_cast<std::uint32_t>(clauses_.size());
  clauses_.push_back(std::move(clause));
  watchers_[clauses_.back()[0]].push_back(number);
  watchers_[clauses_.back()[1]].push_back(number);
  assign(first, number);
}

void OrderSolver::backtrack(std::uint32_t to_level) {
  if (level() <= to_level) return;
  const std::size_t begin = level_begin_[to_level];
  while (trail_.size() > begin) {
    const Literal literal = trail_.back();
    const std::uint32_t choice = choice_of(literal);
    if (trail_.size() <= in_graph_) {
      for (std::size_t i = 0; i < edges_[literal].size(); ++i) graph_.remove_last();
    }
    preferred_[choice] = value_[choice];
    value_[choice] = open;
    if (next_decision_ == none || bumped_[choice] > bumped_[next_decision_]) next_decision_ = choice;
    trail_.pop_back();
    ++steps_;
  }
  level_begin_.resize(to_level);
  propagated_ = std::min(propagated_, trail_.size());
  in_graph_ = std::min(in_graph_, trail_.size());
}

/// Assigns an open choice as it was assigned last; false when none is open.
bool OrderSolver::decide() {
  while (next_decision_ != none && value_[next_decision_] != open) {
    next_decision_ = queue_[next_decision_].after;
    ++steps_;
  }
  if (next_decision_ == none) return false;
  level_begin_.push_back(static_cast<std::uint32_t>(trail_.size()));
  assign(2 * next_decision_ + (preferred_[next_decision_] == first_side ? 0 : 1), none);
  return true;
}

/// Begins anew with what was learned, after 100 conflicts times 1, 1, 2, 1, 1, 2, 4 … (Luby, Sinclair and Zuckerman,
/// "Optimal Speedup of Las Vegas Algorithms", 1993).
void OrderSolver::restart() {
  std::uint64_t i = ++restarts_;
  while ((i & (i + 1)) != 0) {
    std::uint64_t below = 1;
    while (2 * below + 1 < i) below = 2 * below + 1;
    i -= below;
  }
  restart_at_ = conflicts_ + 100 * ((i + 1) / 2);
  backtrack(0);
}

void OrderSolver::bump(std::uint32_t choice) {
  unlink(choice);
  link_front(choice);
}

void OrderSolver::link_front(std::uint32_t choice) {
  bumped_[choice] = ++bumps_;
  queue_[choice] = {none, queue_front_};
  if (queue_front_ != none) queue_[queue_front_].before = choice;
  queue_front_ = choice;
  if (queue_back_ == none) queue_back_ = choice;
  if (value_[choice] == open) next_decision_ = choice;
}

void OrderSolver::unlink(std::uint32_t choice) {
  const Neighbours it = queue_[choice];
  if (next_decision_ == choice) next_decision_ = it.after;
  (it.before == none ? queue_front_ : queue_[it.before].after) = it.after;
  (it.after == none ? queue_back_ : queue_[it.after].before) = it.before;
}

}  // namespace mznode::check::isolation

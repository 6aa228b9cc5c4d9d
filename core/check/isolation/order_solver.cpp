#include "isolation/order_solver.hpp"

#include <algorithm>

namespace mznode::check::isolation {

void OrderSolver::add_choice(std::vector<Edge> first, std::vector<Edge> second) {
  sides_.add();
  is_marked_.push_back(false);
  edges_.push_back(std::move(first));
  edges_.push_back(std::move(second));
  learned_.watchers.resize(2 * sides_.size());
  queue_.add();
}

OrderSolver::Outcome OrderSolver::solve(std::uint64_t max_steps) {
  backtrack(0);
  queue_.rewind();
  restarts_.begin();
  while (!is_impossible_) {
    if (steps() > max_steps) return Outcome::gave_up;
    if (!propagate()) {
      is_impossible_ = !resolve_conflict();
    } else if (restarts_.is_due()) {
      restarts_.next();
      backtrack(0);
    } else if (!decide()) {
      return Outcome::possible;
    }
  }
  return Outcome::impossible;
}

/// Draws conclusions from what is assigned; false at a conflict.
bool OrderSolver::propagate() {
  const std::vector<Literal>& trail = sides_.trail();
  while (propagated_ < trail.size() || in_graph_ < trail.size()) {
    if (propagated_ < trail.size()) {
      if (!propagate_clauses(trail[propagated_++])) return false;
    } else if (!add_edges(trail[in_graph_])) {
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
  auto& watching = learned_.watchers[opposite];
  std::size_t kept = 0;
  for (std::size_t i = 0; i < watching.size(); ++i) {
    ++steps_;
    const std::uint32_t number = watching[i];
    Clause& clause = learned_.clauses[number];
    if (clause[0] == opposite) std::swap(clause[0], clause[1]);
    if (sides_.is_true(clause[0])) {
      watching[kept++] = number;
      continue;
    }
    const auto other =
        std::find_if(clause.begin() + 2, clause.end(), [this](Literal it) { return !sides_.is_false(it); });
    if (other != clause.end()) {
      std::swap(clause[1], *other);
      learned_.watchers[clause[1]].push_back(number);
      continue;
    }
    watching[kept++] = number;
    if (!sides_.is_false(clause[0])) {
      sides_.assign(clause[0], number);
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
  restarts_.note_conflict();
  if (level() == 0) return false;
  Clause learned = analyze();
  std::uint32_t back_level = 0;
  std::size_t at = 0;
  for (std::size_t i = 1; i < learned.size(); ++i) {
    const std::uint32_t its_level = sides_.level_of(choice_of(learned[i]));
    if (its_level <= back_level) continue;
    back_level = its_level;
    at = i;
  }
  if (at > 0) std::swap(learned[1], learned[at]);
  learn(std::move(learned), back_level);
  return true;
}

/// Resolves the conflict with the reasons of what was assigned last until one literal of this level is left.
OrderSolver::Clause OrderSolver::analyze() {
  Clause learned(1, 0);
  std::vector<std::uint32_t> marked;
  std::size_t open_here = 0;
  std::size_t at = sides_.trail().size();
  const Clause* reason = &conflict_;
  Literal literal = 0;
  while (true) {
    for (const Literal it : *reason) {
      const std::uint32_t choice = choice_of(it);
      ++steps_;
      if (is_marked_[choice] || sides_.level_of(choice) == 0 || sides_.is_true(it)) continue;
      is_marked_[choice] = true;
      marked.push_back(choice);
      if (sides_.level_of(choice) == level()) {
        ++open_here;
      } else {
        learned.push_back(it);
      }
    }
    do literal = sides_.trail()[--at];
    while (!is_marked_[choice_of(literal)]);
    if (--open_here == 0) break;
    reason = &learned_.clauses[sides_.reason(choice_of(literal))];
  }
  learned[0] = literal ^ 1;
  const auto redundant =
      std::remove_if(learned.begin() + 1, learned.end(), [this](Literal it) { return is_redundant(it); });
  learned.erase(redundant, learned.end());
  std::sort(marked.begin(), marked.end(), [this](auto a, auto b) { return queue_.bumped(a) < queue_.bumped(b); });
  for (const std::uint32_t choice : marked) {
    is_marked_[choice] = false;
    queue_.bump(choice);
  }
  return learned;
}

/// Whether a false literal follows from others of what is learned.
bool OrderSolver::is_redundant(Literal literal) const {
  const std::uint32_t reason = sides_.reason(choice_of(literal));
  if (reason == none) return false;
  const Clause& clause = learned_.clauses[reason];
  return std::all_of(clause.begin(), clause.end(), [&](Literal it) {
    return it == (literal ^ 1) || is_marked_[choice_of(it)] || sides_.level_of(choice_of(it)) == 0;
  });
}

void OrderSolver::learn(Clause clause, std::uint32_t back_level) {
  backtrack(back_level);
  const Literal first = clause[0];
  if (clause.size() == 1) return sides_.assign(first, none);
  const auto number = static_cast<std::uint32_t>(learned_.clauses.size());
  learned_.watchers[clause[0]].push_back(number);
  learned_.watchers[clause[1]].push_back(number);
  learned_.clauses.push_back(std::move(clause));
  sides_.assign(first, number);
}

void OrderSolver::backtrack(std::uint32_t to_level) {
  if (level() <= to_level) return;
  sides_.backtrack(to_level, [this](Literal literal) {
    if (sides_.trail().size() <= in_graph_) {
      for (std::size_t i = 0; i < edges_[literal].size(); ++i) graph_.remove_last();
    }
    queue_.reopen(choice_of(literal));
    ++steps_;
  });
  propagated_ = std::min(propagated_, sides_.trail().size());
  in_graph_ = std::min(in_graph_, sides_.trail().size());
}

/// Assigns an open choice as it was assigned last; false when none is open.
bool OrderSolver::decide() {
  const std::uint32_t choice = queue_.next([this](std::uint32_t it) { return sides_.is_open(it); }, steps_);
  if (choice == none) return false;
  sides_.begin_level();
  sides_.assign(sides_.preferred(choice), none);
  return true;
}

}  // namespace mznode::check::isolation

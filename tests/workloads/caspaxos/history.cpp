#include "tests/workloads/caspaxos/history.hpp"

#include <algorithm>

#include "mznode/json/codec.hpp"

namespace mznode::caspaxos {
namespace {

bool is_prefix(const List& prefix, const List& list) {
  return prefix.size() <= list.size() && std::equal(prefix.begin(), prefix.end(), list.begin());
}

std::string text(const Ballot& ballot) {
  return to_json(ballot).text();
}
std::string text(const List& list) {
  return to_json(list).text();
}

}  // namespace

List list_of(const Value& value) {
  return value.is_null() ? List() : from_json<List>(value);
}

Value value_of(const List& list) {
  return list.empty() ? Value() : to_json(list);
}

Change append(std::int64_t id) {
  return [id](const Value& value) {
    List list = list_of(value);
    list.push_back(id);
    return value_of(list);
  };
}

Change look() {
  return [](const Value& value) { return value; };
}

void History::check_descent(const Ballot& from, const List& ancestor, const Ballot& to, const List& list) {
  if (is_prefix(ancestor, list)) return;
  report(text(from) + " has chosen " + text(ancestor) + ", but " + text(to) + " proposes " + text(list));
}

void History::note_proposed(const Accept& accept) {
  const List list = list_of(accept.state.value);
  const auto [known, is_new] = proposed_.emplace(accept.ballot, list);
  if (!is_new) {
    if (known->second != list) report(text(accept.ballot) + " has two states");
    return;
  }
  const auto later = chosen_.lower_bound(accept.ballot);
  if (later != chosen_.begin()) check_descent(std::prev(later)->first, std::prev(later)->second, accept.ballot, list);
  if (std::set(list.begin(), list.end()).size() != list.size()) report(text(list) + ": a change was applied twice");
  for (const auto id : list) {
    if (denied_.contains(id)) report(std::to_string(id) + " has an effect that was denied");
  }
}

void History::note_accepted(Member member, const Ballot& ballot) {
  accepted_[ballot].insert(member);
  if (accepted_[ballot].size() <= members_ / 2 || chosen_.contains(ballot)) return;
  const List& list = chosen_.emplace(ballot, proposed_.at(ballot)).first->second;
  for (auto later = proposed_.upper_bound(ballot); later != proposed_.end(); ++later) {
    check_descent(ballot, list, later->first, later->second);
  }
}

void History::note_done(std::int64_t id, const List& found) {
  List result = found;
  if (id > 0) result.push_back(id);
  if (result.size() < seen_before_[id]) report(std::to_string(id) + " has an answer that was outdated when it asked");
  seen_ = std::max(seen_, result.size());
  const bool is_chosen =
      std::any_of(chosen_.begin(), chosen_.end(), [&](const auto& each) { return is_prefix(result, each.second); });
  if (!is_chosen && !result.empty())
    report(std::to_string(id) + " was told " + text(result) + ", which nobody has chosen");
}

void History::note_denied(std::int64_t id) {
  denied_.insert(id);
  for (const auto& [ballot, list] : proposed_) {
    if (std::count(list.begin(), list.end(), id) > 0)
      report(std::to_string(id) + " was proposed, and its effect denied");
  }
}

}  // namespace mznode::caspaxos

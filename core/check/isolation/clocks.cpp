#include "isolation/clocks.hpp"

#include <algorithm>

namespace mznode::check::isolation {

Clocks::Clocks(const Commits& commits, Order order)
    : commits_(commits),
      order_(order),
      askers_(commits.size(), 0),
      row_of_(commits.size(), none),
      chain_(commits.size(), 0),
      place_(commits.size(), none),
      has_successor_(commits.size(), false) {
  for (std::uint32_t commit = 0; commit < commits.size(); ++commit) {
    if (predecessor(commit) != none) {
      ++askers_[predecessor(commit)];
      // An indefinite one leaves the session to the acknowledged ones.
      if (commits.ends[commit] != none) has_successor_[predecessor(commit)] = true;
    }
    for (const Commits::Read& it : commits.reads_of(commit)) {
      if (it.version != none) ++askers_[commits.versions[it.version].writer];
    }
  }
}

void Clocks::enter(std::uint32_t commit) {
  commit_ = commit;
  const std::uint32_t before = predecessor(commit);
  current_ = take_row(before);
  const auto reads = commits_.reads_of(commit);
  // The latest ones first: as a rule they have seen the others.
  for (std::size_t i = reads.size(); i-- > 0;) {
    if (reads[i].version == none) continue;
    const std::uint32_t writer = commits_.versions[reads[i].version].writer;
    std::uint32_t* clock = rows_[current_];
    if (clock[chain_[writer]] < place_[writer]) join(clock, row_of_[writer]);
  }
  if (askers_[commit] == 0) return;  // nobody comes after it
  const std::uint32_t chain = find_chain(before);
  chain_[commit] = chain;
  place_[commit] = ++chains_.length[chain];
  row_of_[commit] = current_;
}

void Clocks::leave() {
  // To those who will ask, it comes before them.
  if (askers_[commit_] > 0) rows_[current_][chain_[commit_]] = place_[commit_];
  if (predecessor(commit_) != none) release(predecessor(commit_));
  for (const Commits::Read& it : commits_.reads_of(commit_)) {
    if (it.version != none) release(commits_.versions[it.version].writer);
  }
  if (askers_[commit_] == 0) rows_.give_back(current_);
}

/// A row that begins as that of the predecessor.
std::uint32_t Clocks::take_row(std::uint32_t before) {
  const std::uint32_t number = rows_.take();
  if (before == none) {
    std::fill_n(rows_[number], rows_.width(), 0);
  } else {
    std::copy_n(rows_[row_of_[before]], rows_.width(), rows_[number]);
  }
  return number;
}

void Clocks::join(std::uint32_t* clock, std::uint32_t other) const {
  const std::uint32_t* theirs = rows_[other];
  const std::uint32_t count = chains();
  for (std::uint32_t i = 0; i < count; ++i) clock[i] = std::max(clock[i], theirs[i]);
}

/// The chain of the predecessor, or else one that has come to its end before this commit.
std::uint32_t Clocks::find_chain(std::uint32_t before) {
  const bool is_acknowledged = commits_.ends[commit_] != none;
  std::uint32_t chain = none;
  if (before != none && is_end(before) && (is_acknowledged || !has_successor_[before])) chain = chain_[before];
  const auto reads = commits_.reads_of(commit_);
  for (std::size_t i = 0; chain == none && i < reads.size(); ++i) {
    if (reads[i].version == none) continue;
    const std::uint32_t writer = commits_.versions[reads[i].version].writer;
    if (is_end(writer) && !chains_.goes_on[chain_[writer]]) chain = chain_[writer];
  }
  if (chain == none) chain = known_end();
  if (chain == none) chain = new_chain();
  chains_.goes_on[chain] = is_acknowledged && has_successor_[commit_];
  if (!chains_.goes_on[chain] && !chains_.is_listed[chain]) {
    chains_.is_listed[chain] = true;
    chains_.ended.push_back(chain);
  }
  return chain;
}

/// A chain that has ended and is known as a whole; none where the ones that are looked at are not.
std::uint32_t Clocks::known_end() {
  constexpr std::size_t max_tries = 32;
  std::size_t tries = 0;
  for (std::size_t i = chains_.ended.size(); i-- > 0 && tries < max_tries; ++tries) {
    const std::uint32_t chain = chains_.ended[i];
    if (!chains_.goes_on[chain] && rows_[current_][chain] != chains_.length[chain]) continue;
    chains_.ended[i] = chains_.ended.back();
    chains_.ended.pop_back();
    chains_.is_listed[chain] = false;
    if (!chains_.goes_on[chain]) return chain;
  }
  return none;
}

std::uint32_t Clocks::new_chain() {
  if (chains() == rows_.width()) rows_.widen();
  chains_.length.push_back(0);
  chains_.goes_on.push_back(false);
  chains_.is_listed.push_back(false);
  return chains() - 1;
}

std::uint32_t Clocks::Rows::take() {
  if (free_.empty()) {
    const auto number = static_cast<std::uint32_t>(numbers_.size() / width_);
    numbers_.resize(numbers_.size() + width_, 0);
    return number;
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  return number;
}

void Clocks::Rows::widen() {
  std::vector<std::uint32_t> wider(numbers_.size() * 2, 0);
  for (std::size_t at = 0; at < numbers_.size() / width_; ++at) {
    std::copy_n(numbers_.begin() + static_cast<std::ptrdiff_t>(at * width_), width_,
                wider.begin() + static_cast<std::ptrdiff_t>(at * width_ * 2));
  }
  numbers_ = std::move(wider);
  width_ *= 2;
}

void Clocks::release(std::uint32_t commit) {
  if (--askers_[commit] > 0) return;
  rows_.give_back(row_of_[commit]);
  row_of_[commit] = none;
}

}  // namespace mznode::check::isolation

#include "compat/elle_followers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>

namespace mznode::check::txn {
namespace {

/// Clojure's hash of a number (MurmurHash3 of its halves), as bifurcan's maps spread it.
std::uint32_t spread_hash(std::uint64_t number) {
  if (number == 0) return 0;
  std::uint32_t hash = 0;
  for (std::uint32_t half : {static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(number >> 32)}) {
    half = std::rotl(half * 0xcc9e2d51U, 15) * 0x1b873593U;
    hash = std::rotl(hash ^ half, 13) * 5 + 0xe6546b64U;
  }
  hash ^= 8;
  hash = (hash ^ hash >> 16) * 0x85ebca6bU;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35U;
  hash ^= hash >> 16;
  if (hash >> 31) hash = ~hash;  // it folds the halves of the sign-extended number
  hash ^= hash >> 20 ^ hash >> 12;
  return hash ^ hash >> 7 ^ hash >> 4;
}

struct Hashed {
  TransactionId transaction;
  std::uint32_t hash;
};

/// Sorts as bifurcan's sets iterate: hash tries of 32 branches, what stands in a node before what lies below it.
void sort_as_trie(std::span<Hashed> level, int shift) {
  constexpr int bits = 5;
  const auto branch = [shift](const Hashed& it) { return (it.hash >> shift) & 31; };
  std::array<std::size_t, 32> counts{};
  for (const Hashed& it : level) ++counts[branch(it)];
  const auto is_below = [&](const Hashed& it) { return counts[branch(it)] > 1; };
  std::stable_sort(level.begin(), level.end(), [&](const Hashed& a, const Hashed& b) {
    return is_below(a) != is_below(b) ? is_below(b) : branch(a) < branch(b);
  });
  if (shift + bits >= 32) return;
  for (std::size_t i = 0; i < level.size();) {
    const std::size_t count = counts[branch(level[i])];
    if (count > 1) sort_as_trie(level.subspan(i, count), shift + bits);
    i += count;
  }
}

class ElleFollowers {
 public:
  ElleFollowers(const History& history, const Transactions& transactions, bool mixes_up)
      : history_(history), transactions_(transactions), mixes_up_(mixes_up) {
    follow_realtime();
  }

  std::vector<Followers> find(const std::function<std::vector<KeyId>(TransactionId)>& keys_of) {
    std::vector<Shared> shared(transactions_.size());
    for (auto it = completed_.rbegin(); it != completed_.rend(); ++it) shared[*it] = next_by_key(*it, shared, keys_of);
    std::vector<Followers> followers(transactions_.size());
    for (TransactionId i{0U}; i < transactions_.size(); ++i) {
      for (const auto& [key, next] : shared[i]) followers[i][key] = *next;
    }
    return followers;
  }

 private:
  using Set = std::set<TransactionId>;
  using Shared = std::map<KeyId, std::shared_ptr<Set>>;

  /// Links each acknowledged transaction to those that began after it had ended, until one that did has ended too.
  void follow_realtime() {
    next_.resize(transactions_.size());
    std::vector<Set> before(transactions_.size());
    Set ended;
    std::vector<TransactionId> of_entry(history_.size());
    for (TransactionId i{0U}; i < transactions_.size(); ++i) {
      const Transaction& it = transactions_.list[i];
      if (it.completion == none) continue;
      of_entry[it.invocation] = of_entry[it.completion] = i;
    }
    for (std::uint32_t position = 0; position < history_.size(); ++position) {
      const TransactionId i = of_entry[position];
      if (i == none) continue;
      if (position == transactions_.list[i].invocation) {
        for (const TransactionId earlier : ended) next_[earlier].push_back(i);
        before[i] = ended;
        continue;
      }
      completed_.push_back(i);
      if (!transactions_.list[i].is_ok()) continue;
      for (const TransactionId earlier : before[i]) ended.erase(earlier);
      ended.insert(i);
    }
  }

  Shared next_by_key(TransactionId transaction, const std::vector<Shared>& known,
                     const std::function<std::vector<KeyId>(TransactionId)>& keys_of) const {
    std::vector<Hashed> order;
    for (const TransactionId it : next_[transaction]) {
      const auto index = history_[transactions_.list[it].completion].index;
      order.push_back({it, spread_hash(static_cast<std::uint64_t>(index))});
    }
    sort_as_trie(order, 0);
    Shared next;
    for (const Hashed& it : order) {
      const std::vector<KeyId> own = keys_of(it.transaction);
      for (const auto& [key, later] : known[it.transaction]) {
        if (std::find(own.begin(), own.end(), key) != own.end()) continue;
        auto& set = next[key];
        if (!set) {
          set = later;  // the one object, which is what went wrong
          continue;
        }
        set = std::make_shared<Set>(*set);
        set->insert(later->begin(), later->end());
      }
      for (const KeyId key : own) {
        auto& set = next[key];
        if (!set) {
          set = std::make_shared<Set>();
        } else if (!mixes_up_) {
          set = std::make_shared<Set>(*set);
        }
        set->insert(it.transaction);
      }
    }
    return next;
  }

  const History& history_;
  const Transactions& transactions_;
  bool mixes_up_;
  std::vector<TransactionId> completed_;          // in the order of their completions
  std::vector<std::vector<TransactionId>> next_;  // by transaction
};

}  // namespace

std::vector<Followers> elle_followers(const History& history, const Transactions& transactions,
                                      const std::function<std::vector<KeyId>(TransactionId)>& keys_of, bool mixes_up) {
  return ElleFollowers(history, transactions, mixes_up).find(keys_of);
}

}  // namespace mznode::check::txn

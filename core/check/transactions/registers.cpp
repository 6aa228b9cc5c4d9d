#include "transactions/registers.hpp"

#include <algorithm>
#include <map>

#include "compat/elle_followers.hpp"
#include "compat/upstream.hpp"
#include "history/integers.hpp"
#include "history/parts.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check::txn {
namespace {

/// Sorts edges by where they lead, by counting: there are as many as operations.
void sort_by_target(std::vector<Graph::Edge>& edges, std::uint32_t vertices) {
  std::vector<std::size_t> next(vertices + 1, 0);
  for (const Graph::Edge& edge : edges) ++next[edge.to + 1];
  for (std::uint32_t i = 0; i < vertices; ++i) next[i + 1] += next[i];
  std::vector<Graph::Edge> sorted(edges.size());
  for (const Graph::Edge& edge : edges) sorted[next[edge.to]++] = edge;
  edges.swap(sorted);
}

}  // namespace

void RegisterReader::read_seen(Scanner& scanner, MicroOp& micro_op) {
  micro_op.element = element(micro_op.key, value(scanner));
}

RegisterVersions::RegisterVersions(const History& history, const Transactions& transactions,
                                   const CheckOptions& options, AnomalyList& anomalies)
    : transactions_(transactions) {
  const Assumptions& assume = options.assume;
  find_externals();
  find_readers();
  add_order("initial-state", initial_order(), anomalies);
  if (!options.transaction_order.empty()) {
    add_order("transaction-order-keys", told_order(history, options.transaction_order), anomalies);
  }
  if (assume.wfr_keys) {
    add_order("wfr-keys", written_after_read(), anomalies);
    follows_reads_ = sources_.back() == "wfr-keys";
  }
  if (assume.sequential_keys) add_order("sequential-keys", sequential_order(history), anomalies);
  if (assume.linearizable_keys) {
    add_order("linearizable-keys",
              Upstream(options).orders_next_versions_only() ? elle_realtime_order(history, options) : realtime_order(),
              anomalies);
  }
  for (Graph::Edge& edge : edges_) std::swap(edge.from, edge.to);
  const std::uint32_t versions = transactions_.element_count() + transactions_.key_count();
  sort_by_target(edges_, versions);
  before_ = Graph(versions, edges_);
}

void RegisterVersions::find_externals() {
  first_external_.push_back(0);
  for (const Transaction& transaction : transactions_.list) {
    const std::size_t first = externals_.size();
    if (transaction.is_possible()) {
      for (const MicroOp& micro_op : transactions_.ops_of(transaction)) {
        auto it = std::find_if(externals_.begin() + static_cast<std::ptrdiff_t>(first), externals_.end(),
                               [&](const External& external) { return external.key == micro_op.key; });
        const bool is_first = it == externals_.end();
        if (is_first) it = externals_.insert(it, {.key = micro_op.key});
        if (micro_op.kind == MicroOp::Kind::write) {
          it->written = Version(micro_op.element);
        } else if (is_first && transaction.is_ok()) {
          it->read = version(micro_op);
        }
      }
    }
    first_external_.push_back(static_cast<std::uint32_t>(externals_.size()));
  }
}

void RegisterVersions::find_readers() {
  const std::uint32_t versions = transactions_.element_count() + transactions_.key_count();
  writer_.assign(versions, TransactionId());
  first_reader_.assign(versions + 1, 0);
  for (TransactionId i{0U}; i < transactions_.size(); ++i) {
    if (!transactions_.list[i].is_ok()) continue;
    for (const External& it : externals(i)) {
      if (it.read != none) ++first_reader_[it.read];
      if (it.written != none) writer_[it.written] = i;
    }
  }
  std::uint32_t sum = 0;
  for (std::uint32_t& first : first_reader_) {
    sum += first;
    first = sum;
  }
  readers_.resize(sum);
  for (std::uint32_t number = transactions_.size(); number-- > 0;) {
    const TransactionId i(number);
    if (!transactions_.list[i].is_ok()) continue;
    for (const External& it : externals(i)) {
      if (it.read != none) readers_[--first_reader_[it.read]] = i;
    }
  }
}

RegisterVersions::Edges RegisterVersions::initial_order() const {
  Edges edges;
  std::vector<bool> is_known(transactions_.element_count() + transactions_.key_count());
  for (const External& it : externals_) {
    for (const Version version : {it.read, it.written}) {
      if (version == none || element(version) == none || is_known[version]) continue;
      is_known[version] = true;
      edges.push_back({initial(it.key), version, ww});
    }
  }
  return edges;
}

RegisterVersions::Edges RegisterVersions::written_after_read() const {
  Edges edges;
  for (const External& it : externals_) {
    if (it.read != none && element(it.read) != none && it.written != none) edges.push_back({it.read, it.written, ww});
  }
  return edges;
}

/// The versions of a key in the order of the numbers that completions have in this field. Those without a number, such
/// as null, are left out; Elle puts them first. Throws HistoryError for what is no order.
RegisterVersions::Edges RegisterVersions::told_order(const History& history, const std::string& field) const {
  std::map<Json, TransactionId> by_number;
  for (TransactionId i{0U}; i < transactions_.size(); ++i) {
    const Transaction& transaction = transactions_.list[i];
    if (!transaction.is_possible() || transaction.completion == none) continue;
    const Operation& completion = history[transaction.completion];
    for (const auto& [name, number] : completion.other_fields) {
      if (name != field || number.is_null()) continue;
      if (number.kind() != Json::Kind::number) {
        refuse(completion, "expected a number in " + field + ", the place of the transaction among all");
      }
      const auto [known, is_new] = by_number.emplace(number, i);
      if (!is_new) {
        refuse(completion, "expected a " + field + " of its own, and not that of operation " +
                               std::to_string(history[transactions_.list[known->second].completion].index));
      }
    }
  }
  if (by_number.empty())
    throw HistoryError("no transaction has a field " + field +
                       ", beside those that every operation has, that tells their order");
  Edges edges;
  std::vector<Version> last(transactions_.key_count(), none);
  for (const auto& [number, transaction] : by_number) {
    for (const External& it : externals(transaction)) {
      if (it.written == none) continue;
      if (last[it.key] != none && last[it.key] != it.written) edges.push_back({last[it.key], it.written, ww});
      last[it.key] = it.written;
    }
  }
  return edges;
}

/// Each process sees the versions of a key in their order, in its acknowledged transactions.
RegisterVersions::Edges RegisterVersions::sequential_order(const History& history) const {
  Edges edges;
  NumberTable last;  // the version that a process has met last, by process and key
  NumberTable processes;
  std::uint32_t process_count = 0;
  for (TransactionId i{0U}; i < transactions_.size(); ++i) {
    const Transaction& transaction = transactions_.list[i];
    if (!transaction.is_ok()) continue;
    std::uint32_t& number = processes[static_cast<std::uint64_t>(history[transaction.invocation].process)];
    if (number == none) number = process_count++;
    for (const External& it : externals(i)) {
      std::uint32_t& met = last[std::uint64_t{number} << 32 | it.key];
      if (met != none && met != first_met(it)) edges.push_back({Version(met), first_met(it), ww});
      met = last_met(it);
    }
  }
  return edges;
}

/// A transaction that begins after others have ended meets no version before theirs. Those that ended matter no longer
/// once another one on the key has followed that leads on from what it met first to what it left: since it met one
/// version only, or since writes are known to follow reads. Beyond many, others that were followed go, too.
RegisterVersions::Edges RegisterVersions::realtime_order() const {
  constexpr std::size_t many_ended = 64;
  struct Ended {
    Version version;
    std::uint32_t completion;
  };
  std::vector<std::pair<std::uint32_t, TransactionId>> events;  // position in the history, transaction
  for (TransactionId i{0U}; i < transactions_.size(); ++i) {
    if (!transactions_.list[i].is_possible()) continue;
    events.emplace_back(transactions_.list[i].invocation, i);
    if (transactions_.list[i].is_ok()) events.emplace_back(transactions_.list[i].completion, i);
  }
  std::sort(events.begin(), events.end());
  std::vector<std::vector<Ended>> ended(transactions_.key_count());
  Edges edges;
  for (const auto& [position, i] : events) {
    const std::uint32_t invocation = transactions_.list[i].invocation;
    for (const External& it : externals(i)) {
      if (it.read == none && it.written == none) continue;
      auto& before = ended[it.key];
      if (position == invocation) {
        for (const Ended& earlier : before) {
          if (earlier.version != first_met(it)) edges.push_back({earlier.version, first_met(it), ww});
        }
      } else {
        if (follows_reads_ || first_met(it) == last_met(it) || before.size() >= many_ended)
          std::erase_if(before, [&](const Ended& earlier) { return earlier.completion < invocation; });
        before.push_back({last_met(it), position});
      }
    }
  }
  return edges;
}

/// The realtime order as far as Elle follows it, and with what Elle 0.2.2 adds to it by mistake.
RegisterVersions::Edges RegisterVersions::elle_realtime_order(const History& history,
                                                              const CheckOptions& options) const {
  const auto keys_of = [this](TransactionId transaction) {
    std::vector<KeyId> keys;
    for (const External& it : externals(transaction)) {
      if (it.read != none || it.written != none) keys.push_back(it.key);
    }
    return keys;
  };
  const std::vector<Followers> followers =
      elle_followers(history, transactions_, keys_of, Upstream(options).mixes_up_followers());
  Edges edges;
  for (TransactionId i{0U}; i < transactions_.size(); ++i) {
    for (const auto& [key, next] : followers[i]) {
      const External* earlier = find_external(i, key);
      if (earlier == nullptr) continue;
      for (const TransactionId later : next) {
        const Version version = first_met(*find_external(later, key));
        if (version != last_met(*earlier)) edges.push_back({last_met(*earlier), version, ww});
      }
    }
  }
  return edges;
}

/// What a transaction is known to have done to a key; null when that is nothing.
const RegisterVersions::External* RegisterVersions::find_external(TransactionId transaction, KeyId key) const {
  for (const External& it : externals(transaction)) {
    if (it.key == key && (it.read != none || it.written != none)) return &it;
  }
  return nullptr;
}

/// Adds an order to those known, unless both together contradict themselves.
void RegisterVersions::add_order(const char* source, Edges edges, AnomalyList& anomalies) {
  edges.insert(edges.begin(), edges_.begin(), edges_.end());
  const std::uint32_t versions = transactions_.element_count() + transactions_.key_count();
  sort_by_target(edges, versions);
  const Graph graph(versions, edges);
  const View view{graph, ww};
  const Components components = find_components(view);
  sources_.emplace_back(source);
  std::vector<std::uint32_t> members(graph.size(), 0);
  for (const std::uint32_t number : components.number) ++members[number];
  if (std::all_of(members.begin(), members.end(), [](std::uint32_t count) { return count < 2; })) {
    edges_ = std::move(edges);
    return;
  }
  describe_cycles(components, members, anomalies);
  sources_.pop_back();
}

void RegisterVersions::describe_cycles(const Components& components, const std::vector<std::uint32_t>& members,
                                       AnomalyList& anomalies) const {
  std::map<std::uint32_t, std::vector<Version>> cycles;
  for (Version version{0U}; version < components.number.size(); ++version) {
    const std::uint32_t number = components.number[version];
    if (members[number] > 1) cycles[number].push_back(version);
  }
  for (const auto& [number, versions] : cycles) {
    anomalies.add("cyclic-versions", [&, &members_of_cycle = versions] {
      nlohmann::ordered_json details = nlohmann::ordered_json::object();
      const auto parsed = [](std::string_view text) { return to_details(json_of(text)); };
      details["key"] = parsed(transactions_.key_text(key_of(members_of_cycle.front())));
      for (const Version version : members_of_cycle) {
        details["scc"].push_back(element(version) == none ? nullptr
                                                          : parsed(transactions_.element_text(element(version))));
      }
      details["sources"] = sources_;
      return details;
    });
  }
}

/// Where very many transactions have read the initial version, each of them before every write of the key, the edges to
/// the writers of later versions are left out: they follow from those to the writers before.
bool RegisterVersions::implies_initial(std::span<const Graph::Arc> before) const {
  constexpr std::uint32_t many_readers = 64;
  if (before.empty() || element(before.back().to) != none) return false;
  const Version initial = before.back().to;
  if (first_reader_[initial + 1] - first_reader_[initial] < many_readers) return false;
  return std::any_of(before.begin(), before.end() - 1,
                     [this](const Graph::Arc& arc) { return writer_[arc.to] != none; });
}

std::optional<Dependency> RegisterVersions::read_ahead(TransactionId transaction) const {
  if (!transactions_.list[transaction].is_ok()) return std::nullopt;
  for (const External& it : externals(transaction)) {
    if (it.read != none && it.read == it.written) {
      return Dependency{wr, transaction, transaction, it.key, element(it.read), none};
    }
  }
  return std::nullopt;
}

VersionOrderFinding RegisterVersions::version_order() const {
  const std::uint32_t elements = transactions_.element_count();
  std::vector<std::uint32_t> written(transactions_.key_count(), 0);
  std::vector<bool> is_ordered(elements, false);
  for (Version version{0U}; version < elements; ++version) {
    if (writer_[version] == none) continue;
    ++written[key_of(version)];
    for (const Graph::Arc& arc : before_.arcs(version)) {
      if (element(arc.to) == none || writer_[arc.to] == none) continue;
      is_ordered[version] = is_ordered[arc.to] = true;
    }
  }
  VersionOrderFinding finding;
  for (Version version{0U}; version < elements; ++version) {
    if (writer_[version] == none || written[key_of(version)] < 2) continue;
    ++finding.count;
    if (is_ordered[version]) ++finding.ordered;
  }
  return finding;
}

Loops RegisterVersions::loops() const {
  Loops loops;
  loops.exist = std::any_of(externals_.begin(), externals_.end(), [this](const External& it) {
    if (it.read == none || it.written == none) return false;
    return follows_reads_ || it.read == it.written || element(it.read) == none;
  });
  for (TransactionId i{0U}; loops.exist && i < transactions_.size(); ++i) {
    if (read_ahead(i)) loops.reads_ahead.push_back(i);
  }
  return loops;
}

std::optional<Dependency> RegisterVersions::explain(TransactionId from, TransactionId to, Relations relation) const {
  if (from == to) return read_ahead(from);
  std::optional<Dependency> found;
  for_each_dependency(to, [&](const Dependency& dependency) {
    if (!found && dependency.from == from && dependency.relation == relation) found = dependency;
  });
  return found;
}

}  // namespace mznode::check::txn

#include "isolation/saturation.hpp"

#include <algorithm>

#include "isolation/clocks.hpp"
#include "isolation/precedence.hpp"
#include "isolation/version_lines.hpp"

namespace mznode::check::isolation {
namespace {

class Saturation {
 public:
  Saturation(const Commits& commits, const Model& model)
      : commits_(commits), model_(model), precedence_(commits, model.order) {}

  std::optional<Cycle> run() {
    std::vector<std::uint32_t> wanted(commits_.size());
    for (std::uint32_t i = 0; i < commits_.size(); ++i) wanted[i] = i;
    std::sort(wanted.begin(), wanted.end(),
              [&](auto a, auto b) { return std::pair(commits_.ends[a], a) < std::pair(commits_.ends[b], b); });
    std::vector<std::uint32_t> order;
    while (precedence_.sort(wanted, order)) {
      // A write that its session's reads do not precede would close a cycle of sessions and reads.
      if (model_.demand == Demand::committed) return std::nullopt;
      if (const auto stale = visit(order)) return initial_cycle(*stale);
      if (inferred_.empty()) return std::nullopt;
      precedence_.infer(inferred_);
      wanted.swap(order);
    }
    Cycle cycle = precedence_.cycle();
    for (Link& link : cycle) {
      if (link.reader != none) link.because = seeing(link.from, link.reader);
    }
    return cycle;
  }

 private:
  /// A read of the initial state by who sees a version.
  struct Stale {
    std::uint32_t reader;
    std::uint32_t version;
  };

  /// Goes through an order and infers what it breaks. What shows a contradiction by itself ends it.
  std::optional<Stale> visit(const std::vector<std::uint32_t>& order) {
    inferred_.clear();
    lines_.emplace(commits_);
    seen_by_.assign(commits_.size(), none);
    std::optional<Clocks> clocks;
    if (model_.demand == Demand::causal) clocks.emplace(commits_, model_.order);
    for (const std::uint32_t commit : order) {
      std::optional<Stale> stale;
      if (clocks) {
        clocks->enter(commit);
        stale = check_reads(
            commit, [&](std::uint32_t writer) { return clocks->is_after(writer); },
            [&](const Commits::Read& it, std::uint32_t rank, auto&& found) {
              lines_->for_each_latest(
                  it.key,
                  [&](std::uint32_t writer) { return clocks->has_chain(writer) ? clocks->chain(writer) : none; },
                  [&](std::uint32_t writer) { return clocks->is_after(writer); }, rank, found);
            });
        clocks->leave();
      } else if (model_.demand == Demand::read_atomic) {
        for (const Commits::Read& it : commits_.reads_of(commit)) note_seen(it, commit);
        stale = check_reads(
            commit, [&](std::uint32_t writer) { return seen_by_[writer] == commit || is_own(writer, commit); },
            [&](const Commits::Read& it, std::uint32_t rank, auto&& found) {
              find_among(commits_.reads_of(commit), it.key, rank, found);
              if (model_.order != Order::session) return;
              lines_->for_latest_of(
                  it.key, commits_.processes[commit], [&](std::uint32_t writer) { return commits_.processes[writer]; },
                  rank, found);
            });
      } else {
        stale = check_reads(
            commit, [&](std::uint32_t writer) { return seen_by_[writer] == commit; },
            [&](const Commits::Read& it, std::uint32_t rank, auto&& found) {
              const auto reads = commits_.reads_of(commit);
              find_among(reads.first(static_cast<std::size_t>(&it - reads.data())), it.key, rank, found);
            });
      }
      if (stale) return stale;
      lines_->place(commit);
    }
    return std::nullopt;
  }

  void note_seen(const Commits::Read& it, std::uint32_t commit) {
    if (it.version != none) seen_by_[commits_.versions[it.version].writer] = commit;
  }

  bool is_own(std::uint32_t writer, std::uint32_t commit) const {
    return model_.order == Order::session && commits_.processes[writer] == commits_.processes[commit];
  }

  /// Infers from each read that it shows a version, while `is_seen` is a writer of one that comes later in this order.
  /// Where there are many later ones, `find_seen` tells some that are enough.
  template <class IsSeen, class FindSeen>
  std::optional<Stale> check_reads(std::uint32_t commit, IsSeen&& is_seen, FindSeen&& find_seen) {
    constexpr std::uint32_t many = 64;
    for (const Commits::Read& it : commits_.reads_of(commit)) {
      const std::uint32_t rank = it.version == none ? 0 : lines_->rank(it.version) + 1;
      const auto later = lines_->from(it.key, rank);
      std::uint32_t stale = none;
      const auto found = [&](std::uint32_t version) {
        if (it.version == none) {
          stale = version;
        } else {
          inferred_.push_back({version, it.version, commit});
        }
      };
      if (later.size() > many) {
        find_seen(it, rank, found);
      } else {
        for (const std::uint32_t version : later) {
          if (is_seen(commits_.versions[version].writer)) found(version);
        }
      }
      if (stale != none) return Stale{commit, stale};
      if (model_.demand == Demand::atomic_view) note_seen(it, commit);
    }
    return std::nullopt;
  }

  template <class Found>
  void find_among(std::span<const Commits::Read> reads, KeyId key, std::uint32_t rank, Found&& found) const {
    for (const Commits::Read& it : reads) {
      if (it.version == none) continue;
      const std::uint32_t version = commits_.version_of(commits_.versions[it.version].writer, key);
      if (version != none && lines_->rank(version) >= rank) found(version);
    }
  }

  Cycle initial_cycle(const Stale& stale) const {
    const Commits::Version& version = commits_.versions[stale.version];
    Cycle cycle = seeing(version.writer, stale.reader);
    cycle.push_back({.kind = Link::Kind::rw,
                     .from = stale.reader,
                     .to = version.writer,
                     .key = version.key,
                     .version = none,
                     .next = stale.version});
    return cycle;
  }

  /// The way by which `reader` sees `writer`.
  std::vector<Link> seeing(std::uint32_t writer, std::uint32_t reader) const {
    if (model_.demand == Demand::causal) return precedence_.way(writer, reader);
    for (const Commits::Read& it : commits_.reads_of(reader)) {
      if (it.version == none || commits_.versions[it.version].writer != writer) continue;
      return {{.kind = Link::Kind::wr, .from = writer, .to = reader, .key = it.key, .version = it.version}};
    }
    return {{.kind = Link::Kind::session, .from = writer, .to = reader}};
  }

  const Commits& commits_;
  const Model& model_;
  Precedence precedence_;
  std::optional<VersionLines> lines_;
  std::vector<Precedence::Inferred> inferred_;
  std::vector<std::uint32_t> seen_by_;  // by commit: who has read from it last
};

}  // namespace

std::optional<Cycle> find_weak_contradiction(const Commits& commits, const Model& model) {
  return Saturation(commits, model).run();
}

}  // namespace mznode::check::isolation

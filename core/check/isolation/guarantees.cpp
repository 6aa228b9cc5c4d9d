#include "isolation/guarantees.hpp"

#include <algorithm>
#include <unordered_map>

#include "isolation/short_cycle.hpp"

namespace mznode::check::isolation {
namespace {

class Guarantee {
 public:
  Guarantee(const Commits& commits, const Model& model, std::uint64_t max_steps)
      : commits_(commits), is_pram_(model.demand == Demand::pram), demand_(model.demand), steps_left_(max_steps) {}

  GuaranteeResult run() {
    find_sessions();
    for (const auto& session : sessions_) {
      visit(session);
      if (stale_) {
        return {Cycle{{.kind = Link::Kind::visible, .from = stale_->to, .to = stale_->from}, *stale_}};
      }
      if (steps_left_ == 0) return {std::nullopt, true};
    }
    const auto node = [this](std::uint32_t version) { return is_pram_ ? commits_.versions[version].writer : version; };
    std::vector<Arc> arcs;
    for (std::uint32_t i = 0; i < links_.size(); ++i) {
      const Link& it = links_[i];
      if (it.kind == Link::Kind::session) {
        arcs.push_back({it.from, it.to, i});
      } else if (node(it.version) != node(it.next)) {
        arcs.push_back({node(it.version), node(it.next), i});
      }
    }
    const auto nodes = static_cast<std::uint32_t>(is_pram_ ? commits_.size() : commits_.versions.size());
    const auto cycle = find_short_cycle(nodes, arcs);
    if (!cycle) return {};
    Cycle found;
    for (const std::uint32_t i : *cycle) found.push_back(links_[i]);
    return {std::move(found)};
  }

 private:
  /// The commits of each session in their order; those that leave one end it as one of their own.
  void find_sessions() {
    std::uint32_t count = 0;
    for (const std::uint32_t process : commits_.processes) count = std::max(count, process + 1);
    sessions_.resize(count);
    place_.resize(commits_.size());
    std::vector<std::uint32_t> writer(commits_.size(), none);  // the last one of the session that wrote, up to there
    for (std::uint32_t commit = 0; commit < commits_.size(); ++commit) {
      auto& session = sessions_[commits_.processes[commit]];
      place_[commit] = static_cast<std::uint32_t>(session.size());
      session.push_back(commit);
      const std::uint32_t before = commits_.predecessors[commit] == none ? none : writer[commits_.predecessors[commit]];
      writer[commit] = commits_.versions_of(commit).empty() ? before : commit;
      if (!is_pram_ || writer[commit] != commit || before == none) continue;
      links_.push_back({.kind = Link::Kind::session, .from = before, .to = commit});
    }
  }

  void visit(const std::vector<std::uint32_t>& session) {
    visible_.clear();
    known_.clear();
    for (const std::uint32_t commit : session) {
      for (const Commits::Read& it : commits_.reads_of(commit)) {
        if (it.version != none && is_pram_) learn(commits_.versions[it.version].writer, commits_.processes[commit]);
        read(commit, it);
        if (stale_) return;
      }
      if (demand_ != Demand::monotonic_reads) show(commit);
      if (steps_left_ == 0) return;
    }
  }

  /// Of who has read from a commit, its session sees all that this one's has written before.
  void learn(std::uint32_t writer, std::uint32_t reader) {
    const std::uint32_t session = commits_.processes[writer];
    if (session == reader) return;
    std::uint32_t& known = known_[session];
    if (known == 0 && commits_.ends[writer] == none && commits_.predecessors[writer] != none) {
      learn(commits_.predecessors[writer], reader);
    }
    for (std::uint32_t& at = known_[session]; at <= place_[writer]; ++at) show(sessions_[session][at]);
  }

  void show(std::uint32_t commit) {
    for (std::uint32_t it = commits_.first_version[commit]; it < commits_.first_version[commit + 1]; ++it) {
      visible_[commits_.versions[it].key].push_back(it);
      steps_left_ -= steps_left_ > 0 ? 1 : 0;
    }
  }

  void read(std::uint32_t commit, const Commits::Read& it) {
    auto& visible = visible_[it.key];
    for (const std::uint32_t version : visible) {
      if (version == it.version) continue;
      Link link = {.kind = it.version == none ? Link::Kind::rw : Link::Kind::ww,
                   .from = it.version == none ? commit : commits_.versions[version].writer,
                   .to = commits_.versions[it.version == none ? version : it.version].writer,
                   .key = it.key,
                   .version = it.version == none ? none : version,
                   .next = it.version == none ? version : it.version,
                   .reader = commit};
      if (it.version == none) {
        stale_ = link;
        return;
      }
      links_.push_back(link);
    }
    steps_left_ -= std::min<std::uint64_t>(steps_left_, visible.size());
    const bool is_visible = it.version != none && (demand_ != Demand::own_writes || wrote_before(commit, it.version));
    // All that was visible comes before what was read, which stands for it from now on where it is visible itself.
    if (is_visible) visible = {it.version};
  }

  bool wrote_before(std::uint32_t commit, std::uint32_t version) const {
    const std::uint32_t writer = commits_.versions[version].writer;
    return commits_.processes[writer] == commits_.processes[commit] && place_[writer] < place_[commit];
  }

  const Commits& commits_;
  const bool is_pram_;
  const Demand demand_;
  std::uint64_t steps_left_;
  std::vector<std::vector<std::uint32_t>> sessions_;
  std::vector<std::uint32_t> place_;  // by commit: in its session
  std::vector<Link> links_;
  std::optional<Link> stale_;
  // Of the session that is looked at: by key, the versions that it must see; by session, how many commits.
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> visible_;
  std::unordered_map<std::uint32_t, std::uint32_t> known_;
};

}  // namespace

GuaranteeResult check_guarantee(const Commits& commits, const Model& model, std::uint64_t max_steps) {
  return Guarantee(commits, model, max_steps).run();
}

}  // namespace mznode::check::isolation

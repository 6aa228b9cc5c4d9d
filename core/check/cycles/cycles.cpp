#include "cycles/cycles.hpp"

#include <algorithm>
#include <array>

namespace mznode::check::txn {
namespace {

/// What the searches for one kind of cycle may spend in all, in edges looked at. Only G-single-item, which asks for
/// each rw edge whether a path leads back, can need more than a few times the size of the graph.
constexpr std::uint64_t search_budget = 50'000'000;
/// How many ways that are no cycles of the wanted kind are looked at before the search ends.
constexpr int max_candidates = 64;

enum Kind : std::uint8_t { g0, g1c, g_single, g_nonadjacent, g2, kinds };
enum Form : std::uint8_t { plain, by_process, by_realtime, forms };
using Budgets = std::array<std::uint64_t, kinds>;

constexpr std::array<std::array<std::string_view, kinds>, forms> names = {{
    {"G0", "G1c", "G-single-item", "G-nonadjacent-item", "G2-item"},
    {"G0-process", "G1c-process", "G-single-item-process", "G-nonadjacent-item-process", "G2-item-process"},
    {"G0-realtime", "G1c-realtime", "G-single-item-realtime", "G-nonadjacent-item-realtime", "G2-item-realtime"},
}};

/// The weakest model that a kind of cycle rules out.
constexpr std::array<std::array<std::string_view, kinds>, forms> violated = {{
    {"PL-1", "PL-2", "PL-SI", "PL-SI", "PL-2.99"},
    {"strong-session-PL-1", "strong-session-PL-2", "strong-session-snapshot-isolation",
     "strong-session-snapshot-isolation", "strong-session-serializable"},
    {"strong-PL-1", "strong-PL-2", "strong-snapshot-isolation", "strong-snapshot-isolation", "PL-SS"},
}};

/// How to look for a kind: a way through an edge of the seed that goes on along the others.
struct Plan {
  Relations seed;
  Relations others;
  Needs needs = {};
  bool nonadjacent = false;
};
constexpr std::array<Plan, kinds> plans = {{
    {.seed = ww, .others = ww},
    {.seed = wr, .others = ww | wr},
    {.seed = rw, .others = ww | wr},
    {.seed = rw, .others = data, .needs = {.rw_inside = true}, .nonadjacent = true},
    {.seed = rw, .others = data, .needs = {.rw_last = true}},
}};

/// The search within one strongly connected component.
class ComponentSearch {
 public:
  ComponentSearch(const Graph& graph, Form form, const Priority& priority, Budgets& budgets)
      : graph_(graph), explained_(graph.explained(priority)), form_(form), budgets_(budgets) {}

  CycleReport run() {
    for (const Form form : {plain, form_}) {
      for (std::uint8_t kind = g0; kind < kinds; ++kind) search(static_cast<Kind>(kind), form);
      if (form_ == plain) break;
    }
    for (const Form form : {plain, form_}) {
      for (const Kind kind : {g0, g1c, g_nonadjacent, g2}) search_unexplained(kind, form);
      if (form_ == plain) break;
    }
    return std::move(report_);
  }

 private:
  static Relations relations(const Plan& plan, Form form) {
    const Relations order = form == by_process ? process : form == by_realtime ? realtime : Relations{0};
    return plan.others | order;
  }

  /// Calls `visit` with the ends of each edge that a way of this kind may begin with, until it returns true.
  template <class Visit>
  static void for_each_seed(const Graph& graph, Relations seed, Visit&& visit) {
    for (VertexId from{0U}; from < graph.size(); ++from) {
      for (const Graph::Arc& arc : graph.arcs(from)) {
        if ((arc.relations & seed) != 0 && visit(from, arc.to)) return;
      }
    }
  }

  /// Looks for a cycle whose steps have one explanation each.
  void search(Kind kind, Form form) {
    const Plan& plan = plans[kind];
    const View view{explained_, relations(plan, form), plan.nonadjacent};
    const Components components = find_components(view);
    Needs needs = plan.needs;
    needs.order = form != plain;
    PathSearch paths(view, components, needs);
    int candidates = 0;
    for_each_seed(explained_, plan.seed, [&](VertexId from, VertexId to) {
      Cycle way;
      if (!paths.find(from, to, plan.seed, budgets_[kind], way)) {
        if (budgets_[kind] == 0) report_.given_up.insert(names[form][kind]);
        return budgets_[kind] == 0;
      }
      return take(way, names[form][kind]) || ++candidates == max_candidates;
    });
  }

  /// Takes the cycle of this name that a way consists of, or into which it falls where it passes a vertex twice.
  bool take(const Cycle& way, std::string_view name) {
    Cycle open;
    for (std::size_t i = 0; i <= way.size(); ++i) {
      const VertexId vertex = way.vertices[i % way.size()];
      const auto again = std::find(open.vertices.begin(), open.vertices.end(), vertex);
      const auto length = again - open.vertices.begin();
      if (again != open.vertices.end()) {
        Cycle cycle{{again, open.vertices.end()}, {open.steps.begin() + length, open.steps.end()}};
        open.vertices.resize(static_cast<std::size_t>(length));
        open.steps.resize(static_cast<std::size_t>(length));
        if (classify(cycle.steps) == name) {
          report_.cases.push_back({name, std::move(cycle)});
          found_.insert(name);
          return true;
        }
      }
      if (i == way.size()) break;
      open.vertices.push_back(vertex);
      open.steps.push_back(way.steps[i]);
    }
    return false;
  }

  /// Looks for a cycle that is there only if a step that a dependency explains is taken for another one, which holds
  /// too.
  void search_unexplained(Kind kind, Form form) {
    const std::string_view model = violated[form][kind];
    if (impossible_models(found_).contains(model)) return;
    const Plan& plan = plans[kind];
    const View view{graph_, relations(plan, form), plan.nonadjacent};
    const Components components = find_components(view);
    PathSearch paths(view, components, {});
    for_each_seed(graph_, plan.seed, [&](VertexId from, VertexId to) {
      Cycle way;
      // Nothing is needed of the way, so that the first search in a component finds one.
      std::uint64_t unlimited = UINT64_MAX;
      if (!paths.find(from, to, plan.seed, unlimited, way)) return false;
      report_.cases.push_back({cycle_exists(model), std::move(way)});
      found_.insert(cycle_exists(model));
      return true;
    });
  }

  const Graph& graph_;
  Graph explained_;
  Form form_;
  Budgets& budgets_;
  Names found_;
  CycleReport report_;
};

/// The vertices of each component that has several, in ascending order.
std::vector<std::vector<VertexId>> nontrivial(const Components& components, std::uint32_t size) {
  std::vector<std::uint32_t> counts(components.number.size(), 0);
  for (VertexId vertex{0U}; vertex < size; ++vertex) ++counts[components.number[vertex]];
  std::vector<std::uint32_t> place(counts.size(), none);
  std::vector<std::vector<VertexId>> groups;
  for (VertexId vertex{0U}; vertex < size; ++vertex) {
    const std::uint32_t number = components.number[vertex];
    if (counts[number] < 2) continue;
    if (place[number] == none) {
      place[number] = static_cast<std::uint32_t>(groups.size());
      groups.emplace_back().reserve(counts[number]);
    }
    groups[place[number]].push_back(vertex);
  }
  return groups;
}

}  // namespace

std::string_view classify(const std::vector<Relations>& steps) {
  Relations all = 0;
  std::size_t rws = 0;
  bool adjacent = false;
  Relations previous = steps.back();
  for (const Relations step : steps) {
    all |= step;
    if (step == rw) ++rws;
    adjacent = adjacent || (step == rw && previous == rw);
    previous = step;
  }
  const Form form = (all & realtime) != 0 ? by_realtime : (all & process) != 0 ? by_process : plain;
  const Kind kind = rws == 1 ? g_single : rws > 1 ? (adjacent ? g2 : g_nonadjacent) : (all & wr) != 0 ? g1c : g0;
  return names[form][kind];
}

CycleReport find_cycles(const Graph& graph, const Priority& priority) {
  const View everything{graph, ww | wr | rw | process | realtime};
  const Components components = find_components(everything);
  Budgets budgets;
  budgets.fill(search_budget);
  std::vector<VertexId> numbers(graph.size());
  CycleReport report;
  for (const auto& vertices : nontrivial(components, graph.size())) {
    const Graph part = graph.restricted_to(vertices, numbers);
    const Form form = part.has_realtime() ? by_realtime : part.has_process() ? by_process : plain;
    CycleReport found = ComponentSearch(part, form, priority, budgets).run();
    report.given_up.merge(found.given_up);
    for (CycleCase& it : found.cases) {
      for (VertexId& vertex : it.cycle.vertices) vertex = vertices[vertex];
      report.cases.push_back(std::move(it));
    }
  }
  return report;
}

}  // namespace mznode::check::txn

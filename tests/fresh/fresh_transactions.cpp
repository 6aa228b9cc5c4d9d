// Judges histories of transactions: freshly drawn ones, each at four consistency models in turn, or those of files, at
// all. Each line of the output is one in EDN, with the verdicts; elle.clj compares them with those of Elle 0.2.7.
//
//   fresh_transactions SEED COUNT > fresh.edn
//   fresh_transactions FILE… > recorded.edn

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mznode/check/edn.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/check/upstream_versions.hpp"
#include "tests/fresh/draws.hpp"

namespace mznode::check {
namespace {

constexpr std::string_view order_field = "commit";

/// One of each kind of models that forbid the same, but for those that forbid nothing, and those that Elle does not
/// know: `seed` tells which name it has.
std::vector<std::string> different_models(std::uint64_t seed) {
  static const std::set<std::string_view> not_of_elle = {"strong-session-prefix", "strong-session-read-atomic",
                                                         "strong-session-monotonic-atomic-view"};
  std::map<txn::Names, std::vector<std::string>> alike;
  for (const std::string_view name : ConsistencyModels::known()) {
    const auto models = ConsistencyModels::parse(name);
    if (models.unchecked(false) || not_of_elle.contains(name)) continue;
    alike[txn::prohibited_anomalies(models)].emplace_back(name);
  }
  std::vector<std::string> chosen;
  for (const auto& [forbidden, names] : alike) chosen.push_back(names[seed % names.size()]);
  return chosen;
}

/// The strictest and three others, in turn: Elle takes some milliseconds for each.
std::vector<std::string> some_models(std::uint64_t seed) {
  const std::vector<std::string> models = different_models(seed);
  std::set<std::string> chosen = {"strict-serializable"};
  for (std::size_t i = 0; i < 3; ++i) chosen.insert(models[(3 * seed + i) % models.size()]);
  return {chosen.begin(), chosen.end()};
}

struct Judged {
  std::string name;
  std::string checker;
  History history;
  Assumptions assume = {};
  std::string transaction_order = {};
};

const char* word_of(Valid valid) {
  return valid == Valid::yes ? "true" : valid == Valid::no ? "false" : ":unknown";
}

/// The verdicts and what they rest on: as Elle's, without what Elle has not, and all.
std::string verdicts(const Judged& judged, const std::string& model) {
  const Checker& checker = *find_checker(judged.checker);
  CheckOptions options;
  options.consistency_models = ConsistencyModels::parse(model);
  options.assume = judged.assume;
  options.transaction_order = judged.transaction_order;
  const Verdict own = checker.check(judged.history, options);
  options.complete = CompleteCheck::left_out;
  const Valid inferred = checker.check(judged.history, options).valid;
  follow_upstream(options, "elle-0.2.7");
  const Verdict compat = checker.check(judged.history, options);
  std::string text = std::string("{:own ") + word_of(own.valid) + " :inferred " + word_of(inferred) + " :compat " +
                     word_of(compat.valid) + " :types #{";
  const nlohmann::ordered_json details = to_details(compat);
  for (const auto& type : details.value("anomaly-types", nlohmann::ordered_json::array()))
    text += ":" + type.get<std::string>() + " ";
  return text + "}}";
}

void write(const Judged& judged, const std::vector<std::string>& models) {
  std::string line = "{:name \"" + judged.name + "\" :checker \"" + judged.checker + "\" :assume {:wfr-keys? " +
                     (judged.assume.wfr_keys ? "true" : "false") + " :sequential-keys? " +
                     (judged.assume.sequential_keys ? "true" : "false") + " :linearizable-keys? " +
                     (judged.assume.linearizable_keys ? "true" : "false") + "} :tells-order? " +
                     (judged.transaction_order.empty() ? "false" : "true") + " :models {";
  for (const std::string& model : models) line += ":" + model + " " + verdicts(judged, model) + " ";
  std::string history = write_edn(judged.history);
  std::replace(history.begin(), history.end(), '\n', ' ');
  std::cout << line << "} :history [" << history << "]}\n";
}

/// Each completion tells when it committed: in the order of the history, but for some.
void tell_order(History& history, std::uint64_t seed) {
  for (Operation& operation : history) {
    if (operation.type == Type::invoke || operation.type == Type::fail) continue;
    seed = seed * 6364136223846793005U + 1442695040888963407U;  // Knuth, MMIX
    const std::int64_t late = (seed >> 33) % 5 == 0 ? static_cast<std::int64_t>((seed >> 40) % 20) : 0;
    // No two are equal.
    operation.other_fields = {{std::string(order_field), Json(1000 * (operation.index + late) + operation.index)}};
  }
}

Judged drawn(std::uint64_t seed, bool lists) {
  using Objects = TransactionDraw::Objects;
  std::uint64_t left = seed;
  const auto pick = [&left](std::uint64_t bound) {
    const std::uint64_t picked = left % bound;
    left /= bound;
    return static_cast<int>(picked);
  };
  static constexpr std::array<int, 4> bugs = {0, 4, 15, 30};
  ObjectHistory::Shape shape;
  Judged judged;
  const int assumption = lists ? 0 : pick(6);
  shape.bugs = bugs[static_cast<std::size_t>(pick(4))];
  shape.crashes = pick(2) == 0 ? 0 : 8;
  shape.processes = 2 + pick(4);
  shape.operations = 6 + 8 * pick(4);
  shape.tells_crashes = true;  // Elle insists
  judged.name = "seed " + std::to_string(seed);
  judged.checker = lists ? "list-append" : "rw-register";
  judged.history = TransactionDraw(seed, shape, lists ? Objects::lists : Objects::registers).draw();
  judged.assume = {.wfr_keys = assumption == 1 || assumption == 4,
                   .sequential_keys = assumption == 2,
                   .linearizable_keys = assumption == 3 || assumption == 4};
  if (assumption == 5) {
    judged.transaction_order = order_field;
    tell_order(judged.history, seed);
  }
  return judged;
}

void write_recorded(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw std::runtime_error("cannot read " + file);
  Judged judged{.name = file, .checker = "list-append", .history = read_history(text.str())};
  if (text.str().find("append") != std::string::npos) return write(judged, different_models(0));
  judged.checker = "rw-register";
  for (const Assumptions& assume : {Assumptions{}, Assumptions{.wfr_keys = true}, Assumptions{.sequential_keys = true},
                                    Assumptions{.linearizable_keys = true}}) {
    judged.assume = assume;
    write(judged, different_models(0));
  }
}

int run(int argc, char** argv) {
  char* end = nullptr;
  const std::uint64_t seed = argc == 3 ? std::strtoull(argv[1], &end, 10) : 0;
  if (end != nullptr && *end == '\0') {
    const std::uint64_t count = std::strtoull(argv[2], nullptr, 10);
    for (std::uint64_t i = 0; i < count; ++i) write(drawn(seed + i / 2, i % 2 == 0), some_models(seed + i / 2));
    return 0;
  }
  for (int i = 1; i < argc; ++i) write_recorded(argv[i]);
  return argc > 1 ? 0 : 2;
}

}  // namespace
}  // namespace mznode::check

int main(int argc, char** argv) {
  try {
    const int code = mznode::check::run(argc, argv);
    if (code != 0) std::cerr << "fresh_transactions SEED COUNT | FILE…\n";
    return code;
  } catch (const std::exception& error) {
    std::cerr << "fresh_transactions: " << error.what() << "\n";
    return 1;
  }
}

#include "mznode/check/upstream_versions.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include "mznode/json/suggestion.hpp"

namespace mznode::check {
namespace {

/// Which Elle judges the transactions. Those before 0.2.7 judge as 0.2.2 does.
enum class Elle : std::uint8_t { v0_2_2, v0_2_7 };

struct Version {
  UpstreamVersion told;
  /// Whether it is one of Jepsen, whose other checkers are followed, too. From 0.3.7 to 0.3.13 they judge alike.
  bool is_jepsen;
  Elle elle;
};

constexpr std::string_view as_0_2_2 = "judges as Elle 0.2.2";
constexpr std::string_view with_0_2_2 = "Jepsen's checkers and Elle's that judge as 0.2.2";
constexpr std::string_view with_0_2_7 = "Jepsen's checkers and Elle 0.2.7";

constexpr std::array<Version, 14> versions = {{
    {{"jepsen", "as jepsen-0.3.7, which Maelstrom takes"}, true, Elle::v0_2_2},
    {{"jepsen-0.3.7", "Jepsen's checkers and Elle 0.2.2"}, true, Elle::v0_2_2},
    {{"jepsen-0.3.8", with_0_2_2}, true, Elle::v0_2_2},
    {{"jepsen-0.3.9", with_0_2_2}, true, Elle::v0_2_2},
    {{"jepsen-0.3.10", with_0_2_2}, true, Elle::v0_2_2},
    {{"jepsen-0.3.11", with_0_2_2}, true, Elle::v0_2_2},
    {{"jepsen-0.3.12", with_0_2_7}, true, Elle::v0_2_7},
    {{"jepsen-0.3.13", with_0_2_7}, true, Elle::v0_2_7},
    {{"elle-0.2.2", "a read of nil says nothing about what follows; linearizable-keys infers too much"},
     false,
     Elle::v0_2_2},
    {{"elle-0.2.3", as_0_2_2}, false, Elle::v0_2_2},
    {{"elle-0.2.4", as_0_2_2}, false, Elle::v0_2_2},
    {{"elle-0.2.5", as_0_2_2}, false, Elle::v0_2_2},
    {{"elle-0.2.6", as_0_2_2}, false, Elle::v0_2_2},
    {{"elle-0.2.7", "without the complete checks, which Elle has not"}, false, Elle::v0_2_7},
}};

constexpr auto told_versions = [] {
  std::array<UpstreamVersion, versions.size()> told{};
  for (std::size_t i = 0; i < versions.size(); ++i) told[i] = versions[i].told;
  return told;
}();

}  // namespace

std::span<const UpstreamVersion> upstream_versions() {
  return told_versions;
}

void follow_upstream(CheckOptions& options, std::string_view version) {
  std::vector<std::string_view> names;
  for (const Version& each : versions) names.push_back(each.told.name);
  const std::string_view known = word_in_any_case(version, names);
  for (const Version& each : versions) {
    if (each.told.name != known) continue;
    options.compat_jepsen = each.is_jepsen;
    options.compat_elle_0_2_2 = each.elle == Elle::v0_2_2;
    options.compat_elle_0_2_7 = each.elle == Elle::v0_2_7;
    return;
  }
  throw std::invalid_argument(unknown_word("version of Jepsen or Elle that can be followed", version, names));
}

}  // namespace mznode::check

#include "judged.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mznode/json/printable.hpp"
#include "report/html.hpp"

namespace mznode::app {
namespace {

using check::Valid;
using nlohmann::ordered_json;

/// The texts of a Judged.
std::array<std::string Judged::*, 6> texts() {
  return {&Judged::file, &Judged::reason, &Judged::explanation, &Judged::details, &Judged::reservation, &Judged::page};
}

ordered_json details_of(const Judged& judged) {
  ordered_json details = ordered_json::parse(judged.details, nullptr, false);
  if (!details.is_object()) details = ordered_json::object();
  return details;
}

std::string dumped(const ordered_json& value, int indent = -1) {
  return value.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

/// Control characters, which XML cannot hold, are their escapes.
std::string xml_text(const std::string& text) {
  return escape_html(printable_lines(text));
}

/// The first line of what is wrong.
std::string headline(const Judged& judged) {
  if (!judged.reason.empty()) return judged.reason;
  return judged.explanation.substr(0, judged.explanation.find('\n'));
}

/// A JSON string is one of YAML.
std::string yaml_text(const std::string& text) {
  return dumped(printable(text));
}

}  // namespace

std::string packed(const Judged& judged) {
  std::string text(1, static_cast<char>(judged.valid));
  for (const auto member : texts()) {
    const std::uint64_t size = (judged.*member).size();
    text.append(reinterpret_cast<const char*>(&size), sizeof size).append(judged.*member);
  }
  return text;
}

Judged unpacked(const std::string& text) {
  Judged judged;
  judged.valid = static_cast<Valid>(text.at(0));
  std::size_t at = 1;
  for (const auto member : texts()) {
    std::uint64_t size = 0;
    std::memcpy(&size, text.data() + at, sizeof size);
    at += sizeof size;
    judged.*member = text.substr(at, size);
    at += size;
  }
  return judged;
}

Judged not_judged(const std::string& file, const std::string& why) {
  return {.file = file, .reason = why, .details = dumped(check::to_details(check::Verdict::unknown(why)))};
}

std::string judged_word(Valid valid) {
  return valid == Valid::yes ? "true" : valid == Valid::no ? "false" : "unknown";
}

std::string as_line(const Judged& judged, bool verbose) {
  std::string text = printable(judged.file) + '\t' + judged_word(judged.valid) + judged.reservation + '\n';
  if (!verbose) return text;
  ordered_json details = details_of(judged);
  details.erase("explanation");
  return text + printable_lines(judged.explanation + dumped(details, 2) + "\n");
}

std::string as_json(const Judged& judged, const std::string& checker) {
  ordered_json line = {{"file", judged.file}, {"checker", checker}};
  line.update(details_of(judged));
  return dumped(line) + "\n";
}

std::string as_junit(const std::vector<Judged>& all, const std::string& checker) {
  const auto count = [&](Valid valid) {
    return std::to_string(std::count_if(all.begin(), all.end(), [&](const auto& each) { return each.valid == valid; }));
  };
  std::ostringstream out;
  const std::string counts = "tests=\"" + std::to_string(all.size()) + "\" failures=\"" + count(Valid::no) +
                             "\" errors=\"" + count(Valid::unknown) + "\"";
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " << counts << ">\n  <testsuite name=\""
      << xml_text(checker) << "\" " << counts << " skipped=\"0\">\n";
  for (const Judged& each : all) {
    out << "    <testcase classname=\"" << xml_text(checker) << "\" name=\"" << xml_text(printable(each.file)) << "\"";
    if (each.valid == Valid::yes) {
      out << "/>\n";
      continue;
    }
    const char* const element = each.valid == Valid::no ? "failure" : "error";
    out << ">\n      <" << element << " type=\"" << judged_word(each.valid) << "\" message=\""
        << xml_text(printable(headline(each))) << "\">" << xml_text(each.explanation) << "</" << element
        << ">\n    </testcase>\n";
  }
  out << "  </testsuite>\n</testsuites>\n";
  return out.str();
}

std::string as_tap(const std::vector<Judged>& all) {
  std::ostringstream out;
  out << "TAP version 13\n1.." << all.size() << "\n";
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Judged& each = all[i];
    std::string name;
    for (const char c : printable(each.file)) name += c == '#' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    out << (each.valid == Valid::yes ? "ok " : "not ok ") << i + 1 << " - " << name << "\n";
    if (each.valid == Valid::yes) continue;
    out << "  ---\n  valid: " << judged_word(each.valid) << "\n  message: " << yaml_text(headline(each)) << "\n";
    std::istringstream lines(each.explanation);
    if (!each.explanation.empty()) out << "  explanation:\n";
    for (std::string line; std::getline(lines, line);) out << "    - " << yaml_text(line) << "\n";
    out << "  ...\n";
  }
  return out.str();
}

}  // namespace mznode::app

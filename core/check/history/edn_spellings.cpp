#include "history/edn_spellings.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_set>

#include "mznode/json/scanner.hpp"

namespace mznode::check {
namespace {

constexpr std::string_view functions[] = {"r", "w", "append", "read", "write", "send", "poll"};

bool is_function(std::string_view name) {
  return std::find(std::begin(functions), std::end(functions), name) != std::end(functions);
}

/// What stands between the quotes of a string, where that has escapes.
std::string plain(std::string_view content) {
  std::string text;
  // The escapes of EDN are those of JSON, and octal ones, of which no name is made.
  return content.find('\\') != std::string_view::npos && unescape(content, text) ? text : std::string(content);
}

constexpr std::array<bool, 256> token_ends = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c <= ' '; ++c) table[c] = true;
  for (const char c : std::string_view(",\"()[]{};\\")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool ends_token(char c) {
  return token_ends[static_cast<unsigned char>(c)];
}

/// Calls the one with the name of each keyword, the other with what stands between the quotes of each string.
template <class OnKeyword, class OnString>
void for_each_word(std::string_view edn, const OnKeyword& on_keyword, const OnString& on_string) {
  for (std::size_t i = 0; i < edn.size();) {
    const std::size_t start = ++i;
    switch (edn[start - 1]) {
      case '"':
        while (i < edn.size() && edn[i] != '"') i += edn[i] == '\\' ? 2 : 1;
        on_string(edn.substr(start, std::min(i, edn.size()) - start));
        ++i;
        break;
      case ';': i = std::min(edn.find('\n', i), edn.size()); break;
      case '\\': ++i; break;  // a character, which may be a quote
      default:
        if (ends_token(edn[start - 1])) break;
        while (i < edn.size() && !ends_token(edn[i])) ++i;
        if (edn[start - 1] == ':') on_keyword(edn.substr(start, i - start));
    }
  }
}

}  // namespace

void Spellings::see_keyword(std::string_view name, bool heads_list) {
  if (heads_list && is_function(name)) return;
  if (names_.contains(name)) keywords_.emplace(name);
}

void Spellings::see_string(std::string& out, std::size_t start, bool heads_list) {
  const std::string name = plain(std::string_view(out).substr(start + 1, out.size() - start - 2));
  if (heads_list && is_function(name)) return;
  const bool is_one = names_.contains(name);
  if (is_one) strings_.insert(name);
  // Those that have quotes by themselves are spelled anew, too, lest they look like others that are.
  if (!is_one && !name.starts_with('"')) return;
  std::string quoted;
  append_quoted(quoted, name);
  out.resize(start);
  append_quoted(out, quoted);
}

Spellings::Names Spellings::seen() const {
  Names both;
  std::set_intersection(keywords_.begin(), keywords_.end(), strings_.begin(), strings_.end(),
                        std::inserter(both, both.end()));
  return both;
}

Spellings::Names names_spelled_both_ways(std::string_view edn) {
  // A history has few keywords, and perhaps millions of strings.
  std::unordered_set<std::string_view> keywords;
  std::array<bool, 256> begins{};
  for_each_word(
      edn,
      [&](std::string_view name) {
        if (!name.empty() && keywords.insert(name).second) begins[static_cast<unsigned char>(name.front())] = true;
      },
      [](std::string_view) {});
  Spellings::Names names;
  for_each_word(
      edn, [](std::string_view) {},
      [&](std::string_view string) {
        const bool has_escapes = string.find('\\') != std::string_view::npos;
        const std::string unescaped = has_escapes ? plain(string) : std::string();
        const std::string_view name = has_escapes ? unescaped : string;
        const bool may_be = !name.empty() && begins[static_cast<unsigned char>(name.front())];
        if (may_be && keywords.contains(name)) names.emplace(name);
      });
  return names;
}

}  // namespace mznode::check

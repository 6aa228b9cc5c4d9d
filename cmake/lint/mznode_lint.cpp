#include "mznode_lint.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>

namespace mznode::lint {
namespace {

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

struct Token {
  std::string_view text;
  std::size_t line;
};

std::vector<Token> tokenize(std::string_view source) {
  constexpr std::string_view pairs[] = {"::", "->", "&&", "||", "==", "!=", "<=", ">=", "+=", "-=", "++", "--"};
  std::vector<Token> tokens;
  std::size_t line = 1;
  for (std::size_t i = 0; i < source.size();) {
    const char c = source[i];
    if (c == '\n') ++line;
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++i;
      continue;
    }
    std::size_t size = 1;
    if (c == '#' && (tokens.empty() || tokens.back().line != line)) {
      // A directive of the preprocessor, with its continuations, is no statement.
      while (i < source.size() && source[i] != '\n') {
        if (source[i] == '\\' && i + 1 < source.size() && source[i + 1] == '\n') {
          ++line;
          ++i;
        }
        ++i;
      }
      continue;
    }
    if (is_word_char(c)) {
      while (i + size < source.size() && (is_word_char(source[i + size]) || source[i + size] == '\'')) ++size;
    } else if (c == '"' || c == '\'') {
      size = std::min(source.find(c, i + 1), source.size() - 1) - i + 1;  // its content is blank
    } else if (std::find(std::begin(pairs), std::end(pairs), source.substr(i, 2)) != std::end(pairs)) {
      size = 2;
    }
    tokens.push_back({source.substr(i, size), line});
    i += size;
  }
  return tokens;
}

class Checker {
 public:
  explicit Checker(std::string_view source) : tokens_(tokenize(source)), partner_(tokens_.size(), none) {
    match_brackets();
  }

  std::vector<Finding> run() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (is(i, "co_await")) check_await(i);
      if (is(i, "co_await") || is(i, "co_return") || is(i, "co_yield")) check_function(i);
    }
    return findings_;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  bool is(std::size_t i, std::string_view text) const { return i < tokens_.size() && tokens_[i].text == text; }
  bool is_any(std::size_t i, std::initializer_list<std::string_view> texts) const {
    return i < tokens_.size() && std::find(texts.begin(), texts.end(), tokens_[i].text) != texts.end();
  }
  bool is_name(std::size_t i) const {
    return i < tokens_.size() &&
           (std::isalpha(static_cast<unsigned char>(tokens_[i].text[0])) != 0 || tokens_[i].text[0] == '_');
  }
  bool is_literal(std::size_t i) const {
    return i < tokens_.size() && (std::isdigit(static_cast<unsigned char>(tokens_[i].text[0])) != 0 ||
                                  tokens_[i].text[0] == '"' || tokens_[i].text[0] == '\'');
  }
  void report(std::size_t at, std::string text) {
    const Finding finding{tokens_[at].line, std::move(text)};
    const auto same = [&](const Finding& other) { return other.line == finding.line && other.text == finding.text; };
    if (std::none_of(findings_.begin(), findings_.end(), same)) findings_.push_back(finding);
  }

  void match_brackets() {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (is_any(i, {"(", "[", "{"})) open.push_back(i);
      if (!is_any(i, {")", "]", "}"}) || open.empty()) continue;
      partner_[i] = open.back();
      partner_[open.back()] = i;
      open.pop_back();
    }
  }

  // ---- co_await

  void check_await(std::size_t at) {
    if (is(at - 1, "operator")) return;
    if (!begins_statement(at)) {
      report(
          at,
          "co_await must be a statement of its own: co_await f(a); auto x = co_await f(a); co_return co_await f(a);");
      return;
    }
    std::size_t i = at + 1;
    if (!call(i)) {
      report(std::min(i, tokens_.size() - 1),
             "co_await takes a call whose arguments are names, std::move(name), literals or calls: no braces, ?:, "
             "lambdas or operators");
    } else if (!is(i, ";")) {
      report(i, "nothing may follow the awaited call in its statement");
    }
  }

  bool begins_statement(std::size_t at) const {
    if (at == 0) return false;
    std::size_t first = at;
    if (is(at - 1, "co_return")) {
      first = at - 1;
    } else if (is(at - 1, "=") && at >= 3 && is_name(at - 2) && is(at - 3, "auto")) {
      first = at - 3;
    }
    if (first == 0) return false;
    const std::size_t before = first - 1;
    if (is(before, ":")) return ends_label(before);
    if (is_any(before, {";", "{", "}", "else", "do"})) return true;
    if (!is(before, ")") || partner_[before] == none || partner_[before] == 0) return false;
    return is_any(partner_[before] - 1, {"if", "while", "for", "constexpr"});
  }

  /// True for the colon of a label, false for that of `a ? b : c`.
  bool ends_label(std::size_t colon) const {
    for (std::size_t i = colon; i-- > 0 && !is_any(i, {";", "{", "}"});) {
      if (is(i, "?")) return false;
    }
    return true;
  }

  /// name(::name)*, template arguments, members, calls: must end with a call. Leaves `i` behind it, or at the offence.
  bool call(std::size_t& i) const {
    bool ends_with_call = false;
    if (is(i, "::")) ++i;
    for (;;) {
      if (!is_name(i) || is_any(i, {"new", "co_await", "sizeof"})) return false;
      ++i;
      ends_with_call = false;
      if (is(i, "<")) {
        const std::size_t after = template_arguments(i);
        if (after != none && is_any(after, {"(", "::"})) i = after;
      }
      while (is(i, "(")) {
        if (!arguments(i)) return false;
        ends_with_call = true;
      }
      if (!is_any(i, {"::", ".", "->"})) return ends_with_call;
      ++i;
    }
  }

  std::size_t template_arguments(std::size_t i) const {
    int depth = 0;
    for (; i < tokens_.size(); ++i) {
      if (is(i, "<")) ++depth;
      if (is(i, ">") && --depth == 0) return i + 1;
      if (is_any(i, {";", "{", "}", "&&", "||"})) return none;
    }
    return none;
  }

  bool arguments(std::size_t& i) const {
    ++i;
    if (is(i, ")")) {
      ++i;
      return true;
    }
    for (;;) {
      if (!argument(i)) return false;
      if (is(i, ")")) {
        ++i;
        return true;
      }
      if (!is(i, ",")) return false;
      ++i;
    }
  }

  bool argument(std::size_t& i) const {
    if (is_any(i, {"-", "*", "&"})) ++i;  // a negative literal, *this, &name
    if (is_literal(i)) {
      while (is_literal(i)) ++i;                             // adjacent strings are one
      if (is_name(i) && tokens_[i - 1].text[0] == '"') ++i;  // the suffix of a string
      return true;
    }
    // A name, or calls on names; a call may end anywhere on the way.
    const std::size_t start = i;
    if (call(i)) return true;
    return i > start && is_name(i - 1) && is_any(i, {",", ")"});
  }

  // ---- The function around it

  void check_function(std::size_t at) {
    const std::size_t brace = enclosing_function(at);
    if (brace == none || std::find(checked_.begin(), checked_.end(), brace) != checked_.end()) return;
    checked_.push_back(brace);
    const std::size_t end = signature_end(brace);
    std::size_t before = end;  // where the capture list of a lambda would end
    if (is(end, ")")) {
      check_parameters(partner_[end], end);
      before = partner_[end] - 1;
      if (is(before, ">")) {
        while (before > 0 && !is(before, "<")) --before;
        --before;
      }
    }
    if (is(before, "]") && partner_[before] != none && partner_[before] + 1 != before && !is_attribute(before)) {
      report(partner_[before], "a lambda that captures must not be a coroutine: its captures die before its frame");
    }
  }

  bool is_attribute(std::size_t closing) const { return is(partner_[closing] + 1, "["); }

  /// The brace that opens the body of the innermost function or lambda around a token.
  std::size_t enclosing_function(std::size_t at) const {
    for (std::size_t i = at; i-- > 0;) {
      if (is(i, "}") && partner_[i] != none) {
        i = partner_[i];
        continue;
      }
      if (is(i, "{") && signature_end(i) != none) return i;
    }
    return none;
  }

  /// The `)` or `]` that ends the parameters of the function whose body begins at `brace`; none for other braces.
  std::size_t signature_end(std::size_t brace) const {
    std::size_t i = brace;
    // Passes a trailing return type and specifiers.
    while (i-- > 0) {
      if (is(i, ")")) {
        const std::size_t open = partner_[i];
        if (open == none || open == 0) return none;
        if (is_any(open - 1, {"noexcept", "decltype", "requires"})) {
          i = open - 1;
          continue;
        }
        if (is_any(open - 1, {"if", "for", "while", "switch", "catch"})) return none;
        if (is(open - 1, "constexpr") && open > 1 && is(open - 2, "if")) return none;
        return i;
      }
      if (is(i, "]")) return i;
      const bool passes = is_name(i) || is_any(i, {"->", "::", "<", ">", ",", "*", "&"});
      if (!passes || is_any(i, {"else", "do", "try", "return", "namespace", "struct", "class", "enum", "union"}))
        return none;
    }
    return none;
  }

  void check_parameters(std::size_t open, std::size_t close) {
    for (std::size_t i = open + 1; i < close; ++i) {
      if (is_any(i, {"(", "[", "{"}) && partner_[i] != none) {
        i = partner_[i];
      } else if (is_any(i, {"&", "&&"})) {
        report(i, "a coroutine must take its parameters by value: what a reference names may die before its frame");
      }
    }
  }

  std::vector<Token> tokens_;
  std::vector<std::size_t> partner_;
  std::vector<std::size_t> checked_;
  std::vector<Finding> findings_;
};

}  // namespace

std::string without_comments_and_literals(std::string_view source) {
  std::string out(source);
  const auto blank = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < std::min(to, out.size()); ++i) {
      if (out[i] != '\n') out[i] = ' ';
    }
  };
  for (std::size_t i = 0; i < source.size(); ++i) {
    const std::string_view rest = source.substr(i);
    if (rest.substr(0, 2) == "//") {
      const std::size_t end = std::min(source.find('\n', i), source.size());
      blank(i, end);
      i = end - 1;
    } else if (rest.substr(0, 2) == "/*") {
      const std::size_t end = std::min(source.find("*/", i + 2), source.size() - 2) + 2;
      blank(i, end);
      i = end - 1;
    } else if (rest.substr(0, 2) == "R\"" && (i == 0 || !is_word_char(source[i - 1]))) {
      const std::size_t parenthesis = std::min(source.find('(', i), source.size());
      std::string closing(1, ')');
      closing.append(source.substr(i + 2, parenthesis - i - 2)).append("\"");
      const std::size_t end =
          std::min(source.find(closing, parenthesis), source.size() - closing.size()) + closing.size();
      blank(i, end);
      out[i] = '"';
      out[end - 1] = '"';
      i = end - 1;
    } else if (source[i] == '"' || (source[i] == '\'' && (i == 0 || !is_word_char(source[i - 1])))) {
      std::size_t end = i + 1;
      while (end < source.size() && source[end] != source[i] && source[end] != '\n') end += source[end] == '\\' ? 2 : 1;
      blank(i + 1, end);
      i = end;
    }
  }
  return out;
}

std::vector<Finding> check_coroutines(std::string_view source) {
  const std::string plain = without_comments_and_literals(source);
  return Checker(plain).run();
}

}  // namespace mznode::lint

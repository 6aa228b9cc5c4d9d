#include "tests/class_rules.hpp"

#include <algorithm>
#include <regex>

#include "tests/style_rules.hpp"

namespace mznode::style {
namespace {

constexpr std::size_t most_data_members = 12;
constexpr std::size_t most_public_functions = 30;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Without what is between < and > behind a name.
std::string without_template_arguments(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t before = out.find_last_not_of(' ');
    if (text[at] != '<' || before == std::string::npos || !is_word(out[before])) {
      out += text[at];
      continue;
    }
    int depth = 0;
    std::size_t end = at;
    for (; end < text.size(); ++end) {
      if (text[end] == '<') ++depth;
      if (text[end] == '>' && text[end - 1] != '-' && --depth == 0) break;
    }
    if (end == text.size()) return out + text.substr(at);
    at = end;
  }
  return out;
}

std::string trimmed(const std::string& text) {
  const std::size_t from = text.find_first_not_of(" \n");
  return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(" \n") - from + 1);
}

/// A declaration without what may stand in front of it and says nothing of its kind.
std::string bare(const std::string& head) {
  static const std::regex noise(R"(MZNODE_\w+\([^()]*\)|\b(alignas|decltype|noexcept)\([^()]*\)|\[\[[^\]]*\]\])");
  static const std::regex templated(R"(^(template\s*)+)");
  const std::string plain = trimmed(without_template_arguments(std::regex_replace(head, noise, "")));
  return trimmed(std::regex_replace(plain, templated, ""));
}

bool matches(const std::string& text, const char* pattern) {
  return std::regex_search(text, std::regex(pattern));
}

bool is_function(const std::string& declaration) {
  const std::size_t open = declaration.find('(');
  return open != std::string::npos && (open < declaration.find('=') || matches(declaration, R"(\boperator\b)"));
}

/// How many variables are declared: one more than there are commas outside of parentheses.
std::size_t declarators(const std::string& declaration) {
  std::size_t count = 1;
  int depth = 0;
  for (const char c : declaration) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) ++count;
  }
  return count;
}

/// Goes through a file that has neither comments nor literals nor preprocessor lines.
class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  std::vector<Declaration> read() {
    while (at_ < text_.size()) {
      scope(nullptr, true);
      ++at_;  // a brace too many
    }
    return std::move(found_);
  }

 private:
  /// Up to the brace that ends a namespace, or the body of the class `of`.
  void scope(Declaration* of, bool is_public) {
    std::string head;
    int parentheses = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '(') ++parentheses;
      if (c == ')') --parentheses;
      if (parentheses > 0 && c == '{') {
        skip_braces();
      } else if (c == '{') {
        head = open(head, of, is_public);
      } else if (c == '}') {
        return;
      } else if (c == ';') {
        note(bare(head), of, is_public);
        head.clear();
      } else if (c == ':' && matches(trimmed(head), "^(public|private|protected)$")) {
        is_public = trimmed(head) == "public";
        head.clear();
      } else if (!head.empty() || (c != ' ' && c != '\n')) {
        if (head.empty()) begin_ = at_;
        head += c;
      }
    }
  }

  /// At a brace; returns what of the declaration goes on behind it.
  std::string open(const std::string& head, Declaration* of, bool is_public) {
    const std::string declaration = bare(head);
    std::smatch match;
    static const std::regex space(R"(^(inline )?namespace\s*([\w:]*)$)");
    static const std::regex type(R"(^(class|struct|union)\s*((?:\w+::)*)(\w*)( final)?\s*(:[^()=]*)?$)");
    if (std::regex_match(declaration, match, space)) {
      scopes_.push_back(match[2]);
      ++at_;
      scope(nullptr, true);
      scopes_.pop_back();
      return "";
    }
    if (std::regex_match(declaration, match, type)) {
      const bool is_nested = of != nullptr || match[2].length() > 0;  // or its class is named in front
      Declaration it{.name = match[3], .line = line_of(begin_), .scopes = scopes_, .is_nested = is_nested};
      scopes_.push_back(it.name);
      ++at_;
      scope(&it, match[1] != "class");
      scopes_.pop_back();
      if (!it.name.empty()) found_.push_back(std::move(it));
      return "";
    }
    skip_braces();
    if (!is_function(declaration) || matches(declaration, "^enum\\b")) return head;
    const std::size_t next = text_.find_first_not_of(" \n", at_ + 1);
    const bool goes_on = next != std::string::npos && (text_[next] == ',' || text_[next] == '{' || text_[next] == ';');
    if (goes_on && text_[next] != ';') return head;  // a constructor, and how it begins a member
    note(declaration, of, is_public);
    return "";
  }

  void note(const std::string& declaration, Declaration* of, bool is_public) {
    static const std::regex alias(R"(^using (\w+) =)");
    std::smatch match;
    if (of == nullptr) {
      if (!std::regex_search(declaration, match, alias)) return;
      found_.push_back({.name = match[1], .line = line_of(begin_), .scopes = scopes_});
      return;
    }
    if (declaration.empty() || matches(declaration, R"(^(using|typedef|friend|static_assert|enum)\b)")) return;
    if (is_function(declaration)) {
      of->public_functions += is_public && !matches(declaration, "= delete$") ? 1 : 0;
    } else if (!matches(declaration, R"(\bstatic\b|^(class|struct|union) \w+$)")) {
      of->data_members += declarators(declaration);
    }
  }

  /// From a brace to the one that closes it.
  void skip_braces() {
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '{') ++depth;
      if (text_[at_] == '}' && --depth == 0) return;
    }
  }

  std::size_t line_of(std::size_t at) const {
    return 1 +
           static_cast<std::size_t>(std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }

  const std::string& text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the declaration that is read
  std::vector<std::string> scopes_;
  std::vector<Declaration> found_;
};

std::string without_preprocessor(const std::string& text) {
  std::string out;
  bool goes_on = false;
  for (const std::string& line : lines_of(text)) {
    const bool is_directive = goes_on || trimmed(line).starts_with('#');
    goes_on = is_directive && line.ends_with('\\');
    out += (is_directive ? "" : line) + "\n";
  }
  return out;
}

/// The comment that ends above a line, which counts from 1, as one line.
std::string comment_above(const std::vector<std::string>& lines, std::size_t line) {
  std::string comment;
  for (std::size_t i = line - 1; i-- > 0;) {
    const std::string above = trimmed(lines[i]);
    if (!above.starts_with("///")) break;
    comment = trimmed(above.substr(3)) + " " + comment;
  }
  return comment;
}

}  // namespace

std::vector<Declaration> declarations(std::string_view text) {
  const std::string plain = without_preprocessor(lint::without_comments_and_literals(text));
  std::vector<Declaration> found = Parser(plain).read();
  const auto lines = lines_of(text);
  for (Declaration& each : found) each.comment = comment_above(lines, each.line);
  return found;
}

std::vector<lint::Finding> check_classes(std::string_view text) {
  std::vector<lint::Finding> findings;
  for (const Declaration& it : declarations(text)) {
    const auto demand_reason = [&](std::size_t count, const std::string& most, const std::string& value) {
      const std::string reason = "more than " + most + " because ";
      const auto says = [&](const std::string& words) { return it.comment.find(words) != std::string::npos; };
      if (says(reason) || says(value)) return;
      findings.push_back({it.line, it.name + " has " + std::to_string(count) +
                                       "; split it, or let its comment say that " + "it has " + reason + "…"});
    };
    // A value has a member for each thing that it tells, and owns nothing.
    if (it.data_members > most_data_members) demand_reason(it.data_members, "12 members", "a member for each");
    if (it.public_functions > most_public_functions) {
      demand_reason(it.public_functions, "30 public functions", "more than 30 public functions because ");
    }
  }
  return findings;
}

std::map<std::string, Places> twins(const std::map<std::string, std::string>& texts) {
  std::map<std::string, Places> places;
  for (const auto& [path, text] : texts) {
    for (const Declaration& it : declarations(text)) {
      const bool is_local = std::count(it.scopes.begin(), it.scopes.end(), "") != 0;
      if (it.is_nested || is_local) continue;
      std::string space;
      for (const std::string& scope : it.scopes) space += (space.empty() ? "" : "::") + scope;
      places[it.name].emplace(space, path);
    }
  }
  std::erase_if(places, [](const auto& each) { return each.second.size() < 2; });
  return places;
}

}  // namespace mznode::style

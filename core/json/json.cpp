#include "mznode/json/json.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "mznode/json/error.hpp"
#include "mznode/json/number.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::malformed_request, why);
}

Json::Kind kind_of(char first) {
  switch (first) {
    case 'n': return Json::Kind::null;
    case 't':
    case 'f': return Json::Kind::boolean;
    case '"': return Json::Kind::string;
    case '[': return Json::Kind::array;
    case '{': return Json::Kind::object;
    default: return Json::Kind::number;
  }
}

/// True when the text of a value is its own canonical form, which nearly every key and element of a workload is.
bool is_canonical_scalar(std::string_view text) {
  if (text.front() == '"') return text.find('\\') == std::string_view::npos;
  if (Scanner::is_number_start(text.front()))
    return text.find_first_of(".eE") == std::string_view::npos && text != "-0";
  return text.front() != '[' && text.front() != '{';
}

/// Rewrites a valid text into its canonical form. Containers nest on an explicit stack, and a member is moved only when
/// its object is not sorted already.
class Canonicalizer {
 public:
  std::string run(std::string_view text) {
    const char* p = text.data();
    const char* end = p + text.size();
    while (p < end) p = token(p, end);
    return out_.str();
  }

 private:
  struct Member {
    std::string key;
    std::size_t start;  // of the quoted key in out_
  };
  struct Container {
    bool is_object;
    bool expects_key = false;
    std::size_t start;
    std::vector<Member> members;
  };

  const char* token(const char* p, const char* end) {
    switch (*p) {
      case ' ':
      case '\t':
      case '\n':
      case '\r': return p + 1;
      case '{':
      case '[':
        open_.push_back({.is_object = *p == '{', .expects_key = *p == '{', .start = out_.size() + 1, .members = {}});
        out_ += *p;
        return p + 1;
      case '}': sort_members(open_.back()); [[fallthrough]];
      case ']':
        open_.pop_back();
        out_ += *p;
        return p + 1;
      case ',':
        open_.back().expects_key = open_.back().is_object;
        out_ += ',';
        return p + 1;
      case ':': out_ += ':'; return p + 1;
      case '"': return string(p);
      default: return scalar(p, end);
    }
  }

  const char* string(const char* p) {
    const char* start = ++p;
    while (*p != '"') p += *p == '\\' ? 2 : 1;
    const std::string_view raw(start, static_cast<std::size_t>(p - start));
    std::string plain;
    const bool well_formed = unescape(raw, plain);
    const std::size_t start_in_out = out_.size();
    if (well_formed) {
      append_quoted(out_, plain);
    } else {
      // An unpaired surrogate has no UTF-8; such a string is equal to its own spelling only.
      out_.append('"').append(raw).append('"');
    }
    if (!open_.empty() && open_.back().expects_key) {
      open_.back().expects_key = false;
      open_.back().members.push_back({well_formed ? plain : std::string(raw), start_in_out});
    }
    return p + 1;
  }

  const char* scalar(const char* p, const char* end) {
    const char* start = p;
    while (p < end && std::string_view(" \t\n\r,]}").find(*p) == std::string_view::npos) ++p;
    const std::string_view text(start, static_cast<std::size_t>(p - start));
    if (Scanner::is_number_start(*start)) {
      append_canonical_number(out_, text);
    } else {
      out_ += text;
    }
    return p;
  }

  void sort_members(Container& object) {
    auto& members = object.members;
    const auto before = [](const Member& a, const Member& b) { return a.key < b.key; };
    const auto not_before = [](const Member& a, const Member& b) { return a.key >= b.key; };
    if (std::adjacent_find(members.begin(), members.end(), not_before) == members.end()) return;
    const std::string body(out_.view().substr(object.start));
    // The text of each member, by its start; a member ends before the comma that precedes the next one.
    std::vector<std::pair<std::size_t, std::size_t>> spans(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::size_t stop = i + 1 < members.size() ? members[i + 1].start - 1 : out_.size();
      spans[i] = {members[i].start - object.start, stop - members[i].start};
    }
    std::vector<std::size_t> order(members.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return before(members[a], members[b]); });
    out_.truncate(object.start);
    for (std::size_t i = 0; i < order.size(); ++i) {
      // Of a key that is given twice the last member counts.
      if (i + 1 < order.size() && members[order[i]].key == members[order[i + 1]].key) continue;
      if (out_.size() > object.start) out_ += ',';
      out_.append(std::string_view(body).substr(spans[order[i]].first, spans[order[i]].second));
    }
  }

  TextBuffer out_;
  std::vector<Container> open_;
};

/// nlohmann's parser keeps its own stack, but copies, comparisons and printing of what it builds recurse.
bool deeper_than(std::string_view text, std::size_t limit) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limit) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

/// Older libraries have no operator<=> for strings.
std::strong_ordering compare_bytes(std::string_view a, std::string_view b) {
  return a.compare(b) <=> 0;
}

/// Line breaks can only be white space in a valid text, and a message is one line.
void join_lines(std::string& text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\r', ' ');
}

}  // namespace

Json::Json(std::string_view string) {
  TextBuffer text;
  append_quoted(text, string);
  text_ = text.str();
}

Json Json::parse(std::string_view text) {
  const std::string terminated(text);  // the scanner needs a sentinel behind the text
  Scanner scanner(terminated);
  std::string_view raw;
  if (!scanner.value(raw) || !scanner.at_end()) {
    refuse("not valid JSON at byte " + std::to_string(scanner.offset()));
  }
  std::string value(raw);
  join_lines(value);
  return from_valid(std::move(value));
}

Json Json::from(const nlohmann::json& value) {
  if (value.is_discarded()) refuse("not valid JSON");
  try {
    return from_valid(value.dump());
  } catch (const nlohmann::json::exception& exception) {
    refuse(std::string("cannot be written as JSON: ") + exception.what());
  }
}

Json::Kind Json::kind() const {
  return kind_of(text_.front());
}

std::optional<std::int64_t> Json::as_int() const {
  std::int64_t number = 0;
  const char* end = text_.data() + text_.size();
  const auto [stop, error] = std::from_chars(text_.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::optional<std::string> Json::as_string() const {
  if (kind() != Kind::string) return std::nullopt;
  std::string plain;
  unescape(std::string_view(text_).substr(1, text_.size() - 2), plain);
  return plain;
}

nlohmann::json Json::value() const {
  if (deeper_than(text_, max_tree_depth)) {
    refuse("nested more than " + std::to_string(max_tree_depth) + " levels deep");
  }
  try {
    return nlohmann::json::parse(text_);
  } catch (const nlohmann::json::exception& exception) {
    refuse(std::string("cannot be read as a tree: ") + exception.what());
  }
}

std::string Json::canonical() const {
  return is_canonical_scalar(text_) ? text_ : Canonicalizer().run(text_);
}

bool operator==(const Json& a, const Json& b) {
  if (a.text_ == b.text_) return true;
  if (a.kind() != b.kind() || (is_canonical_scalar(a.text_) && is_canonical_scalar(b.text_))) return false;
  return a.canonical() == b.canonical();
}

std::strong_ordering operator<=>(const Json& a, const Json& b) {
  if (const auto kinds = a.kind() <=> b.kind(); kinds != 0) return kinds;
  if (a.text_ == b.text_) return std::strong_ordering::equal;
  switch (a.kind()) {
    case Json::Kind::number: return compare_numbers(a.text_, b.text_);
    case Json::Kind::string:
      // Without escapes the text is what it says; maps of long keys compare a lot.
      if (is_canonical_scalar(a.text_) && is_canonical_scalar(b.text_)) {
        const auto inside = [](std::string_view text) { return text.substr(1, text.size() - 2); };
        return compare_bytes(inside(a.text_), inside(b.text_));
      }
      if (const auto order = compare_bytes(*a.as_string(), *b.as_string()); order != 0) return order;
      return compare_bytes(a.canonical(), b.canonical());  // unpaired surrogates read alike and differ
    default: return compare_bytes(a.canonical(), b.canonical());
  }
}

std::size_t Json::hash() const {
  return std::hash<std::string>{}(canonical());
}

}  // namespace mznode

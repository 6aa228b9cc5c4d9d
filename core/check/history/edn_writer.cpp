#include <algorithm>

#include "mznode/check/edn.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::check {
namespace {

/// Which strings of a value are written as keywords.
enum class Keywords { none, micro_operations, names };

bool is_micro_operation(std::string_view name) {
  for (const std::string_view known : {"append", "r", "w", "send", "poll"}) {
    if (name == known) return true;
  }
  return false;
}

/// True for names such as net-timeout, which Jepsen writes as keywords where they stand for an error or a fault.
bool is_name(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '?' || c == '!';
         });
}

/// Rewrites one valid JSON text as EDN, token by token.
class Writer {
 public:
  Writer(std::string& out, Keywords keywords) : out_(out), keywords_(keywords) {}

  void write(std::string_view json) {
    const char* p = json.data();
    const char* end = p + json.size();
    while (p < end) p = token(p, end);
  }

 private:
  const char* token(const char* p, const char* end) {
    switch (*p) {
      case ' ':
      case '\t': return p + 1;
      case '[':
      case '{':
        in_map_.push_back(*p == '{');
        heads_list_ = *p == '[';
        out_ += *p;
        return p + 1;
      case ']':
      case '}':
        in_map_.pop_back();
        heads_list_ = false;
        out_ += *p;
        return p + 1;
      case ',':
        heads_list_ = false;
        out_ += in_map_.back() ? ", " : " ";
        return p + 1;
      case ':': out_ += ' '; return p + 1;
      case '"': return string(p);
      default: return scalar(p, end);
    }
  }

  const char* string(const char* p) {
    const char* start = ++p;
    while (*p != '"') p += *p == '\\' ? 2 : 1;
    const std::string_view content(start, static_cast<std::size_t>(p - start));
    if (is_keyword(content)) {
      out_.append(1, ':').append(content);
    } else {
      // EDN has every escape of JSON but \/.
      out_ += '"';
      for (std::size_t i = 0; i < content.size(); ++i) {
        if (content[i] == '\\' && content[i + 1] == '/') ++i;
        out_ += content[i];
        if (content[i] == '\\') out_ += content[++i];
      }
      out_ += '"';
    }
    heads_list_ = false;
    return p + 1;
  }

  bool is_keyword(std::string_view content) const {
    switch (keywords_) {
      case Keywords::none: return false;
      // The head of a list inside the list of micro-operations.
      case Keywords::micro_operations: return heads_list_ && in_map_.size() == 2 && is_micro_operation(content);
      case Keywords::names: return (in_map_.empty() || (heads_list_ && in_map_.size() == 1)) && is_name(content);
    }
    return false;
  }

  const char* scalar(const char* p, const char* end) {
    const char* start = p;
    while (p < end && std::string_view(" \t,]}").find(*p) == std::string_view::npos) ++p;
    const std::string_view text(start, static_cast<std::size_t>(p - start));
    out_ += text == "null" ? "nil" : text;
    heads_list_ = false;
    return p;
  }

  std::string& out_;
  Keywords keywords_;
  std::vector<bool> in_map_;  // the open containers
  bool heads_list_ = false;   // the next value is the first one of a list
};

void append_name(std::string& out, std::string_view name) {
  if (name.empty()) {
    out += "nil";
  } else if (is_name(name)) {
    out.append(1, ':').append(name);
  } else {
    append_quoted(out, name);
  }
}

Keywords keywords_of(const Operation& operation) {
  if (!operation.is_client()) return Keywords::names;
  const bool has_micro_operations = operation.f == "txn" || operation.f == "send" || operation.f == "poll";
  return has_micro_operations ? Keywords::micro_operations : Keywords::none;
}

}  // namespace

void append_edn(std::string& out, const Operation& operation) {
  out.append("{:index ").append(std::to_string(operation.index));
  out.append(", :type :").append(type_name(operation.type));
  out.append(", :process ").append(operation.is_client() ? std::to_string(operation.process) : ":nemesis");
  out.append(", :f ");
  append_name(out, operation.f);
  out.append(", :value ");
  Writer(out, keywords_of(operation)).write(operation.value.text());
  out.append(", :time ").append(std::to_string(operation.time_ns));
  for (const auto& [key, value] : operation.other_fields) {
    append_name(out += ", ", key);
    Writer(out += ' ', Keywords::none).write(value.text());
  }
  if (operation.error) {
    out.append(", :error ");
    Writer(out, Keywords::names).write(operation.error->text());
  }
  if (operation.is_final) out.append(", :final? true");
  out.append("}\n");
}

std::string write_edn(const History& history) {
  std::string out;
  for (const Operation& operation : history) append_edn(out, operation);
  return out;
}

}  // namespace mznode::check

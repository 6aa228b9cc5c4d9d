#include "history/edn_transcoder.hpp"

#include <utility>

#include "history/operation_builder.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::check {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == ',' || (c >= '\t' && c <= '\r');
}

bool is_known_tag(std::string_view tag) {
  if (tag.front() == ':' || tag.find('.') != std::string_view::npos) return true;
  return tag == "inst" || tag == "uuid" || tag == "object" || tag == "error";
}

}  // namespace

EdnTranscoder::EdnTranscoder(const std::string& text, WordSketch* words)
    : text_(text), at_(text.data()), end_(text.data() + text.size()), words_(words) {}

void EdnTranscoder::fail(const std::string& why, std::size_t offset) const {
  fail_at(text_, offset, why);
}

void EdnTranscoder::skip_blank() {
  for (;;) {
    while (is_blank(*at_)) ++at_;
    if (*at_ != ';') return;
    while (at_ < end_ && *at_ != '\n') ++at_;
  }
}

char EdnTranscoder::peek_behind_ignored() {
  for (;;) {
    skip_blank();
    if (at_[0] != '#' || at_[1] != '_') return *at_;
    discarded_.clear();
    discarding_ = true;
    run(discarded_, "a form to discard");
    discarding_ = false;
  }
}

void EdnTranscoder::skip_tag() {
  const std::size_t start = offset();
  ++at_;
  skip_blank();
  const std::string_view tag = take_token();
  if (tag.empty()) fail("expected a tag behind #");
  if (!is_known_tag(tag) && !doubts_.unknown_tag && open_discards_ == 0) doubts_.unknown_tag = start;
}

std::optional<EdnTranscoder::Doubt> EdnTranscoder::take_first_doubt() {
  const auto tag = std::exchange(doubts_.unknown_tag, std::nullopt);
  const auto text = std::exchange(doubts_.broken_text, std::nullopt);
  if (!tag) return Doubt{*text, "expected UTF-8 in the string"};
  return Doubt{*tag,
               "expected a value without a tag, or with one that is known here: a tag such as #x says that the element "
               "behind it stands for something else"};
}

std::string_view EdnTranscoder::value(const char* what) {
  const char* start = at_;
  while (*at_ >= '0' && *at_ <= '9') ++at_;
  // A plain integer is its own JSON.
  const bool is_integer = at_ != start && (*start != '0' || at_ - start == 1) && (is_blank(*at_) || *at_ == '}');
  if (is_integer) return {start, static_cast<std::size_t>(at_ - start)};
  at_ = start;
  value_.clear();
  if (*at_ == ':') {
    keyword(value_);
    return value_;
  }
  run(value_, what);
  return value_;
}

std::string_view EdnTranscoder::key() {
  if (*at_ == ':') {
    ++at_;
    const std::string_view name = take_token();
    if (name.empty()) fail("expected a name behind :");
    return name;
  }
  key_.clear();
  run(key_, "a field name");
  if (key_.front() != '"') quote_key(key_, 0);
  const std::string quoted = std::move(key_);
  key_.clear();
  unescape(std::string_view(quoted).substr(1, quoted.size() - 2), key_);
  return key_;
}

void EdnTranscoder::run(std::string& out, const char* what) {
  frames_.clear();
  open_discards_ = 0;
  do {
    const bool is_in_vector = !frames_.empty() && frames_.back().kind == Kind::vector;
    if (is_in_vector && spellings_ == nullptr) run_in_vector(out);
  } while (!token(out, what));
}

bool EdnTranscoder::token(std::string& out, const char* what) {
  if (!is_plain(*at_)) skip_blank();
  switch (*at_) {
    case '[': return open(Kind::vector, out), false;
    case '(': return open(Kind::list, out), false;
    case '{': return open(Kind::map, out), false;
    case ']':
    case ')':
    case '}':
      if (frames_.empty()) fail(std::string("expected ") + what);
      return close(out);
    case '#': return dispatch(out);
    case '\0':
      if (at_ == end_) fail_at_end(what);
      break;
    default: break;
  }
  begin_value(out);
  switch (*at_) {
    case '"': string(out); break;
    case ':': keyword(out); break;
    case '\\': character(out); break;
    case '-':
    case '+': at_[1] >= '0' && at_[1] <= '9' ? number(out) : symbol(out); break;
    default: *at_ >= '0' && *at_ <= '9' ? number(out) : symbol(out);
  }
  return end_value(out);
}

bool EdnTranscoder::dispatch(std::string& out) {
  switch (at_[1]) {
    case '{': open(Kind::set, out); return false;
    case '_':
      frames_.push_back({.kind = Kind::discard, .opened = offset(), .start = out.size()});
      ++open_discards_;
      at_ += 2;
      return false;
    case '#':
      begin_value(out);
      symbolic_value(out);
      return end_value(out);
    default:
      frames_.push_back({.kind = Kind::tag, .opened = offset()});
      skip_tag();
      return false;
  }
}

void EdnTranscoder::open(Kind kind, std::string& out) {
  begin_value(out);
  frames_.push_back({.kind = kind, .expects_key = kind == Kind::map, .opened = offset()});
  out += kind == Kind::map ? '{' : '[';
  at_ += kind == Kind::set ? 2 : 1;
}

bool EdnTranscoder::close(std::string& out) {
  const Frame& top = frames_.back();
  const char* expected = nullptr;
  switch (top.kind) {
    case Kind::vector: expected = *at_ == ']' ? nullptr : "]"; break;
    case Kind::list: expected = *at_ == ')' ? nullptr : ")"; break;
    case Kind::set: expected = *at_ == '}' ? nullptr : "}"; break;
    case Kind::map:
      expected = *at_ != '}' ? "}" : top.expects_key ? nullptr : "a value for the last key of the map";
      break;
    case Kind::tag: expected = "an element behind the tag"; break;
    case Kind::discard: expected = "a form to discard"; break;
  }
  if (expected != nullptr) {
    fail(std::string("expected ") + expected + " for what begins at " + describe_position(text_, top.opened));
  }
  out += top.kind == Kind::map ? '}' : ']';
  ++at_;
  frames_.pop_back();
  return end_value(out);
}

void EdnTranscoder::begin_value(std::string& out) {
  // Only what has no value before it ends in one of these; a tag or a discarded form has left nothing behind.
  const char last = out.empty() ? ':' : out.back();
  if (last != '[' && last != '{' && last != ':') out += ',';
  // Tags stand between a key and its map without being a value.
  auto frame = frames_.rbegin();
  while (frame != frames_.rend() && frame->kind == Kind::tag) ++frame;
  if (frame != frames_.rend() && frame->kind == Kind::map) frame->start = out.size();
}

bool EdnTranscoder::end_value(std::string& out) {
  while (!frames_.empty()) {
    Frame& top = frames_.back();
    switch (top.kind) {
      case Kind::map:
        if (top.expects_key) {
          if (out[top.start] != '"') quote_key(out, top.start);
          out += ':';
        }
        top.expects_key = !top.expects_key;
        return false;
      case Kind::tag: frames_.pop_back(); break;
      case Kind::discard:
        out.resize(top.start);
        frames_.pop_back();
        --open_discards_;
        return frames_.empty() && discarding_;
      default: return false;
    }
  }
  return true;
}

void EdnTranscoder::fail_at_end(const char* what) const {
  if (frames_.empty()) fail(std::string("expected ") + what + " before the end of the history");
  const auto expected = [](Kind kind) {
    switch (kind) {
      case Kind::list: return ")";
      case Kind::vector: return "]";
      case Kind::set:
      case Kind::map: return "}";
      case Kind::tag: return "an element behind the tag";
      case Kind::discard: break;
    }
    return "a form to discard";
  };
  fail(std::string("expected ") + expected(frames_.back().kind) +
       " before the end of the history, for what begins at " + describe_position(text_, frames_.back().opened));
}

}  // namespace mznode::check

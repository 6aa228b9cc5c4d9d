#include "mznode/sim/script.hpp"

#include <charconv>
#include <map>
#include <stdexcept>
#include <utility>

namespace mznode::sim {
namespace {

class RecordingDecider final : public Decider {
 public:
  RecordingDecider(std::string stream, std::unique_ptr<Decider> decider, std::shared_ptr<Script> script)
      : stream_(std::move(stream)), decider_(std::move(decider)), script_(std::move(script)) {}

  std::uint64_t decide(const Decision& decision) override {
    const std::uint64_t value = decider_->decide(decision);
    script_->entries.push_back({.stream = stream_,
                                .place = place_++,
                                .what = std::string(decision.what),
                                .subject = decision.subject,
                                .value = value});
    return value;
  }

 private:
  std::string stream_;
  std::unique_ptr<Decider> decider_;
  std::shared_ptr<Script> script_;
  std::uint64_t place_ = 0;
};

class Recorded final : public Decisions {
 public:
  Recorded(std::shared_ptr<Decisions> decisions, std::shared_ptr<Script> script)
      : decisions_(std::move(decisions)), script_(std::move(script)) {}
  std::unique_ptr<Decider> open(const std::string& stream, std::uint64_t number) override {
    return std::make_unique<RecordingDecider>(stream, decisions_->open(stream, number), script_);
  }
  bool decides_order() const override { return true; }

 private:
  std::shared_ptr<Decisions> decisions_;
  std::shared_ptr<Script> script_;
};

/// Takes what is in front of the next tab away.
std::string_view take_cell(std::string_view& line) {
  const std::size_t tab = line.find('\t');
  const std::string_view cell = line.substr(0, tab);
  line = tab == std::string_view::npos ? std::string_view() : line.substr(tab + 1);
  return cell;
}

bool parse_number(std::string_view cell, std::uint64_t& number) {
  const auto result = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  return result.ec == std::errc() && result.ptr == cell.data() + cell.size();
}

}  // namespace

std::string Script::text() const {
  std::string text;
  for (const Entry& entry : entries) {
    text += std::to_string(entry.place) + '\t' + std::to_string(entry.value) + '\t' + std::to_string(entry.subject) +
            '\t' + entry.stream + '\t' + entry.what + '\n';
  }
  return text;
}

Script Script::parse(std::string_view text) {
  Script script;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    Entry entry;
    const bool has_numbers = parse_number(take_cell(line), entry.place) && parse_number(take_cell(line), entry.value) &&
                             parse_number(take_cell(line), entry.subject);
    entry.stream = take_cell(line);
    entry.what = line;
    if (!has_numbers || entry.stream.empty()) {
      throw std::invalid_argument("line " + std::to_string(number) +
                                  " is no decision: expected place, value, subject, stream and what, with tabs between "
                                  "them");
    }
    script.entries.push_back(std::move(entry));
  }
  return script;
}

std::shared_ptr<Decisions> recorded(std::shared_ptr<Decisions> decisions, std::shared_ptr<Script> script) {
  return std::make_shared<Recorded>(std::move(decisions), std::move(script));
}

struct Scripted::State {
  /// Of each stream, by place.
  std::map<std::string, std::map<std::uint64_t, Script::Entry>> streams;
  std::size_t taken = 0;
  std::size_t strayed = 0;
};

class Scripted::Reader final : public Decider {
 public:
  Reader(std::shared_ptr<State> state, const std::string& stream, std::unique_ptr<Decider> otherwise)
      : state_(std::move(state)), entries_(state_->streams[stream]), otherwise_(std::move(otherwise)) {}

  std::uint64_t decide(const Decision& decision) override {
    const std::uint64_t usual = otherwise_->decide(decision);
    const auto found = entries_.find(place_++);
    if (found == entries_.end()) return usual;
    const Script::Entry& entry = found->second;
    if (entry.what != decision.what || entry.subject != decision.subject || !decision.allows(entry.value)) {
      ++state_->strayed;
      return usual;
    }
    ++state_->taken;
    return entry.value;
  }

 private:
  std::shared_ptr<State> state_;
  const std::map<std::uint64_t, Script::Entry>& entries_;
  std::unique_ptr<Decider> otherwise_;
  std::uint64_t place_ = 0;
};

Scripted::Scripted(const Script& script, std::shared_ptr<Decisions> otherwise)
    : state_(std::make_shared<State>()), otherwise_(std::move(otherwise)) {
  for (const Script::Entry& entry : script.entries) state_->streams[entry.stream][entry.place] = entry;
}

Scripted::~Scripted() = default;

std::unique_ptr<Decider> Scripted::open(const std::string& stream, std::uint64_t number) {
  return std::make_unique<Reader>(state_, stream, otherwise_->open(stream, number));
}

std::size_t Scripted::taken() const {
  return state_->taken;
}

std::size_t Scripted::strayed() const {
  return state_->strayed;
}

}  // namespace mznode::sim

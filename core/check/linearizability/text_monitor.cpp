#include "linearizability/text_monitor.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace mznode::check {
namespace {

using Kind = TextCall::Kind;

/// Positions count from 1 here: what stands at 0 is the beginning.
using Time = std::size_t;
constexpr Time endless = std::numeric_limits<Time>::max();

Time begin_of(const TextCall& call) {
  return call.invocation + 1;
}
Time end_of(const TextCall& call) {
  return call.completion == TextCall::never ? endless : call.completion + 1;
}

/// When the first of some calls ended, and the last one began.
struct Span {
  Time first_end = endless;
  Time last_begin = 0;

  void add(const Span& other) {
    first_end = std::min(first_end, other.first_end);
    last_begin = std::max(last_begin, other.last_begin);
  }
};

Span span_of(const TextCall& call) {
  return {.first_end = end_of(call), .last_begin = begin_of(call)};
}

/// A put, or the beginning, and what was appended next, as far as gets show it.
struct Block {
  /// A call in it: those that it may be, by their arguments, and which it is, where that is known.
  struct Element {
    std::size_t argument;
    std::optional<std::size_t> call = std::nullopt;
    Span span = {};
  };
  std::optional<std::size_t> put = std::nullopt;
  /// The longest text that was got, and where in it each element ends.
  std::string_view text = {};
  std::vector<std::size_t> ends = {};
  std::vector<Element> elements = {};
  /// Of the gets, by how many elements they show.
  std::vector<Span> gets = std::vector<Span>(1);
  bool is_shown = false;

  Span whole() const {
    Span all;
    for (const Span& each : gets) all.add(each);
    for (const Element& each : elements) all.add(each.span);
    return all;
  }
  /// Whether the order of its calls agrees with real time.
  bool agrees_with_time() const {
    Time last_begin = 0;
    const auto is_later = [&](const Span& span) {
      const bool fits = span.first_end > last_begin;
      last_begin = std::max(last_begin, span.last_begin);
      return fits;
    };
    for (std::size_t i = 0; i < gets.size(); ++i) {
      if (i > 0 && !is_later(elements[i - 1].span)) return false;
      if (!is_later(gets[i])) return false;
    }
    return true;
  }
};

class TextMonitor {
 public:
  explicit TextMonitor(std::span<const TextCall> calls)
      : calls_(calls), block_of_(calls.size(), none), is_shown_(calls.size(), false), blocks_(1) {}

  TextOutcome run() {
    if (!find_arguments()) return TextOutcome::needs_search;
    for (const TextCall& call : calls_) {
      if (call.kind == Kind::get && !place(call)) return TextOutcome::not_linearizable;
    }
    for (Block& block : blocks_) {
      if (!find_calls(block)) return TextOutcome::not_linearizable;
    }
    for (Block& block : blocks_) narrow(block);
    // What may be one of several counts here as if it were all of them: it began and ended whenever one of them did.
    if (!agrees()) return TextOutcome::not_linearizable;
    const bool is_certain = is_clear_ && (open_.empty() || (choose() && agrees()));
    return is_certain ? TextOutcome::linearizable : TextOutcome::needs_search;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  static constexpr std::size_t beginning = 0;  // the block of what is appended to the empty text

  /// A text that was put or appended, and the calls that did, the earliest first.
  struct Argument {
    std::string_view text;
    std::vector<std::size_t> puts = {};
    std::vector<std::size_t> appends = {};
  };

  /// False where a text may have been made of others in several ways.
  bool find_arguments() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (calls_[i].kind != Kind::get) order.push_back(i);
      if (calls_[i].kind == Kind::put) first_put_end_ = std::min(first_put_end_, end_of(calls_[i]));
    }
    std::sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      const int compared = calls_[a].text.compare(calls_[b].text);
      return compared < 0 || (compared == 0 && a < b);
    });
    for (const std::size_t call : order) {
      const std::string_view text = calls_[call].text;
      if (arguments_.empty() || arguments_.back().text != text) {
        if (text.empty() || (!arguments_.empty() && text.starts_with(arguments_.back().text))) return false;
        arguments_.push_back({text});
      }
      (calls_[call].kind == Kind::put ? arguments_.back().puts : arguments_.back().appends).push_back(call);
    }
    return true;
  }

  /// The argument with which a text begins, by its number.
  std::optional<std::size_t> first_of(std::string_view text) const {
    const auto behind = std::upper_bound(arguments_.begin(), arguments_.end(), text,
                                         [](std::string_view a, const Argument& b) { return a < b.text; });
    if (behind == arguments_.begin() || !text.starts_with((behind - 1)->text)) return std::nullopt;
    return static_cast<std::size_t>(behind - arguments_.begin()) - 1;
  }

  /// Puts a get where its text says; false where nothing can have made that, beside what other gets have shown.
  bool place(const TextCall& get) {
    std::size_t number = beginning;
    if (!get.text.empty()) {
      const auto first = first_of(get.text);
      if (!first) return false;
      const std::vector<std::size_t>& puts = arguments_[*first].puts;
      const auto later =
          std::find_if(puts.begin(), puts.end(), [&](std::size_t put) { return begin_of(calls_[put]) > end_of(get); });
      // Behind a put, nobody is shown any more what was appended to the beginning.
      const bool may_be_beginning = !arguments_[*first].appends.empty() && first_put_end_ > begin_of(get);
      const auto possible = (later - puts.begin()) + (may_be_beginning ? 1 : 0);
      if (possible == 0) return false;
      if (possible > 1) is_clear_ = false;
      if (possible > 1) return true;
      if (!may_be_beginning) number = block_of_put(puts.front(), *first);
    }
    Block& block = blocks_[number];
    block.is_shown = true;
    const std::size_t common = std::min(block.text.size(), get.text.size());
    if (block.text.substr(0, common) != get.text.substr(0, common)) return false;
    if (get.text.size() > block.text.size() && !extend(block, get.text)) return false;
    if (get.text.empty()) return block.gets.front().add(span_of(get)), true;
    const auto end = std::lower_bound(block.ends.begin(), block.ends.end(), get.text.size());
    if (end == block.ends.end() || *end != get.text.size()) return false;
    block.gets[static_cast<std::size_t>(end - block.ends.begin()) + 1].add(span_of(get));
    return true;
  }

  std::size_t block_of_put(std::size_t put, std::size_t argument) {
    if (block_of_[put] != none) return block_of_[put];
    block_of_[put] = blocks_.size();
    is_shown_[put] = true;
    Block& block = blocks_.emplace_back();
    block.put = put;
    block.text = calls_[put].text;
    block.ends.push_back(block.text.size());
    block.elements.push_back({.argument = argument, .call = put, .span = span_of(calls_[put])});
    block.gets.emplace_back();
    return block_of_[put];
  }

  bool extend(Block& block, std::string_view text) const {
    for (std::size_t at = block.text.size(); at < text.size(); at = block.ends.back()) {
      const auto next = first_of(text.substr(at));
      if (!next || arguments_[*next].appends.empty()) return false;
      block.ends.push_back(at + arguments_[*next].text.size());
      block.elements.push_back({.argument = *next});
      block.gets.emplace_back();
    }
    block.text = text;
    return true;
  }

  /// Finds out which calls the elements are of which there is but one; false where one would have to be several.
  bool find_calls(Block& block) {
    for (Block::Element& element : block.elements) {
      const std::vector<std::size_t>& appends = arguments_[element.argument].appends;
      if (element.call || appends.size() > 1) continue;
      if (is_shown_[appends.front()]) return false;
      set(element, appends.front());
    }
    return true;
  }

  void set(Block::Element& element, std::size_t call) {
    is_shown_[call] = true;
    element.call = call;
    element.span = span_of(calls_[call]);
  }

  /// Finds out by their times which of several calls the others may be.
  void narrow(Block& block) {
    std::vector<Time> first_end_behind(block.gets.size() + 1, endless);
    for (std::size_t i = block.gets.size(); i-- > 0;) {
      first_end_behind[i] = std::min(first_end_behind[i + 1], block.gets[i].first_end);
      if (i < block.elements.size())
        first_end_behind[i] = std::min(first_end_behind[i], block.elements[i].span.first_end);
    }
    Time last_begin = block.gets.front().last_begin;
    for (std::size_t i = 0; i < block.elements.size(); ++i) {
      Block::Element& element = block.elements[i];
      if (!element.call) {
        Open open{.element = &element};
        for (const std::size_t call : arguments_[element.argument].appends) {
          if (begin_of(calls_[call]) < first_end_behind[i + 1] && end_of(calls_[call]) > last_begin) {
            open.calls.push_back(call);
          }
        }
        settle(std::move(open));
      }
      if (element.call) last_begin = std::max(last_begin, element.span.last_begin);
      last_begin = std::max(last_begin, block.gets[i + 1].last_begin);
    }
  }

  struct Open {
    Block::Element* element;
    std::vector<std::size_t> calls = {};
  };

  void settle(Open open) {
    if (open.calls.size() == 1 && !is_shown_[open.calls.front()]) return set(*open.element, open.calls.front());
    Span all{.first_end = 0, .last_begin = endless};
    for (const std::size_t call : open.calls) {
      all.first_end = std::max(all.first_end, end_of(calls_[call]));
      all.last_begin = std::min(all.last_begin, begin_of(calls_[call]));
      may_be_shown_.push_back(call);
    }
    open.element->span = all;
    open_.push_back(std::move(open));
  }

  /// Takes for each the earliest call that is left; false where there is none.
  bool choose() {
    may_be_shown_.clear();
    for (const Open& open : open_) {
      const auto call =
          std::find_if(open.calls.begin(), open.calls.end(), [this](std::size_t each) { return !is_shown_[each]; });
      if (call == open.calls.end()) return false;
      set(*open.element, *call);
    }
    return true;
  }

  bool agrees() const {
    // Of each block, when its first call ended and when its last one began. What nobody was shown is one by itself.
    std::vector<Span> forward;
    std::vector<Span> backward;
    const auto add = [&](const Span& whole) {
      (whole.first_end < whole.last_begin ? forward : backward).push_back(whole);
    };
    for (const Block& block : blocks_) {
      if (!block.is_shown) continue;
      if (!block.agrees_with_time()) return false;
      Span whole = block.whole();
      if (!block.put) whole.first_end = 0;
      add(whole);
    }
    std::vector<bool> is_in_block = is_shown_;
    for (const std::size_t call : may_be_shown_) is_in_block[call] = true;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      const bool is_alone = calls_[i].kind != Kind::get && !is_in_block[i] && calls_[i].completion != TextCall::never;
      if (is_alone) add(span_of(calls_[i]));
    }
    std::sort(forward.begin(), forward.end(), [](const Span& a, const Span& b) { return a.first_end < b.first_end; });
    for (std::size_t i = 1; i < forward.size(); ++i) {
      if (forward[i].first_end < forward[i - 1].last_begin) return false;
    }
    return std::none_of(backward.begin(), backward.end(), [&](const Span& each) {
      const auto behind = std::lower_bound(forward.begin(), forward.end(), each.last_begin,
                                           [](const Span& a, Time b) { return a.first_end < b; });
      return behind != forward.begin() && each.first_end < (behind - 1)->last_begin;
    });
  }

  std::span<const TextCall> calls_;
  std::vector<Argument> arguments_;    // sorted by their texts
  std::vector<std::size_t> block_of_;  // of puts that were shown
  std::vector<bool> is_shown_;
  std::vector<Block> blocks_;
  Time first_put_end_ = endless;
  /// Whether it is known of every get which block it shows.
  bool is_clear_ = true;
  /// The elements that may be one of several calls, and these.
  std::vector<Open> open_;
  std::vector<std::size_t> may_be_shown_;
};

}  // namespace

TextOutcome judge_texts(std::span<const TextCall> calls) {
  return TextMonitor(calls).run();
}

}  // namespace mznode::check

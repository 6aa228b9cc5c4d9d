#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mznode::check {

/// A call on a text that is put anew, appended to and got, and the positions between which it took effect.
struct TextCall {
  enum class Kind : std::uint8_t { get, put, append };
  static constexpr std::size_t never = static_cast<std::size_t>(-1);

  Kind kind = Kind::get;
  /// What was put or appended, or what the get was answered.
  std::string_view text = {};
  std::size_t invocation = 0;
  /// `never` where it is not known that it took effect. A get has been answered.
  std::size_t completion = never;
};

enum class TextOutcome : std::uint8_t { linearizable, not_linearizable, needs_search };

/// Judges in n log n whether a text that is empty in the beginning is linearizable, where what was got tells which
/// calls made it: no text that is put or appended is empty, or the beginning of another one; and where several are
/// equal, and were shown, their times tell them apart. Otherwise it takes a search.
///
/// A get shows then one put and the appends behind it, or those on the empty text, and these are next to each other in
/// every order that explains it. So all that is shown behind a put is one block in a known order, as with registers
/// whose values are written once (Gibbons and Korach, "Testing shared memories", 1997): each block has to agree with
/// real time in itself, and no two may each have something that ended before something of the other began.
TextOutcome judge_texts(std::span<const TextCall> calls);

}  // namespace mznode::check

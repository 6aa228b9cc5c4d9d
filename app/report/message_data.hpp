#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "mznode/json/codec.hpp"
#include "mznode/workloads/harness.hpp"
#include "report/selection.hpp"

namespace mznode::app {

/// Messages in the order in which they were sent; a place in each column is one message. Times are in microseconds.
struct MessageColumns {
  /// Everybody who sends or receives: the nodes in the order of the settings, then services, then clients.
  std::vector<std::string> names;
  /// How many of these are nodes, and how many services.
  std::size_t nodes = 0;
  std::size_t services = 0;
  std::vector<std::string> types;
  std::vector<std::int64_t> src;
  std::vector<std::int64_t> dest;
  std::vector<std::int64_t> type;
  /// Since the message before; the first since the first operation.
  std::vector<std::int64_t> sent;
  /// Until it was received or lost; -1 while it was still under way at the end.
  std::vector<std::int64_t> took;
  /// Shortened where they are long.
  std::vector<std::string> body;
  /// Their ids, which the page does not need.
  std::vector<std::uint64_t> ids;
  MZNODE_FIELDS(names, nodes, services, types, src, dest, type, sent, took, body)
};

/// What became of them, what they came from, and how many there were.
struct MessageFates {
  /// Places of the messages that were lost.
  std::vector<std::int64_t> lost;
  /// Further arrivals of duplicated messages: place, time since it was sent, 1 when that copy was lost.
  std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> copies;
  std::size_t total = 0;
  /// The spans of which all messages are here; empty when none are left out.
  Spans kept;
  /// Of each message, how many places before it the message stands that it answers; 0 for none.
  std::vector<std::int64_t> answers;
  /// The turn of a node in which it was sent, and the one in which it was received: a node's turn is what it receives
  /// in one instant and sends in the same. From 1; 0 where nothing was received, or nothing sent.
  std::vector<std::int64_t> sent_in;
  std::vector<std::int64_t> received_in;
  MZNODE_FIELDS(lost, copies, total, kept, answers, sent_in, received_in)
};

/// The messages of a run, the ones nearest to `moments` when there are too many for a page.
std::pair<MessageColumns, MessageFates> message_columns(const TestReport& report, const std::vector<std::string>& nodes,
                                                        const std::vector<std::int64_t>& moments);

}  // namespace mznode::app

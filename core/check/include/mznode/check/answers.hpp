#pragma once

#include <functional>
#include <optional>
#include <string>

#include "mznode/check/history.hpp"
#include "mznode/check/verdict.hpp"

/// Replies that answer something else than was asked. Maelstrom and Jepsen's checkers believe what a completion says it
/// is about; a node that answers other requests than it was sent is only found where that happens to disturb an order.
namespace mznode::check {

/// Says what is wrong with an acknowledged completion as the answer to its invocation; nothing where it answers it.
/// Asked once for each pair of a history, in the order of the completions, because what a poll asks for was said
/// before.
using AnswerJudge = std::function<std::optional<std::string>(const Operation& asked, const Operation& reply)>;
/// Makes the judge for one history.
using MakeAnswerJudge = AnswerJudge (*)(const History& history);

/// All of them but that of logs: a completion has the function of its invocation. What it answers may be anything:
AnswerJudge judge_functions(const History& history);
/// Registers and counters: what writes is acknowledged with the value that it was to write, or with none.
AnswerJudge judge_writes(const History& history);
/// The same of sets and broadcasts, whose reads answer with a list.
AnswerJudge judge_set_answers(const History& history);
/// The same of queues and stacks, whose takes answer with what nobody asked for by name.
AnswerJudge judge_queue_answers(const History& history);
/// The same of registers with keys: all values are pairs [key, value], and a reply is about the key that was asked.
AnswerJudge judge_keyed_answers(const History& history);
/// The same of maps, of which a key is deleted, too.
AnswerJudge judge_map_answers(const History& history);
/// The same of groups of keys: a read of a group is answered with [group, keys].
AnswerJudge judge_group_answers(const History& history);
/// The same of objects that have keys, each with its value behind it (jepsen.independent), or of one that has none: a
/// read is about the key that was asked.
AnswerJudge judge_independent_answers(const History& history);
/// The same of tables, to which the database may add rows of numbers of its own: an add of a number is not answered by
/// another number.
AnswerJudge judge_row_answers(const History& history);
/// Sets and logs that are put together of elements: what is said is about the element that was asked, and it may be
/// said whether it was there; reads answer with a list.
AnswerJudge judge_element_answers(const History& history);
/// Transactions: as many micro-operations as were asked, with the same functions, keys and written values; of lists,
/// every read answers with a list or null.
AnswerJudge judge_register_transactions(const History& history);
/// The same of a model, to which null is an answer, and `read` and `write` what `r` and `w` are.
AnswerJudge judge_multi_register_answers(const History& history);
AnswerJudge judge_list_transactions(const History& history);
/// Logs: the same of sends, whose messages have an offset besides; who has assigned itself keys polls no
/// others.
AnswerJudge judge_log_answers(const History& history);

/// The history in which completions that say nothing, because their client leaves the value out, say what was asked:
/// acknowledged writes, and whatever failed or may have; nothing where there are none. Whoever judges by what
/// completions say needs not know of such clients.
std::optional<History> with_asked_values(const History& history, const Pairing& pairing);

/// Replies that answer something else than was asked.
struct OtherThanAsked final : Finding {
  struct Example {
    Operation asked;
    Operation reply;
    std::string why;
  };
  std::size_t count = 0;
  std::vector<Example> examples = {};

  void write_to(nlohmann::ordered_json& details) const override;
};

/// Adds to `verdict` what `judge` says, as an OtherThanAsked and in words, before what is explained there; with any
/// such reply the verdict is invalid.
void add_other_than_asked(const History& history, const Pairing& pairing, const AnswerJudge& judge, Verdict& verdict);

}  // namespace mznode::check
